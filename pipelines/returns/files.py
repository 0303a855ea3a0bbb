"""What kind of file this is, by its bytes and not by its name, and which reader opens it.

Here: size limits, and the files that are refused outright. Not here: rows.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipelines.returns import csv_table, xlsx_table
from pipelines.returns.model import Refused, Table

MAX_BYTES = 200 * 2**20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE_AS = "Open it and save it as an Excel Workbook (.xlsx) or as CSV UTF-8 (.csv)."


def load(path: Path) -> tuple[str, bytes | None]:
    """The file's sha256, and its bytes, or None when it is larger than Beatbook takes."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
        digest = hashlib.sha256(data)
        if len(data) <= MAX_BYTES:
            return digest.hexdigest(), data
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest(), None


def open_table(data: bytes | None) -> Table:
    """The rows of a CSV file or of the one sheet of a workbook that is a return."""
    if data is None:
        raise Refused(
            f"The file is larger than {MAX_BYTES // 2**20} MB. Send it in parts, one for each "
            "month or each account."
        )
    if data.startswith(b"PK\x03\x04"):
        return xlsx_table.open_xlsx(data)
    if reason := _foreign(data):
        raise Refused(reason)
    return csv_table.open_csv(data)


def _foreign(data: bytes) -> str | None:
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            return "The file is protected by a password. Save it without one and send it again."
        return f"The file is an old Excel workbook (.xls) or another Office file. {_SAVE_AS}"
    if data.startswith(b"%PDF"):
        return "The file is a PDF. Send the CSV or Excel file that it was made from."
    if data.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"PK\x05\x06")):
        return "The file is a compressed archive. Send the CSV or Excel file inside it."
    if data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return f"The file is a web page or XML, whatever its name says. {_SAVE_AS}"
    return None
