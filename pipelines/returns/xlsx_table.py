"""The one sheet of an Excel workbook that is a return, into rows of cells.

Here: workbooks, sheets, merged cells, formulas. Not here: what a cell means. Sheets are streamed, so
a large one needs no more memory than its rows; hidden sheets, rows and columns are read like others.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import get_column_letter, range_boundaries
from openpyxl.utils.datetime import MAC_EPOCH

from pipelines.returns.kinds import HEADER_ROWS, Header, find_header, no_header
from pipelines.returns.model import Problem, Raw, Refused, Row, Table, Uncalculated, is_blank, shown

MAX_UNPACKED_BYTES = 2**30
MAX_PACKING = 100  # a workbook shrinks 5 to 50 times; one that shrinks more is a trap
NEAR = 3  # a second sheet with this many known column names is taken for a return gone wrong
_BLOCK_ROWS = 1000
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?\bref=["']([A-Za-z0-9:$]+)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_UNREADABLE = (
    "The file cannot be read as an Excel workbook. Open it in Excel, save it as an Excel Workbook "
    "(.xlsx) and send it again."
)


def open_xlsx(data: bytes) -> Table:
    """The rows of the only sheet whose header is that of a return."""
    _check_archive(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = _load(data, data_only=True)
            heads = {sheet.title: (sheet, _head(sheet)) for sheet in _sheets(book)}
            sheet, header = _choose(heads)
            merged, has_formulas = _scan(data, sheet._worksheet_path)
            formulas = _formulas(data, sheet.title) if has_formulas else None
    except Refused:
        raise
    except Exception as error:  # openpyxl raises whatever the damage happens to cause
        raise Refused(_UNREADABLE) from error
    rows = _guarded(sheet, formulas, len(header.names))
    return Table(rows, book.epoch == MAC_EPOCH, _merge_problems(merged, header))


def _load(data: bytes, *, data_only: bool) -> Any:
    return load_workbook(io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False)


def _sheets(book: Any) -> Iterator[Any]:
    for sheet in book.worksheets:
        if hasattr(sheet, "reset_dimensions"):  # a sheet that is only a chart has no cells
            sheet.reset_dimensions()  # what a file claims to be its size may cut rows off
            yield sheet


def _head(sheet: Any) -> list[Row]:
    return list(islice(filter(_has_value, _rows(sheet)), HEADER_ROWS))


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused("The file is cut short or damaged. Save it again and resend it.") from error
    names = {member.filename for member in members}
    if any(member.flag_bits & 1 for member in members):
        raise Refused("The file is protected by a password. Save it without one and resend it.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > max(MAX_PACKING * len(data), 100 * 2**20):
        raise Refused("The workbook is too large when unpacked. Send it as CSV, or in parts.")
    if "xl/vbaProject.bin" in names:
        raise Refused("The workbook holds macros. Save it as an Excel Workbook (.xlsx).")
    if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise Refused(
            "The file is not an Excel workbook, whatever its name says. Send an Excel Workbook "
            "(.xlsx) or a CSV file, not inside a zip."
        )
    if "xl/workbook.bin" in names:
        raise Refused("The file is an Excel Binary Workbook. Save it as Excel Workbook (.xlsx).")


def _choose(sheets: dict[str, tuple[Any, list[Row]]]) -> tuple[Any, Header]:
    found = {title: header for title, (_, rows) in sheets.items() if (header := find_header(rows))}
    exact = [title for title, header in found.items() if header.kind and not header.problems]
    near = [t for t, header in found.items() if t not in exact and header.known >= NEAR]
    if len(exact) > 1:
        raise Refused(
            f"More than one sheet is a return: {_list(exact)}. Send one file for each, or put the "
            "rows of one kind in one sheet."
        )
    if exact and near:
        raise Refused(
            f"The sheet {_list(exact)} is a return, but {_list(near)} looks like one too. "
            f"{' '.join(found[near[0]].problems)} Put it right and send it in a file of its own, "
            "or take the sheet out."
        )
    candidates = exact or near or list(found)
    if len(candidates) > 1:
        reasons = " ".join(f"{_list([t])}: {' '.join(found[t].problems)}" for t in candidates)
        raise Refused(f"No sheet has the columns of a return. {reasons}")
    if not candidates:
        filled = [rows for _, rows in sheets.values() if rows]
        if not filled:
            raise Refused("The workbook is empty.")
        if len(filled) == 1:
            raise Refused(no_header())
        raise Refused(f"None of the sheets ({_list(list(sheets))}) begins with a return's columns.")
    return sheets[candidates[0]][0], found[candidates[0]]


def _list(titles: list[str]) -> str:
    return ", ".join(f"'{shown(title)}'" for title in titles)


def _has_value(row: Row) -> bool:
    return not all(map(is_blank, row[1]))


def _scan(data: bytes, path: str) -> tuple[list[str], bool]:
    """The merged ranges of a sheet, and whether it holds a formula, from its XML in pieces."""
    merged: list[str] = []
    has_formulas = False
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(path) as stream:
        rest = b""
        while block := stream.read(2**20):
            text = rest + block
            whole = max(text.rfind(b"<"), 0)
            text, rest = text[:whole], text[whole:]
            merged += [ref.decode().replace("$", "") for ref in _MERGE.findall(text)]
            has_formulas = has_formulas or _FORMULA.search(text) is not None
    return merged, has_formulas


def _merge_problems(merged: list[str], header: Header) -> list[Problem]:
    """A merged title above the header does no harm; any other merged cell hides values."""
    problems = []
    for ref in merged:
        _, top, _, bottom = range_boundaries(ref)
        if bottom is None or bottom >= header.line:
            reason = f"The cells {ref} are merged. Unmerge them and fill in each cell."
            problems.append(Problem(top or header.line, None, ref, reason))
    return problems


def _rows(sheet: Any, formulas: Iterator[tuple[Any, ...]] | None = None) -> Iterator[Row]:
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


def _formulas(data: bytes, title: str) -> Iterator[tuple[Any, ...]]:
    sheet = next(s for s in _sheets(_load(data, data_only=False)) if s.title == title)
    return iter(sheet.iter_rows())


def _guarded(sheet: Any, formulas: Iterator[tuple[Any, ...]] | None, width: int) -> Iterator[Row]:
    """Rows at least as wide as the header, with openpyxl's own complaints put aside."""
    rows = _rows(sheet, formulas)
    try:
        while True:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                block = list(islice(rows, _BLOCK_ROWS))
            for line, cells in block:
                if not all(map(is_blank, cells)):
                    yield line, cells + [None] * (width - len(cells))
            if len(block) < _BLOCK_ROWS:
                return
    except Exception as error:  # a damaged sheet shows only when its rows are read
        raise Refused(_UNREADABLE) from error
