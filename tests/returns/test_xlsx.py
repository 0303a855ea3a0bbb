# ruff: noqa: DTZ001  (a return's times are naive until they are read)
"""Workbooks as they come: titles, sheets, merged cells, dates, numbers, formulas, and traps."""

import datetime as dt
import io
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.styles import numbers
from openpyxl.utils.datetime import MAC_EPOCH

from pipelines.returns import limits

HEADER = "force_id platform handle post_id created_at observed_at kind like_count".split()
CREATED, OBSERVED = dt.datetime(2026, 5, 1, 10, 0, 25), dt.datetime(2026, 5, 2, 10)
UTC_CREATED = CREATED - dt.timedelta(hours=1)  # written in UK time, in summer
ROW = ["kent", "x", "ForceA", "1121328849864810497", CREATED, OBSERVED, "post", 5]


def changed(**values):
    return [values.get(name, cell) for name, cell in zip(HEADER, ROW, strict=True)]


def book(*rows, title=None):
    made = Workbook()
    if title:
        made.active.title = title
    for row in rows:
        made.active.append(row)
    return made


def packed(made):
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def repacked(data, name, change):
    """The workbook with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            part = old.read(member)
            new.writestr(member, change(part) if member == name else part)
    return out.getvalue()


@pytest.fixture
def read_book(read_bytes):
    return lambda made: read_bytes(packed(made))


def reasons(result):
    assert not result.is_landable
    return " ".join(problem.reason for problem in result.problems)


def test_cells_of_every_type(read_book):
    result = read_book(
        book(
            HEADER,
            ROW,
            changed(handle=101, post_id=12, like_count=3.0),
            changed(post_id="b", created_at="2026-05-01T09:00:25Z", like_count="1,234"),
            changed(post_id="c", created_at=46143.41695601852, like_count=None),
            changed(post_id="d", created_at="46143.41695601852", like_count="  "),
        )
    )
    assert result.problems == []
    assert result.rows["created_at_utc"].to_list() == [UTC_CREATED] * 5
    assert result.rows["post_id"].to_list() == [ROW[3], "12", "b", "c", "d"]
    assert result.rows["like_count"].to_list() == [5, 3, 1234, None, None]
    assert result.rows["line"].to_list() == [2, 3, 4, 5, 6]


def test_the_1904_date_system(read_book):
    made = book(HEADER, ROW, changed(post_id="b", created_at=46143.41695601852 - 1462))
    made.epoch = MAC_EPOCH
    result = read_book(made)
    assert result.problems == []
    assert result.rows["created_at_utc"].to_list() == [UTC_CREATED] * 2


def test_a_merged_title_blank_and_hidden_rows(read_book):
    made = book(["Posts of May"], [], HEADER, ROW, [], changed(post_id="2"), [None, " "])
    made.active.merge_cells("A1:H1")
    made.active.row_dimensions[6].hidden = True
    assert read_book(made).rows["line"].to_list() == [4, 6]


@pytest.mark.parametrize(("ref", "line"), [("A2:B2", 2), ("H3:H4", 3)])
def test_merged_cells_in_header_or_rows(read_book, ref, line):
    made = book(["Posts of May"], HEADER, ROW, changed(post_id="2"))
    made.active.merge_cells(ref)
    named = [p for p in read_book(made).problems if "merged" in p.reason]
    assert [(p.line, p.value) for p in named] == [(line, ref)]


def test_the_only_sheet_that_is_a_return_is_taken(read_book):
    made = book(["What this is"], ["A note"], title="Notes")
    sheet = made.create_sheet("Data")
    for row in (HEADER, ROW):
        sheet.append(row)
    sheet.sheet_state = "hidden"
    made.create_chartsheet("Chart").add_chart(BarChart())
    made.create_sheet("Blank")
    assert read_book(made).rows.height == 1


@pytest.mark.parametrize(
    ("sheets", "reason"),
    [
        ({"Jan": [HEADER, ROW], "Feb": [HEADER, ROW]}, "More than one sheet is a return: 'Jan', "),
        ({"Jan": [HEADER, ROW], "Feb": [[*HEADER[:-1], "likes"], ROW]}, "'Feb' looks like one too"),
        ({"Jan": [HEADER[1:]], "Feb": [HEADER[2:]]}, "No sheet has the columns"),
        ({"Jan": [["a"]], "Feb": [["b"]]}, "None of the sheets ('Jan', 'Feb')"),
        ({"Jan": [["a"]], "Feb": []}, "None of the first 20 rows is a header"),
        ({"Jan": []}, "The workbook is empty"),
        ({"Jan": [HEADER[1:], ROW[1:]], "Feb": [["b"]]}, "are missing: force_id"),
    ],
)
def test_sheets_that_cannot_be_chosen(read_book, sheets, reason):
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    assert reason in reasons(read_book(made))


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (changed(post_id=1121328849864810497), "post_id", "last digits are lost"),
        (changed(post_id=1.12132884986481e18), "post_id", "last digits are lost"),
        (changed(post_id=OBSERVED), "post_id", "into a date"),
        (changed(like_count=OBSERVED), "like_count", "into a date"),
        (changed(like_count="#N/A"), "like_count", "shows an error"),
        (changed(like_count=True), "like_count", "not TRUE or FALSE"),
        (changed(created_at=dt.date(2026, 5, 1)), "created_at", "without a time"),
        (changed(created_at=dt.time(10, 0)), "created_at", "A day and a time"),
        (changed(like_count="=1+1"), "like_count", "Cell H2 holds a formula without its result"),
        ([*ROW, "note"], None, "Cell 9 of the row"),
    ],
)
def test_cells_that_are_refused(read_book, row, column, reason):
    result = read_book(book(HEADER, row))
    assert [(p.line, p.column) for p in result.problems] == [(2, column)]
    assert reason in reasons(result)


def test_a_date_beyond_dates_is_refused(read_book):
    made = book(HEADER, changed(post_id=1.12e18))
    made.active["D2"].number_format = numbers.FORMAT_DATE_DATETIME
    assert "shows an error" in reasons(read_book(made))


def test_midnight_counts_as_a_time_only_where_the_cell_shows_one(read_book):
    made = book(HEADER, changed(created_at=dt.datetime(2026, 5, 1)))
    assert read_book(made).is_landable
    made.active["E2"].number_format = "dd/mm/yyyy"
    assert "without a time" in reasons(read_book(made))


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        (b"<f>1+1</f><v>2</v>", 2),
        (b'<f t="shared" si="0" ref="H2:H3">1+1</f><v>7</v>', 7),
    ],
)
def test_formulas_are_read_by_their_results(read_bytes, cell, count):
    data = packed(book(HEADER, changed(like_count="=1+1")))
    data = repacked(
        data,
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"<f>1+1</f><v />", cell).replace(b"<f>1+1</f><v></v>", cell),
    )
    assert read_bytes(data).rows["like_count"].to_list() == [count]


def test_a_formula_that_yields_an_empty_text_is_an_empty_cell(read_bytes):
    data = packed(book(HEADER, changed(like_count="=1+1")))

    def change(part):
        start = part.index(b'<c r="H2"')
        end = part.index(b"</c>", start)
        return part[:start] + b'<c r="H2" t="str"><f>IF(1,"")</f><v></v>' + part[end:]

    data = repacked(data, "xl/worksheets/sheet1.xml", change)
    assert read_bytes(data).rows["like_count"].to_list() == [None]


def test_rows_beyond_the_size_that_a_sheet_claims_are_read(read_bytes):
    data = repacked(
        packed(book(HEADER, ROW, changed(post_id="2"))),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b'ref="A1:H3"', b'ref="A1:C2"'),
    )
    assert read_bytes(data).rows.height == 2


def archive(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def encrypted(data):
    """The first member's flag in the directory says that it is encrypted."""
    at = data.rindex(b"PK\x01\x02") + 8
    return data[:at] + bytes([data[at] | 1]) + data[at + 1 :]


WHOLE = packed(book(HEADER, ROW))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (WHOLE[:-200], "cut short or damaged"),
        (b"PK\x03\x04", "cut short or damaged"),
        (encrypted(WHOLE), "protected by a password"),
        (archive(**{"a.txt": "x"}), "neither an Excel workbook"),
        (archive(**{"mimetype": "application/vnd.oasis", "content.xml": ""}), "neither an Excel"),
        (archive(**{"[Content_Types].xml": "", "word/document.xml": ""}), "neither an Excel"),
        (archive(**{"[Content_Types].xml": "", "xl/workbook.bin": ""}), "Binary Workbook"),
        (archive(**{"[Content_Types].xml": "", "xl/vbaProject.bin": ""}), "macros"),
        (archive(**{"[Content_Types].xml": "", "xl/workbook.xml": ""}), "cannot be read as"),
        (repacked(WHOLE, "xl/worksheets/sheet1.xml", lambda p: p[:-40]), "cannot be read as"),
    ],
)
def test_workbooks_that_are_refused(read_bytes, data, reason):
    result = read_bytes(data)
    assert reason in reasons(result)
    assert [(p.line, p.column) for p in result.problems] == [(0, None)]


def test_a_workbook_that_swells_when_unpacked(read_bytes, monkeypatch):
    assert limits.MAX_UNPACKED_BYTES == 2**28
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 1000)
    assert "too large when unpacked" in reasons(read_bytes(WHOLE))


def test_a_small_file_that_swells_beyond_reason(read_bytes):
    data = archive(**{"[Content_Types].xml": "", "xl/workbook.xml": bytes(101 * 2**20)})
    assert len(data) < 2**20
    assert "too large when unpacked" in reasons(read_bytes(data))


def test_damage_far_down_a_sheet_refuses_all_of_it(read_bytes):
    whole = packed(book(HEADER, *(changed(post_id=f"p{number}") for number in range(500))))
    data = repacked(whole, "xl/worksheets/sheet1.xml", lambda part: part[:-400])
    result = read_bytes(data)
    assert "cannot be read as" in reasons(result)
    assert result.rows.is_empty()
