"""CSV as it comes: encodings, delimiters, line ends, quoting, and files that are not CSV."""

import pytest

from pipelines.returns import limits

HEADER = "force_id,platform,handle,post_id,created_at,observed_at,kind,like_count"
ROW = "kent,x,ForceA,1,2026-05-01T10:00:00Z,2026-05-02T10:00:00Z,post,5"
TEXT = f"{HEADER}\n{ROW}\n{ROW.replace(',1,', ',2,')}\n"


def reasons(result):
    assert not result.is_landable
    return " ".join(problem.reason for problem in result.problems)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_dialects(read_bytes, encoding, newline, delimiter):
    text = TEXT.replace("ForceA", "Café").replace("\n", newline).replace(",", delimiter)
    result = read_bytes(text.encode(encoding))
    assert result.problems == []
    assert result.rows["account_id"].to_list() == ["kent-cafe"] * 2
    assert result.rows["line"].to_list() == [2, 3]


def test_utf_16_big_endian(read_bytes):
    assert read_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be")).problems == []


@pytest.mark.parametrize(
    "text",
    [
        "sep=,\n" + TEXT,
        TEXT + "\n\n,,,,,,,\n   \n",
        TEXT.replace("\n", ",,\n"),
        TEXT.rstrip("\n"),
        TEXT.replace("ForceA", '"ForceA"').replace(",5\n", ',"5,000"\n'),
        TEXT.replace(",", ", "),
    ],
)
def test_harmless_irregularities(read_text, text):
    result = read_text(text)
    assert result.problems == []
    assert result.rows.height == 2


def test_a_row_is_named_by_the_line_it_starts_on(read_text):
    title = '"Posts\nof the\nmonth"\n'
    broken = ROW.replace(",1,", ',"1\n2",')
    result = read_text(f"{title}{HEADER}\n{broken}\n{ROW.replace('kent', 'narnia')}\n")
    assert [(p.line, p.column) for p in result.problems] == [(5, "post_id"), (7, "force_id")]


@pytest.mark.parametrize(
    ("row", "line"), [(ROW.replace("ForceA", '"Force"A'), 2), (ROW.replace("ForceA", '"ForceA'), 2)]
)
def test_quotation_marks_that_do_not_close(read_text, row, line):
    result = read_text(f"{HEADER}\n{row}\n{ROW}\n")
    assert result.problems[0].line == line
    assert "quotation mark" in result.problems[0].reason


def test_rows_after_a_broken_one_are_still_checked(read_text):
    broken = ROW.replace("ForceA", '"Force"A')
    result = read_text(f"{HEADER}\n{broken}\n{ROW.replace('kent', 'narnia')}\n")
    assert [p.line for p in result.problems] == [2, 3]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "The file is empty"),
        (b"\xff\xfe", "The file is empty"),
        (b"\xff\xfea", "not text that Beatbook can read"),
        (TEXT.encode("utf-16-le"), "not text that Beatbook can read"),
        (TEXT.encode() + b"\x81\x8d", "not text that Beatbook can read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "cannot be read as an Excel workbook"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        (b"%PDF-1.7\n", "is a PDF"),
        (b"\x1f\x8b\x08\x00", "compressed archive"),
        (b"\n<html><table>", "web page or XML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "web page or XML"),
    ],
)
def test_files_that_are_refused(read_bytes, data, reason):
    result = read_bytes(data)
    assert reason in reasons(result)
    assert [(p.line, p.column) for p in result.problems] == [(0, None)]
    assert result.kind is None


def test_a_file_that_is_too_large(read_bytes, monkeypatch):
    assert limits.MAX_BYTES == 200 * 1024 * 1024
    whole = read_bytes(TEXT.encode())
    monkeypatch.setattr(limits, "MAX_BYTES", 100)
    large = read_bytes(TEXT.encode())
    assert "larger than" in reasons(large)
    assert large.sha256 == whole.sha256


def test_no_such_file(read, tmp_path):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "absent.csv")
