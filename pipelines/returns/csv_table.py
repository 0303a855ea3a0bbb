"""Delimited text into rows of text cells, each with the line it starts on.

Here: encodings, delimiters, quoting. Not here: what a cell means. A file is read as a stream, as often as
it is asked for; nothing of it is kept.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO

from pipelines.returns import limits
from pipelines.returns.model import Problem, Raw, Refused, Row, Sheet

_DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BLOCK = 2**20
_LOOKED_AT = 30  # rows by which the delimiter is told

#: What reading a damaged archive raises.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)

Opener = Callable[[], BinaryIO]


def open_csv(opener: Opener, title: str) -> Sheet:
    """The rows of a CSV file. `opener` gives its bytes from the start, each time it is called."""
    try:
        encoding = _encoding(opener)
        delimiter = _delimiter(opener, encoding)
    except DAMAGE as error:
        raise Refused("The file is cut short or damaged. Save it again and resend it.") from error
    return Sheet(title, lambda: _rows(opener, encoding, delimiter))


def _encoding(opener: Opener) -> str:
    """By its mark; else UTF-8; else Windows-1252, in which older Excel saves CSV."""
    with opener() as file:
        head = file.read(_BLOCK)
        if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n") and not file.read(1):
            raise Refused("The file is empty.")
    marked = next((encoding for mark, encoding in _BOMS if head.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        if _decodes(opener, encoding):
            return encoding
    raise Refused(
        "The file is not text that Beatbook can read. Save it as CSV UTF-8 (in Excel: Save As, "
        "CSV UTF-8 (Comma delimited))."
    )


def _decodes(opener: Opener, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with opener() as file:
            while block := file.read(_BLOCK):
                if "\0" in decoder.decode(block):
                    return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(opener: Opener, encoding: str) -> str:
    """The delimiter under which one row of the first ones has the most cells with something in them.

    A row of a table has about as many cells as its header; a text with commas has them now and then.
    """

    def score(delimiter: str) -> tuple[int, int]:
        widths = [
            sum(bool(str(cell).strip()) for cell in row[1])
            for row in islice(_rows(opener, encoding, delimiter), _LOOKED_AT)
            if not isinstance(row, Problem)
        ]
        return max(widths, default=0), sum(widths)

    return max(_DELIMITERS, key=score)


def _lines(stream: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := stream.readline(limits.MAX_LINE + 1):
        number += 1
        if len(line) > limits.MAX_LINE:
            raise Refused(f"Line {number} is longer than a million characters. This is not a table.")
        yield line


def _rows(opener: Opener, encoding: str, delimiter: str) -> Iterator[Row | Problem]:
    with io.TextIOWrapper(opener(), encoding=encoding, newline="") as stream:
        reader = csv.reader(_lines(stream), delimiter=delimiter, strict=True, skipinitialspace=True)
        while True:
            line = reader.line_num + 1
            try:
                cells: list[Raw] = list(next(reader))
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
            except DAMAGE as error:
                raise Refused("The file is cut short or damaged. Save it again and resend it.") from error
            if len(cells) > limits.MAX_COLUMNS:
                raise Refused(f"Line {line} has more than {limits.MAX_COLUMNS:,} cells.")
            if any(map(str.strip, cells)):  # type: ignore[arg-type]
                yield line, cells
