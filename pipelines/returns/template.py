"""An empty workbook for a kind of return: its columns, a cover sheet, drop-down lists and an example.

Here: writing it. Not here: the columns (kinds.py), reading it back (stated.py has the cover sheet).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from pipelines.returns.kinds import Column, Kind

_LAST = 10_000  # rows that get their format and lists
_FORMATS = {"time": "yyyy-mm-dd hh:mm", "date": "yyyy-mm-dd", "count": "0", "number": "0.##"}
_TOLD = {
    "force": "the force's id on data.police.uk, such as avon-and-somerset",
    "platform": "choose from the list",
    "handle": "the account as in the register",
    "id": "digit for digit; the column is formatted as Text",
    "private_id": "the platform's identifier, or a number of your own; never a name",
    "author": "anything that stays the same for one person; it is hashed while it is read",
    "choice": "choose from the list",
    "time": "UK time, as 2026-10-01 14:05",
    "date": "as 2026-10-01",
    "count": "a whole number; empty where it is not known",
    "flag": "yes or no; empty where it is not known",
    "word": "a name such as mean_response_time",
    "number": "a number, with a dot for decimals",
}


def write_template(path: Path, kind: Kind, platforms: Sequence[str], today: dt.date) -> None:
    """Write the workbook. Raises OSError where it cannot be written."""
    book = Workbook()
    book.remove(book.worksheets[0])
    cover, table, example = (book.create_sheet(title) for title in ("Cover", kind.name, "Example"))
    _cover(cover, kind, path.name)
    _table(table, kind, platforms)
    _example(example, kind, today)
    book.active = 1
    book.save(path)


def _cover(sheet: Any, kind: Kind, file: str) -> None:
    rows = (
        ("period_from", "first day that this file covers, as 2026-10-01"),
        ("period_to", "last day that it covers, included"),
        ("exported_at", "when the figures were read from the tool, UK time, as 2026-11-02 09:15"),
    )
    for line, (name, told) in enumerate(rows, start=1):
        sheet.cell(line, 1, name).font = Font(bold=True)
        sheet.cell(line, 2).number_format = "yyyy-mm-dd hh:mm" if name == "exported_at" else "yyyy-mm-dd"
        sheet.cell(line, 3, told)
    below = (
        f"Fill in the sheet {kind.name}, one row for each of the {kind.name.replace('_', ' ')}.",
        "Within the period silence counts as zero; outside it nothing is known.",
        "Never write the text of a message, or the name, handle or address of a member of the public.",
        f"Then: beatbook returns import {file}",
    )
    for line, told in enumerate(below, start=len(rows) + 2):
        sheet.cell(line, 1, told)
    for letter, width in (("A", 16), ("B", 20), ("C", 70)):
        sheet.column_dimensions[letter].width = width


def _table(sheet: Any, kind: Kind, platforms: Sequence[str]) -> None:
    for place, column in enumerate(kind.columns, start=1):
        letter = get_column_letter(place)
        head = sheet.cell(1, place, column.name)
        head.font = Font(bold=column.required)
        sheet.column_dimensions[letter].width = max(len(column.name) + 2, 14)
        form = _FORMATS.get(column.cell, "@")
        for line in range(2, 202):
            sheet.cell(line, place).number_format = form
        if options := _options(column, platforms):
            listed = DataValidation(
                "list", formula1=f'"{",".join(options)}"', allow_blank=not column.required
            )
            sheet.add_data_validation(listed)
            listed.add(f"{letter}2:{letter}{_LAST}")
    sheet.freeze_panes = "A2"


def _options(column: Column, platforms: Sequence[str]) -> Sequence[str]:
    if column.cell == "platform":
        return platforms
    return ("yes", "no") if column.cell == "flag" else column.choices


def _example(sheet: Any, kind: Kind, today: dt.date) -> None:
    for place, column in enumerate(kind.columns, start=1):
        sheet.cell(1, place, column.name).font = Font(bold=True)
        sheet.cell(2, place, example_of(column, today))
        sheet.cell(3, place, ("" if column.required else "may be empty: ") + _TOLD[column.cell])
        sheet.column_dimensions[get_column_letter(place)].width = 24
    sheet.cell(5, 1, "This sheet is an example, with invented figures, and is not read.")


def example_of(column: Column, today: dt.date) -> str:
    """What a cell of a column may look like."""
    day = today.replace(day=1) - dt.timedelta(days=10)
    named = {
        "observed_at": f"{day + dt.timedelta(days=8)} 09:15",
        "figure": "mean_response_time",
        "tool": "orlo",
    }
    kinds = {
        "force": "avon-and-somerset",
        "platform": "facebook",
        "handle": "YourForce",
        "id": "1121328849864810497",
        "private_id": "88120",
        "author": "7731",
        "time": f"{day} 14:05",
        "date": f"{day}",
        "count": "310",
        "flag": "no",
        "number": "1840",
    }
    return named.get(column.name) or (column.choices[0] if column.choices else kinds[column.cell])
