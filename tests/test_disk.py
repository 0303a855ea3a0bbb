"""Files on disk: whole whatever happens, and a disk that takes no more is said in a sentence."""

import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.disk import as_sql, refusal, sha256_of, sweep, sync, write_whole


def test_a_file_is_the_old_one_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record.json"
    write_whole(path, b"old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"


def test_file_and_folder_are_synced_before_and_after_the_name_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "record.json"
    synced: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        "pipelines.disk.sync", lambda what: (synced.append((what.name, path.exists())), sync(what))
    )
    write_whole(path, b"new")
    assert synced == [(f".record.json.{os.getpid()}.tmp", False), (tmp_path.name, True)]


def test_a_secret_is_its_owners_alone_from_its_first_byte_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    monkeypatch.setattr("pipelines.disk.sync", lambda what: modes.append(what.stat().st_mode & 0o777))
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "users.json", b"[]", is_secret=True)
        write_whole(tmp_path / "table.json", b"[]")
    finally:
        os.umask(before)
    assert modes[::2] == [0o600, 0o644]
    assert (tmp_path / "users.json").stat().st_mode & 0o777 == 0o600


GONE = 2**22 + 1  # Linux gives no process a greater number than 2**22


@pytest.mark.parametrize(
    ("name", "hours", "stays"),
    [
        (f".record.json.{GONE}.tmp", 2, False),
        (f".record.json.{GONE}.tmp", 0.5, True),  # another machine's, perhaps
        (".record.json.ALIVE.tmp", 2, True),
        (f"record.json.{GONE}.tmp", 2, True),
        (".record.json.tmp", 2, True),
        (".last_run.lock", 2, True),
    ],
)
def test_what_a_killed_write_left_is_swept_and_nothing_else(
    tmp_path: Path, name: str, hours: float, stays: bool
) -> None:
    name, now = name.replace("ALIVE", str(os.getpid())), datetime.now(UTC)
    for folder in (tmp_path, tmp_path / "below"):
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"half")
        moment = (now - timedelta(hours=hours)).timestamp()
        os.utime(folder / name, (moment, moment))
    sweep(tmp_path, now, deep=False)
    assert ((tmp_path / name).exists(), (tmp_path / "below" / name).exists()) == (stays, True)
    sweep(tmp_path, now, deep=True)
    assert (tmp_path / "below" / name).exists() is stays


@pytest.mark.parametrize("name", ["o'clock", "a [b] c", "50% *all* {x}", 'double "quoted"'])
def test_any_folder_can_be_named_in_sql(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"attach {as_sql(folder / 'a.duckdb')} as a")
        connection.execute("create table a.t as select 1 as n")
        connection.execute(f"copy a.t to {as_sql(folder / 't.parquet')} (format parquet)")
        assert connection.sql(f"from {as_sql(folder / 't.parquet')}").fetchall() == [(1,)]
    assert sorted(path.name for path in folder.iterdir()) == ["a.duckdb", "t.parquet"]
    assert len(sha256_of(folder / "t.parquet")) == 64


@pytest.mark.parametrize(
    "said",
    [
        "[Errno 28] No space left on device",
        'IO Error: Could not write file "x.duckdb": No space left on device',
        "No space left on device (os error 28)",
        "(sqlite3.OperationalError) database or disk is full",
        "[Errno 122] Disk quota exceeded: 'x'",
    ],
)
def test_a_full_disk_is_named_with_what_it_has_left(tmp_path: Path, said: str) -> None:
    sentence = refusal(f"warehouse: {said}", [tmp_path, tmp_path / "not there"])
    assert sentence is not None
    assert f"the disk is full: what is to be written does not fit in {tmp_path}, where " in sentence
    assert "Nothing is lost" in sentence


def test_sqlite_that_cannot_begin_is_a_full_disk_only_where_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "(sqlite3.OperationalError) disk I/O error"
    assert refusal(said, [tmp_path]) is None
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage(4096))
    assert "where 4 KiB are left" in (refusal(said, [tmp_path]) or "")


@pytest.mark.parametrize(
    "said",
    [
        "[Errno 30] Read-only file system: '/x/locks/command'",
        "[Errno 13] Permission denied: '/x/locks/command'",
        "(sqlite3.OperationalError) attempt to write a readonly database",
    ],
)
def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path, said: str) -> None:
    sentence = refusal(said, [tmp_path])
    assert sentence is not None
    assert f"cannot write to {tmp_path}: {said}. Nothing is lost" in sentence


@pytest.mark.parametrize("said", ["", "a test failed", "refused: permission denied", "429"])
def test_what_is_about_something_else_is_no_matter_of_the_disk(tmp_path: Path, said: str) -> None:
    assert refusal(said, [tmp_path]) is None


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free
