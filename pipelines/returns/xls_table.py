"""The sheets of an old Excel workbook (.xls, as LinkedIn writes it), into rows of cells.

Here: reading with xlrd. Not here: what a cell means; workbooks of today (xlsx_table.py).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from functools import partial
from typing import Any

import xlrd

from pipelines.returns import limits
from pipelines.returns.model import Raw, Refused, Row, Sheet

_UNREADABLE = (
    "The file cannot be read as an Excel workbook. Open it in Excel, save it as an Excel Workbook "
    "(.xlsx) and send it again."
)


def open_xls(data: bytes) -> list[Sheet]:
    """Its sheets, in their order. Hidden ones are read like others."""
    try:
        book = xlrd.open_workbook(file_contents=data, ragged_rows=True, logfile=io.StringIO())
        sheets = book.sheets()
    except Exception as error:  # xlrd raises whatever the damage happens to cause
        raise Refused(_UNREADABLE) from error
    if len(sheets) > limits.MAX_SHEETS:
        raise Refused(f"The workbook has more than {limits.MAX_SHEETS} sheets.")
    is_1904 = book.datemode == 1
    return [
        Sheet(sheet.name, partial(_rows, sheet, book.datemode), is_1904=is_1904, is_ragged=True)
        for sheet in sheets
    ]


def _rows(sheet: Any, datemode: Any) -> Iterator[Row]:
    for number in range(sheet.nrows):
        cells = [_raw(cell, datemode) for cell in sheet.row(number)]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield number + 1, cells


def _raw(cell: Any, datemode: Any) -> Raw:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            moment: dt.datetime = xlrd.xldate.xldate_as_datetime(cell.value, datemode)
        except (xlrd.xldate.XLDateError, OverflowError, ValueError):
            return "#VALUE!"
        return moment.date() if moment.time() == dt.time(0) else moment
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#VALUE!"))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    value: Raw = cell.value
    return None if value == "" else value
