"""Files on disk: written whole, known by their sha256, named in SQL.

Belongs here: what several stations need of the file system, and what is said of a disk that takes no more.
Does not belong here: what files hold.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

#: How the system, DuckDB, polars, dbt and SQLite say that there is no room. Where nothing is left at all,
#: SQLite fails before that, with the files that it keeps beside its own.
FULL = ("No space left on device", "database or disk is full", "Disk quota exceeded", "File too large")
PERHAPS_FULL = ("disk I/O error", "unable to open database file")
NOTHING_LEFT = 64 * 1024
#: How `write_whole` names what it writes beside: the process is in it.
_BESIDE = re.compile(r"\..+\.(\d+)\.tmp")
ABANDONED_AFTER = timedelta(hours=1)
READ_ONLY = ("Read-only file system", "readonly database", "[Errno 13]", "os error 13")


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk itself before anything relies on it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes, *, is_secret: bool = False) -> None:
    """Write beside, sync, rename, sync the folder: there is the old file or the new one, whatever happens.

    The folder is made where there is none. A secret can be read by its owner alone, from its first byte on.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        if is_secret:
            beside.touch(0o600)
        beside.write_bytes(content)
        sync(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync(path.parent)


def sweep(folder: Path, now: datetime, *, deep: bool) -> None:
    """Remove what writes that were killed left in a folder, and below it when `deep`: files of `write_whole`
    that are over an hour old and whose process is gone. On a shared disk it may be another machine's, and so
    out of sight; no write takes an hour."""
    for below, folders, names in os.walk(folder):
        for name in names:
            found = _BESIDE.fullmatch(name)
            path = Path(below, name)
            with suppress(FileNotFoundError):  # somebody else was at it
                if found and _is_old(path, now) and not _is_running(int(found[1])):
                    path.unlink()
        if not deep:
            folders.clear()


def _is_old(path: Path, now: datetime) -> bool:
    return now.timestamp() - path.stat().st_mtime > ABANDONED_AFTER.total_seconds()


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def as_sql(path: Path) -> str:
    """A path as DuckDB's SQL takes it, in quotes. What is there is not taken for a pattern, `[` or not."""
    return "'" + str(path).replace("'", "''") + "'"


def refusal(said: str, folders: Sequence[Path]) -> str | None:
    """What an error says of a disk that takes no more, as a sentence; None where it is about something else.

    `folders`: those that are written to, first that of the data. Of a full disk that with the least room is
    named.
    """
    if any(sign in said for sign in READ_ONLY):
        return f"cannot write to {folders[0]}: {said}. Nothing is lost; put that right and run it again."
    free, folder = min((shutil.disk_usage(folder).free, folder) for folder in folders if folder.exists())
    signs = FULL + PERHAPS_FULL if free < NOTHING_LEFT else FULL
    if not any(sign in said for sign in signs):
        return None
    return (
        f"the disk is full: what is to be written does not fit in {folder}, where {free // 1024:,} KiB are "
        "left. Nothing is lost: what has landed and what is published stay as they are. Make room and run "
        "the same command again."
    )
