"""Files of a release: hashed once, one with the last release's where they are the same."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from pipelines.release.files import Files


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def last(tmp_path: Path) -> Files:
    """A release of two files."""
    files = Files(tmp_path / "last", None, {})
    files.add_text("a/one.csv", "one")
    files.add_text("a/two.csv", "two")
    return files


@pytest.fixture
def new(tmp_path: Path, last: Files) -> Files:
    return Files(tmp_path / "new", tmp_path / "last", last.digests)


def is_one_file(folder: Path, name: str) -> bool:
    return (folder / "last" / name).samefile(folder / "new" / name)


def refused(*_: Any) -> None:
    raise OSError("this file system has no links")


def test_each_file_is_known_by_its_digest(last: Files) -> None:
    assert last.digests == {"a/one.csv": sha256("one"), "a/two.csv": sha256("two")}
    assert last.names("a/") == ["one.csv", "two.csv"]


def test_what_is_the_same_is_one_file_with_the_last_releases(tmp_path: Path, new: Files) -> None:
    new.add_text("a/one.csv", "one")
    new.add_text("a/two.csv", "different")
    new.add_text("b/one.csv", "one")
    assert is_one_file(tmp_path, "a/one.csv")
    assert not is_one_file(tmp_path, "a/two.csv")
    assert (tmp_path / "last/a/two.csv").read_text() == "two"
    assert new.digests == {
        "a/one.csv": sha256("one"),
        "a/two.csv": sha256("different"),
        "b/one.csv": sha256("one"),
    }
    assert sorted(path.name for path in (tmp_path / "new/a").iterdir()) == ["one.csv", "two.csv"]


@pytest.mark.parametrize("damage", ["lost", "o", "onE"])
def test_a_file_of_the_last_release_that_is_damaged_is_not_linked(
    tmp_path: Path, new: Files, damage: str
) -> None:
    before = tmp_path / "last/a/one.csv"
    before.unlink()
    if damage != "lost":
        before.write_text(damage)
    assert new.in_last("one") == []
    new.add_text("a/one.csv", "one")
    assert (tmp_path / "new/a/one.csv").read_text() == "one"


def test_where_links_are_refused_there_are_copies(
    tmp_path: Path, new: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", refused)
    new.add_text("a/one.csv", "one")
    new.keep("a/two.csv")
    for name, text in (("a/one.csv", "one"), ("a/two.csv", "two")):
        assert not is_one_file(tmp_path, name)
        assert (tmp_path / "new" / name).read_text() == text
        assert new.digests[name] == sha256(text)
    assert sorted(path.name for path in (tmp_path / "new/a").iterdir()) == ["one.csv", "two.csv"]


def test_a_file_is_taken_over_without_being_written(tmp_path: Path, new: Files) -> None:
    new.keep("a/two.csv")
    assert is_one_file(tmp_path, "a/two.csv")
    assert new.digests == {"a/two.csv": sha256("two")}


def test_files_of_the_last_release_are_found_by_name_only_while_all_are_whole(
    tmp_path: Path, new: Files, last: Files
) -> None:
    last.add_text("b/one.parquet", "more")
    assert new.in_last("one") == ["a/one.csv", "b/one.parquet"]
    assert new.in_last("on") == []
    (tmp_path / "last/b/one.parquet").unlink()
    assert new.in_last("one") == []
    assert last.in_last("one") == []
