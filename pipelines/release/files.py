"""The files of a release: each hashed once, and one with the last release's where it has not changed.

Belongs here: digests and links. Does not belong here: what the files hold.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from pipelines.disk import sha256_of, sync


class Files:
    """A release's folder while it is written. `digests`: the sha256 of what it holds, by path in it.

    A file that is the same as in the last release becomes a hard link to it and takes no space of its own.
    The last release's is read before: `damaged` are those that were not what its digests say; they are not
    shared.
    """

    def __init__(self, folder: Path, last: Path | None, last_digests: Mapping[str, str]) -> None:
        """`last`: the folder of the last release, None before the first; `last_digests`: of its files."""
        self.digests: dict[str, str] = {}
        self.damaged: list[str] = []
        self._folder = folder
        self._last = last
        self._last_digests = last_digests

    def path(self, name: str) -> Path:
        """Where to write a file; its folder is there."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def add(self, name: str) -> None:
        """Count in a file that has been written."""
        path = self._folder / name
        self.digests[name] = sha256_of(path)
        if self._last and self._last_digests.get(name) == self.digests[name] and self._is_whole(name):
            try:
                _link(self._last / name, path)
            except OSError:  # the file system refuses links, or has too many: it stays a copy
                pass
            else:
                return
        sync(path)  # on disk before the release becomes visible

    def add_text(self, name: str, text: str) -> None:
        """Write a text file and count it in."""
        self.path(name).write_text(text, encoding="utf-8", newline="")
        self.add(name)

    def names(self, folder: str) -> list[str]:
        """What `folder/` holds so far, sorted."""
        return sorted(name.removeprefix(folder) for name in self.digests if name.startswith(folder))

    def in_last(self, stem: str) -> list[str]:
        """The last release's files of that name, in any folder, with any suffix; none if one is damaged."""
        names = [name for name in self._last_digests if Path(name).stem == stem]
        whole = [name for name in names if self._is_whole(name)]
        return names if whole == names else []

    def keep(self, name: str) -> None:
        """Take a file of the last release over that `in_last` has found whole."""
        assert self._last is not None
        share(self._last / name, self.path(name))
        self.digests[name] = self._last_digests[name]

    def _is_whole(self, name: str) -> bool:
        """Whether a file of the last release is still what its digest says; all of it is read."""
        assert self._last is not None
        try:
            if sha256_of(self._last / name) == self._last_digests[name]:
                return True
        except OSError:
            pass
        self.damaged.append(name)
        return False


def share(file: Path, path: Path) -> None:
    """Make `path` the same file as `file`, in place of what was there; a copy where there are no links."""
    try:
        _link(file, path)
    except OSError:
        beside = _beside(path)
        shutil.copyfile(file, beside)
        sync(beside)
        beside.replace(path)


def _link(file: Path, path: Path) -> None:
    beside = _beside(path)
    beside.unlink(missing_ok=True)
    beside.hardlink_to(file)
    beside.replace(path)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.link")


#: How a text begins that a spreadsheet takes for a formula, whatever quotes stand around it in the CSV.
_RUN_BY_SPREADSHEETS = r"^[=+\-@\t\r]"


def defused(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as CSV may hold them: an apostrophe makes a text of what a spreadsheet would run. Numbers are
    no text, and Parquet is no spreadsheet's."""
    return rows.with_columns(pl.col(pl.String).str.replace(_RUN_BY_SPREADSHEETS, "'${0}"))
