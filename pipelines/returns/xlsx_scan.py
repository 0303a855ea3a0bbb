"""What a sheet of a workbook holds, from its XML in pieces, before openpyxl reads a cell of it.

Here: row numbers, columns, how many cells, merged ranges, formulas. Not here: values. openpyxl fills in every
row up to the number that a file claims, and 5 kB can claim two billion.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from openpyxl.utils.cell import range_boundaries

from pipelines.returns import limits
from pipelines.returns.model import Refused

_BLOCK = 2**18
_LAST_COLUMN_LETTERS = "ALL"  # the thousandth; see limits.MAX_COLUMNS
_TOO_FAR = (
    "A sheet says that it has row {row}, and no sheet of Excel has more than {last:,}. The file is damaged "
    "or made to do harm. Export it again."
)


@dataclass
class Scan:
    """What a sheet holds. `merged`: its merged ranges, such as A1:C1."""

    merged: list[str] = field(default_factory=list)
    has_formulas: bool = False


def scan(path: Path, member: str) -> Scan:
    """Read a sheet's XML once, and refuse what would not end or would not fit.

    Raises:
        Refused: rows, columns or cells beyond the limits, or XML that is none.
    """
    found, counter = Scan(), _Counter()
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            counter.cell(attributes.get("r", ""))
        elif local == "row":
            counter.row(attributes.get("r", ""))
        elif local == "f":
            found.has_formulas = True
        elif local == "mergeCell" and len(found.merged) < limits.MAX_PROBLEMS:
            found.merged.append(_range(attributes.get("ref", "")))

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
            while block := stream.read(_BLOCK):
                parser.Parse(block, False)
            parser.Parse(b"", True)
    except Refused:
        raise
    except Exception as error:  # damage of any kind, in the archive or in the XML
        raise Refused(UNREADABLE) from error
    return found


UNREADABLE = (
    "The file cannot be read as an Excel workbook. Open it in Excel, save it as an Excel Workbook "
    "(.xlsx) and send it again."
)


class _Counter:
    """Rows and cells seen, held against the limits."""

    def __init__(self) -> None:
        self.rows = self.cells = self.column = 0

    def row(self, number: str) -> None:
        self.rows += 1
        self.column = 0
        if number and not (number.isdecimal() and len(number) <= 7 and int(number) <= limits.LAST_ROW):
            raise Refused(_TOO_FAR.format(row=number[:20], last=limits.LAST_ROW))
        if self.rows > limits.LAST_ROW:
            raise Refused(_TOO_FAR.format(row=self.rows, last=limits.LAST_ROW))

    def cell(self, reference: str) -> None:
        self.cells += 1
        self.column += 1
        if self.cells > limits.MAX_CELLS:
            raise Refused(f"A sheet has more than {limits.MAX_CELLS:,} cells. Send it as CSV, or in parts.")
        letters = reference.rstrip("0123456789") if reference else ""
        number = reference[len(letters) :]
        if len(number) > 7 or (number and int(number) > limits.LAST_ROW):
            raise Refused(_TOO_FAR.format(row=number[:20], last=limits.LAST_ROW))
        is_far = len(letters) > 3 or (len(letters) == 3 and letters.upper() > _LAST_COLUMN_LETTERS)
        if is_far or self.column > limits.MAX_COLUMNS:
            raise Refused(f"A sheet has more than {limits.MAX_COLUMNS:,} columns.")


def _range(reference: str) -> str:
    reference = reference.replace("$", "")
    try:
        range_boundaries(reference)
    except (ValueError, TypeError) as error:
        raise Refused(UNREADABLE) from error
    return reference


def _refuse_doctype(*_: object) -> None:
    raise Refused("The workbook declares entities of its own, which no Excel file does. Export it again.")
