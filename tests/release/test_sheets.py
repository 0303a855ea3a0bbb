"""Worksheets: one marked-up table each, nothing blank, nothing that a spreadsheet would run or round."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from pipelines.release.sheets import Table, write

MOMENT = datetime(2026, 11, 9, 5, 30, tzinfo=UTC)
ID = "1986543210987654321"


def written(*tables: Table) -> bytes:
    to = io.BytesIO()
    write(to, tables, "A title", MOMENT)
    return to.getvalue()


def opened(*tables: Table) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(written(*tables)))


def table(rows: list[list[object]], **more: object) -> Table:
    heads = ["Post", "Views", "Share", "Made on", "Known", "Note"]
    about = {"name": "Posts", "title": "Posts of Kent", "notes": ["This worksheet contains one table."]}
    return Table(**{**about, "heads": heads, "rows": rows, **more})  # type: ignore[arg-type]


def test_a_worksheet_has_a_title_notes_and_one_table_without_blanks() -> None:
    rows: list[list[object]] = [
        [ID, 1234, 12.5, date(2026, 11, 5), True, "fine"],
        ["2", None, None, None, None, ""],
    ]
    sheet = opened(table(rows))["Posts"]
    assert [row[0].value for row in sheet.iter_rows(max_row=2)] == [
        "Posts of Kent",
        "This worksheet contains one table.",
    ]
    [marked] = sheet.tables.values()
    assert marked.ref == "A3:F5"
    cells = [[cell.value for cell in row] for row in sheet[marked.ref]]
    assert cells[0] == ["Post", "Views", "Share", "Made on", "Known", "Note"]
    assert [*cells[1][:3], cells[1][3].date(), *cells[1][4:]] == [
        ID,
        1234,
        12.5,
        date(2026, 11, 5),
        "yes",
        "fine",
    ]
    assert cells[2] == ["2", "[x]", "[x]", "[x]", "[x]", "[x]"]
    assert not sheet.merged_cells.ranges
    assert sheet.freeze_panes == "B4"


def test_a_table_without_rows_says_so() -> None:
    assert [cell.value for cell in opened(table([]))["Posts"][4]][:2] == ["[x]", "[x]"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 1234", "-5", "@here", "{=1}", "http://x.example", ID, "007", "1e5"]
)
def test_what_looks_like_something_else_stays_text(text: str) -> None:
    cell = opened(table([[text, 1, 1.0, None, None, None]]))["Posts"]["A4"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


@given_settings(max_examples=50, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=50))
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    assert opened(table([[text, 1, 1.0, None, None, None]]))["Posts"]["A4"].value == text


def test_the_same_tables_are_the_same_bytes() -> None:
    rows: list[list[object]] = [[ID, 1, 0.5, date(2026, 11, 5), False, "x"]]
    assert written(table(rows)) == written(table(rows))


def test_a_summary_is_printed_on_one_sheet_of_a4() -> None:
    book = opened(table([[ID, 1, 0.5, None, None, "x"]], is_one_page=True, name="Summary"), table([]))
    one, wide = book["Summary"], book["Posts"]
    assert all(sheet.sheet_properties.pageSetUpPr.fitToPage for sheet in (one, wide))
    assert {sheet.page_setup.paperSize for sheet in (one, wide)} == {9}  # A4
    # How many sheets of paper it may be: one where nothing is said, any number where that is 0.
    assert (one.page_setup.fitToHeight, int(wide.page_setup.fitToHeight)) == (None, 0)
    assert wide.print_title_rows == "$3:$3"
