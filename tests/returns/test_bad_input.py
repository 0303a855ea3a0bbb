"""Files made to do harm, or merely too large: refused at once, with a reason, and in little memory."""

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipelines.returns import Return, cells, limits
from pipelines.returns.cells import BadCell

HEADER = "force_id,platform,handle,post_id,created_at,observed_at,kind,like_count\n"
ROW = "kent,x,ForceA,{},2026-05-01T10:00:00Z,2026-05-02T10:00:00Z,post,5\n"
SHEET = "xl/worksheets/sheet1.xml"


def book(*rows: list[object]) -> bytes:
    made = Workbook()
    sheet = made.worksheets[0]
    for row in [HEADER.strip().split(","), *rows]:
        sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def changed(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            part = old.read(member)
            new.writestr(member, change(part) if member == name else part)
    return out.getvalue()


GOOD = book(ROW.format(1).strip().split(","))


def reason(result: Return) -> str:
    assert result.rows.is_empty()
    return result.problems[0].reason


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b'<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>', "row 2000000000"),
        (b'<row r="1048577"/>', "row 1048577"),
        (b'<row r="99999999999999999999"/>', "no sheet of Excel"),
        (b'<row r="&#50;000000000"/>', "row 2000000000"),
        (b'<row r="x"/>', "row x"),
        (b'<row r="3"><c r="A9999999"/></row>', "row 9999999"),
        (b'<row r="3"><c r="XFD3"><v>1</v></c></row>', "more than 1,000 columns"),
        (b'<row r="3">' + b"<c/>" * 1001 + b"</row>", "more than 1,000 columns"),
    ],
)
def test_a_sheet_whose_rows_or_columns_never_end(
    read_bytes: Callable[..., Return], row: bytes, said: str
) -> None:
    data = changed(GOOD, SHEET, lambda part: part.replace(b"</sheetData>", row + b"</sheetData>"))
    assert len(data) < 10_000
    assert said in reason(read_bytes(data))


def test_a_sheet_in_another_encoding_is_counted_too(read_bytes: Callable[..., Return]) -> None:
    def change(part: bytes) -> bytes:
        text = part.decode().replace("</sheetData>", '<row r="2000000000"/></sheetData>')
        return ('<?xml version="1.0" encoding="UTF-16"?>' + text.split("?>")[-1]).encode("utf-16")

    assert "row 2000000000" in reason(read_bytes(changed(GOOD, SHEET, change)))


def test_entities_are_refused(read_bytes: Callable[..., Return]) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "cccccccc"><!ENTITY c "&b;&b;&b;&b;">]>'
    data = changed(GOOD, SHEET, lambda part: bomb + part.split(b"?>")[-1])
    assert "entities of its own" in reason(read_bytes(data))


def test_too_many_cells(read_bytes: Callable[..., Return], monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.MAX_CELLS == 10_000_000
    monkeypatch.setattr(limits, "MAX_CELLS", 10)
    assert "more than 10 cells" in reason(read_bytes(GOOD))


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "xl/worksheets/sheet9.xml"])
def test_texts_that_swell_in_memory(
    read_bytes: Callable[..., Return], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(limits, "MAX_TEXTS_BYTES", 100)
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, "<sst>" + "x" * 200 + "</sst>")
    override = f'<Override PartName="/{name}" ContentType="application/sharedStrings+xml"/></Types>'.encode()
    data = changed(out.getvalue(), "[Content_Types].xml", lambda part: part.replace(b"</Types>", override))
    assert "too large when unpacked" in reason(read_bytes(data))


def test_a_zip_bomb(read_bytes: Callable[..., Return]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Content.csv", bytes(40 * 2**20))
    assert len(out.getvalue()) < 2**17
    assert "too large when unpacked" in reason(read_bytes(out.getvalue()))


def test_a_zip_that_is_cut_in_the_middle_of_its_table(read_bytes: Callable[..., Return]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.csv", HEADER + "".join(ROW.format(n) for n in range(200)))
    data = bytearray(out.getvalue())
    data[4000] ^= 1  # its checksum no longer holds
    assert "cut short or damaged" in reason(read_bytes(bytes(data)))


def test_a_thousand_problems_are_listed_and_the_others_counted(read_text: Callable[..., Return]) -> None:
    bad = ROW.replace("post,", "tweet,")
    result = read_text(HEADER + "".join(bad.format(n) for n in range(5000)))
    assert len(result.problems) == limits.MAX_PROBLEMS + 1
    assert result.problems[0].reason.startswith("There are 5,000 problems; 1,000 of them are listed")
    assert result.rows.is_empty()


def test_many_problems_of_one_account_hide_no_other(read_text: Callable[..., Return]) -> None:
    """Each account that the register lacks is named, and in each column each kind of problem."""
    many = "".join(ROW.replace("ForceA", "ForceZ").format(n) for n in range(2000))
    others = [f"Force{letter}" for letter in "QRSTU"]
    few = "".join(ROW.replace("ForceA", other).format(9000 + n) for other in others for n in range(30))
    late = ROW.replace("post,", "tweet,").format(9999) + ROW.replace("2026-05-01T", "2031-05-01T").format(
        9998
    )
    found = read_text(HEADER + many + few + late).problems
    assert {problem.value for problem in found if problem.column == "handle"} == {"ForceZ", *others}
    assert len(found) == limits.MAX_PROBLEMS + len(others) + 3
    assert [(problem.line, problem.column) for problem in found[-2:]] == [
        (2152, "kind"),
        (2153, "created_at"),
    ]
    assert found[0].reason.startswith("There are 2,152 problems; 1,007 of them are listed")


def test_reading_stops_where_every_row_is_of_another_account(read_text: Callable[..., Return]) -> None:
    text = "".join(ROW.replace("ForceA", f"Force{n}x").format(n) for n in range(5000))
    found = read_text(HEADER + text).problems
    assert len(found) == 2 * limits.MAX_PROBLEMS + 1
    assert "reading stopped at line 2002" in found[0].reason


def test_rows_that_come_twice_are_listed_up_to_the_limit(read_text: Callable[..., Return]) -> None:
    result = read_text(HEADER + ROW.format(1) * 3000)
    assert len(result.problems) == limits.MAX_PROBLEMS + 1
    assert "Line 3 repeats line 2" in result.problems[1].reason


def test_too_many_rows(read_text: Callable[..., Return], monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.MAX_ROWS == 1_000_000
    monkeypatch.setattr(limits, "MAX_ROWS", 3)
    assert "more than 3 rows" in reason(read_text(HEADER + "".join(ROW.format(n) for n in range(9))))


def test_rows_beyond_a_batch_are_all_there(
    read_text: Callable[..., Return], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BATCH_ROWS", 7)
    result = read_text(HEADER + "".join(ROW.format(n) for n in range(30)))
    assert result.rows["post_id"].to_list() == [str(n) for n in range(30)]
    assert result.rows["line"].to_list() == list(range(2, 32))
    again = read_text(HEADER + "".join(ROW.format(n % 20) for n in range(30)))
    assert [p.line for p in again.problems] == list(range(22, 32))


@pytest.mark.parametrize("text", ["x" * 2_000_000, HEADER + "," * 2000 + "\n", '"' + "x" * 2_000_000])
def test_a_line_that_does_not_end(read_text: Callable[..., Return], text: str) -> None:
    assert reason(read_text(text))


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "-2+3|x!A0"])
def test_an_identifier_that_a_spreadsheet_would_run(value: str) -> None:
    with pytest.raises(BadCell):
        cells.identifier(value)
    with pytest.raises(BadCell):
        cells.private_identifier(value)


def test_a_video_may_begin_with_a_dash() -> None:
    assert cells.identifier("-abcDEF_123") == "-abcDEF_123"


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir])
def test_only_regular_files_are_read(
    read: Callable[[Path], Return], tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "thing"
    make(path)
    try:
        assert "pipe, a device or a folder" in read(path).problems[0].reason
    except IsADirectoryError:
        assert path.is_dir()


def test_a_device_is_refused_at_once(read: Callable[[Path], Return]) -> None:
    assert "pipe, a device" in read(Path("/dev/zero")).problems[0].reason


MEASURED = """
import datetime as dt, resource, sys
from pathlib import Path
from pipelines.returns import read_return
class Account: account_id, force_id = "kent-x", "kent"
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = read_return(Path(sys.argv[1]), lambda *_: Account, frozenset({"kent"}), frozenset({"x"}),
    hash_author=lambda *_: "", now=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
assert found.problems == [], found.problems[:3]
print(found.row_count, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.long
def test_memory_follows_the_batch_and_not_the_file(tmp_path: Path) -> None:
    """A good file of 84 MB; all of it at once took over a gigabyte."""
    path = tmp_path / "large.csv"
    count = 900_000
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(count):
            file.write(ROW.format(1121328849864810497 + number * 7).replace("\n", f"{number:010d}\n"))
    assert path.stat().st_size > 75 * 2**20
    done = subprocess.run([sys.executable, "-c", MEASURED, path], capture_output=True, text=True, check=True)
    rows, grown = map(int, done.stdout.split())
    assert rows == count
    assert grown < 250
