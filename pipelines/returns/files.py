"""What kind of file this is, by its bytes and not by its name, and which reader opens it.

Here: regular files, their size, and the files that are refused outright. Not here: rows.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from functools import partial
from pathlib import Path
from typing import BinaryIO

from pipelines.returns import csv_table, limits, xls_table, xlsx_table
from pipelines.returns.model import Refused, Sheet

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE_AS = "Open it and save it as an Excel Workbook (.xlsx) or as CSV UTF-8 (.csv)."
_BLOCK = 2**20


def digest(path: Path) -> tuple[str, str | None]:
    """The file's sha256, and why it cannot be read at all, if it cannot.

    Raises OSError when there is no such file.
    """
    # A pipe would wait for its writer for ever, and a device has no end.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return "", "This is not a file but a pipe, a device or a folder. Give the file itself."
        digest = hashlib.sha256()
        size = 0
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    if size > limits.MAX_BYTES:
        return digest.hexdigest(), (
            f"The file is larger than {limits.MAX_BYTES // 2**20} MB. Send it in parts, one for each "
            "month or each account."
        )
    return digest.hexdigest(), None


def open_sheets(path: Path) -> list[Sheet]:
    """The sheets of a workbook, the CSV files of an archive, or the one table of a CSV file.

    Raises:
        Refused: it is no file that Beatbook reads.
    """
    with path.open("rb") as file:
        head = file.read(1024)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _open_zip(path)
    if head.startswith(_OLE):
        return _open_ole(path)
    if reason := _foreign(head):
        raise Refused(reason)
    return [csv_table.open_csv(lambda: path.open("rb"), "")]


def _open_zip(path: Path) -> list[Sheet]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused("The file is cut short or damaged. Save it again and resend it.") from error
    if any(member.flag_bits & 1 for member in members):
        raise Refused("The file is protected by a password. Save it without one and resend it.")
    unpacked = sum(member.file_size for member in members)
    packed = path.stat().st_size
    if unpacked > limits.MAX_UNPACKED_BYTES or unpacked > max(limits.MAX_PACKING * packed, 2**25):
        raise Refused("The file is too large when unpacked. Send it as CSV, or in parts.")
    names = {member.filename for member in members}
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return xlsx_table.open_xlsx(path, {member.filename: member.file_size for member in members})
    tables = sorted(name for name in names if _is_csv(name))
    if not tables or len(tables) > limits.MAX_SHEETS:
        raise Refused(
            "The file is an archive or a document, and neither an Excel workbook (.xlsx) nor a zip with a "
            "tool's CSV files. Send the CSV or Excel file itself."
        )
    return [csv_table.open_csv(partial(_member, path, name), name) for name in tables]


def _is_csv(name: str) -> bool:
    return name.lower().endswith(".csv") and not name.startswith("__MACOSX/")


def _member(path: Path, name: str) -> BinaryIO:
    return zipfile.ZipFile(path).open(name)  # type: ignore[return-value]  # it keeps the archive's file open


def _open_ole(path: Path) -> list[Sheet]:
    if path.stat().st_size > limits.MAX_XLS_BYTES:
        raise Refused(
            f"An old Excel workbook (.xls) may have {limits.MAX_XLS_BYTES // 2**20} MB. Save it as an "
            "Excel Workbook (.xlsx)."
        )
    data = path.read_bytes()
    if _ENCRYPTED in data:
        raise Refused("The file is protected by a password. Save it without one and send it again.")
    return xls_table.open_xls(data)


def _foreign(head: bytes) -> str | None:
    if head.startswith(b"%PDF"):
        return "The file is a PDF. Send the CSV or Excel file that it was made from."
    if head.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        return "The file is a compressed archive. Send the CSV or Excel file inside it."
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return f"The file is a web page or XML, whatever its name says. {_SAVE_AS}"
    return None
