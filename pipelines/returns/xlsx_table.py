"""The sheets of an Excel workbook, into rows of cells.

Here: workbooks, merged cells, formulas. Not here: which sheet is the return (shape.py), what a cell means.
Sheets are streamed, so a large one needs no more memory than its texts; hidden sheets, rows and columns are
read like others.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import get_column_letter, range_boundaries
from openpyxl.utils.datetime import MAC_EPOCH

from pipelines.returns import limits
from pipelines.returns.model import Problem, Raw, Refused, Row, Sheet, Uncalculated, is_blank
from pipelines.returns.xlsx_scan import UNREADABLE, Scan, scan

_BLOCK_ROWS = 1000
_TEXTS = re.compile(r'<Override(?=[^>]*sharedStrings\+xml)[^>]*PartName="([^"]*)"')


def open_xlsx(path: Path, sizes: dict[str, int]) -> list[Sheet]:
    """Its sheets, in their order. `sizes`: each part's size when unpacked."""
    _check_parts(sizes, _texts(path))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = _load(path, data_only=True)
            found = [sheet for sheet in book.worksheets if hasattr(sheet, "reset_dimensions")]
            is_1904 = book.epoch == MAC_EPOCH
    except Exception as error:  # openpyxl raises whatever the damage happens to cause
        raise Refused(UNREADABLE) from error
    if len(found) > limits.MAX_SHEETS:
        raise Refused(f"The workbook has more than {limits.MAX_SHEETS} sheets.")
    return [_sheet(path, sheet, is_1904) for sheet in found]


def _sheet(path: Path, sheet: Any, is_1904: bool) -> Sheet:
    scanned = cache(partial(scan, path, sheet._worksheet_path))

    def rows() -> Iterator[Row | Problem]:
        formulas = _formulas(path, sheet.title) if scanned().has_formulas else None
        return _guarded(sheet, formulas)

    return Sheet(
        sheet.title, rows, is_1904=is_1904, is_ragged=True, problems=lambda line: _merged(scanned(), line)
    )


def _load(path: Path, *, data_only: bool) -> Any:
    return load_workbook(path.open("rb"), read_only=True, data_only=data_only, keep_links=False)


def _texts(path: Path) -> set[str]:
    """The parts that hold the workbook's table of texts, which may have any name."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("[Content_Types].xml") as types:
            content = types.read(limits.MAX_PART_BYTES)
    except Exception as error:  # damage of any kind
        raise Refused(UNREADABLE) from error
    names = {str(found).lstrip("/") for found in _TEXTS.findall(content.decode("utf-8", "replace"))}
    return names | {"xl/sharedStrings.xml"}


def _check_parts(sizes: dict[str, int], texts: set[str]) -> None:
    if "xl/vbaProject.bin" in sizes:
        raise Refused("The workbook holds macros. Save it as an Excel Workbook (.xlsx).")
    if "xl/workbook.bin" in sizes:
        raise Refused("The file is an Excel Binary Workbook. Save it as Excel Workbook (.xlsx).")
    for name, size in sizes.items():
        is_sheet = name.startswith("xl/worksheets/") and name not in texts
        if is_sheet or not name.endswith((".xml", ".rels")):
            continue
        limit = limits.MAX_TEXTS_BYTES if name in texts else limits.MAX_PART_BYTES
        if size > limit:
            raise Refused("The workbook is too large when unpacked. Send it as CSV, or in parts.")


def _merged(scanned: Scan, header_line: int) -> list[Problem]:
    """A merged title above the header does no harm; any other merged cell hides values."""
    problems = []
    for ref in scanned.merged:
        _, top, _, bottom = range_boundaries(ref)
        if bottom is None or bottom >= header_line:
            reason = f"The cells {ref} are merged. Unmerge them and fill in each cell."
            problems.append(Problem(top or header_line, None, ref, reason))
    return problems


def _rows(sheet: Any, formulas: Iterator[tuple[Any, ...]] | None = None) -> Iterator[Row]:
    sheet.reset_dimensions()  # what a file claims to be its size may cut rows off
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        row = [_raw(cell) for cell in cells]
        if formulas is not None:
            for index, formula in enumerate(next(formulas)):
                # A formula that yields "" is kept with the type `str`; one never computed is not.
                if formula.data_type == "f" and row[index] is None and cells[index].data_type == "n":
                    row[index] = Uncalculated(f"{get_column_letter(index + 1)}{line}")
        while row and row[-1] is None:
            row.pop()
        yield line, row


def _raw(cell: Any) -> Raw:
    value: Raw = cell.value
    if (
        isinstance(value, dt.datetime)
        and value.time() == dt.time(0)
        and "h" not in str(cell.number_format).lower()
    ):
        return value.date()
    return value


def _formulas(path: Path, title: str) -> Iterator[tuple[Any, ...]]:
    sheet = next(s for s in _load(path, data_only=False).worksheets if s.title == title)
    sheet.reset_dimensions()
    return iter(sheet.iter_rows())


def _guarded(sheet: Any, formulas: Iterator[tuple[Any, ...]] | None) -> Iterator[Row]:
    """The rows that hold anything, with openpyxl's own complaints put aside."""
    rows = _rows(sheet, formulas)
    try:
        while True:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                block = list(islice(rows, _BLOCK_ROWS))
            for line, cells in block:
                if not all(map(is_blank, cells)):
                    yield line, cells
            if len(block) < _BLOCK_ROWS:
                return
    except Refused:
        raise
    except Exception as error:  # a damaged sheet shows only when its rows are read
        raise Refused(UNREADABLE) from error
