"""Worksheets as the Government Analysis Function asks for them: a title, notes, one marked-up table.

Belongs here: how a worksheet is laid out. Does not belong here: what stands in it (workbook.py).

Source: Analysis Function, Releasing statistics in spreadsheets: one table a worksheet from column A, one
header row, no merged or blank cells, shorthand in square brackets, explained in the notes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

#: Shorthand for a cell without a number; `[x]` where no other fits.
SHORTHAND = {
    "[c]": "suppressed, so that nobody can be found in it",
    "[x]": "not available",
    "[z]": "not applicable",
}
Cell = str | int | float | bool | date | datetime | None
#: The widest a column becomes, in characters; longer text is wrapped.
WIDEST = 60
PAPER_A4 = 9


@dataclass(frozen=True)
class Table:
    """A worksheet's table. `name`: on the tab (31 characters at most). `notes`: lines above the table.
    `is_one_page`: it is printed on one sheet of A4 and its columns are narrow; others are as wide as one.
    """

    name: str
    title: str
    notes: Sequence[str]
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    is_one_page: bool = False


def write(to: Path | BinaryIO, tables: Sequence[Table], title: str, moment: datetime) -> None:
    """Write a workbook. The same tables give the same bytes: it was made at `moment`."""
    book = xlsxwriter.Workbook(
        to,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "remove_timezone": True,
        },
    )
    book.set_properties({"title": title, "author": "Beatbook", "created": moment.replace(tzinfo=None)})
    formats = _Formats(book)
    for nth, table in enumerate(tables):
        _write(book.add_worksheet(table.name), table, formats, f"table_{nth + 1}")
    book.close()


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"font_name": "Arial", "font_size": 12, "valign": "top"}
        self.title: Format = book.add_format({**base, "bold": True, "font_size": 15})
        self.note: Format = book.add_format(base)
        self.head: Format = book.add_format({**base, "bold": True, "text_wrap": True, "bottom": 1})
        self.text: Format = book.add_format({**base, "text_wrap": True})
        self.whole: Format = book.add_format({**base, "num_format": "#,##0"})
        self.number: Format = book.add_format({**base, "num_format": "#,##0.00"})
        self.date: Format = book.add_format({**base, "num_format": "yyyy-mm-dd"})
        self.moment: Format = book.add_format({**base, "num_format": "yyyy-mm-dd hh:mm"})


def _write(sheet: Worksheet, table: Table, formats: _Formats, name: str) -> None:
    sheet.set_row(0, 22)
    sheet.write_string(0, 0, table.title, formats.title)
    for line, note in enumerate(table.notes, 1):
        sheet.write_string(line, 0, note, formats.note)
    top = len(table.notes) + 1
    rows = table.rows or [["[x]"] * len(table.heads)]
    for column, head in enumerate(table.heads):
        sheet.write_string(top, column, head, formats.head)
        texts = [_text(row[column]) for row in rows]
        width = min(
            WIDEST // 2 if table.is_one_page else WIDEST,
            max([len(word) for word in head.split()] + [len(text) for text in texts]) + 2,
        )
        sheet.set_column(column, column, max(width, 8))
        for line, row in enumerate(rows, top + 1):
            _cell(sheet, line, column, row[column], formats)
    sheet.add_table(
        top,
        0,
        top + len(rows),
        len(table.heads) - 1,
        {
            "name": name,
            "autofilter": False,
            "style": None,
            "columns": [{"header": head, "header_format": formats.head} for head in table.heads],
        },
    )
    sheet.freeze_panes(top + 1, 1)
    sheet.set_paper(PAPER_A4)
    sheet.hide_gridlines(2)
    sheet.repeat_rows(top)
    sheet.set_footer("&L&A&RPage &P of &N")
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 1 if table.is_one_page else 0)


def _cell(sheet: Worksheet, line: int, column: int, value: Cell, formats: _Formats) -> None:
    """Text is always written as text: no cell is ever a formula, a link, or a number that has lost digits."""
    match value:
        case None | "":
            sheet.write_string(line, column, "[x]", formats.text)
        case bool():
            sheet.write_string(line, column, "yes" if value else "no", formats.text)
        case int():
            sheet.write_number(line, column, value, formats.whole)
        case float():
            sheet.write_number(line, column, value, formats.number)
        case datetime():
            sheet.write_datetime(line, column, value, formats.moment)
        case date():
            sheet.write_datetime(line, column, value, formats.date)
        case str():
            sheet.write_string(line, column, value, formats.text)


def _text(value: Cell) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
