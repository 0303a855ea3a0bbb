"""Delimited text into rows of text cells, each with the line it starts on.

Here: encodings, delimiters, quoting. Not here: what a cell means.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice

from pipelines.returns.kinds import HEADER_ROWS, find_header
from pipelines.returns.model import Problem, Refused, Row, Table

_DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BLOCK = 2**20


def open_csv(data: bytes) -> Table:
    """The rows of a CSV file."""
    encoding = _encoding(data)
    return Table(_rows(data, encoding, _delimiter(data, encoding)))


def _encoding(data: bytes) -> str:
    """By its mark; else UTF-8; else Windows-1252, in which older Excel saves CSV."""
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise Refused("The file is empty.")
    marked = next((encoding for mark, encoding in _BOMS if data.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        if _decodes(data, encoding):
            return encoding
    raise Refused(
        "The file is not text that Beatbook can read. Save it as CSV UTF-8 (in Excel: Save As, "
        "CSV UTF-8 (Comma delimited))."
    )


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    try:
        for start in range(0, len(view), _BLOCK):
            if "\0" in decoder.decode(view[start : start + _BLOCK]):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(data: bytes, encoding: str) -> str:
    """The delimiter under which the first rows hold a header, or else the most cells."""

    def score(delimiter: str) -> tuple[int, int]:
        read = islice(_rows(data, encoding, delimiter), HEADER_ROWS)
        rows = [row for row in read if not isinstance(row, Problem)]
        header = find_header(rows)
        return header.known if header else 0, max((len(row[1]) for row in rows), default=0)

    return max(_DELIMITERS, key=score)


def _rows(data: bytes, encoding: str, delimiter: str) -> Iterator[Row | Problem]:
    stream = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Problem(
                line,
                None,
                "",
                "A quotation mark in this row is not closed, or text follows one that closes a "
                "cell. Write a quotation mark inside a cell twice, or take it out.",
            )
            continue
        if any(map(str.strip, cells)):
            yield line, list(cells)
