"""The files of a release: each hashed once, and one with the last release's where it has not changed.

Belongs here: digests and links. Does not belong here: what the files hold.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from pipelines.warehouse.build import sha256_of


class Files:
    """A release's folder while it is written. `digests`: the sha256 of what it holds, by path in it.

    A file that is the same as in the last release becomes a hard link to it and takes no space of its own.
    """

    def __init__(self, folder: Path, last: Path | None, last_digests: Mapping[str, str]) -> None:
        """`last`: the folder of the last release, None before the first; `last_digests`: of its files."""
        self.digests: dict[str, str] = {}
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
        last = self._last / name if self._last else None
        if last and self._last_digests.get(name) == self.digests[name] and _is_as_long(last, path):
            beside = path.with_name(f".{path.name}.link")
            try:
                beside.hardlink_to(last)
            except OSError:  # the file system refuses links, or has too many: it stays a copy
                pass
            else:
                beside.replace(path)
                return
        with path.open("rb") as file:  # on disk before the release becomes visible
            os.fsync(file.fileno())

    def add_text(self, name: str, text: str) -> None:
        """Write a text file and count it in."""
        self.path(name).write_text(text, encoding="utf-8", newline="")
        self.add(name)

    def names(self, folder: str) -> list[str]:
        """What `folder/` holds so far, sorted."""
        return sorted(name.removeprefix(folder) for name in self.digests if name.startswith(folder))

    def in_last(self, stem: str) -> list[str]:
        """The last release's files of that name, in any folder, with any suffix; none where one is lost."""
        names = [name for name in self._last_digests if Path(name).stem == stem]
        there = self._last is not None and all((self._last / name).exists() for name in names)
        return names if there else []

    def keep(self, name: str) -> None:
        """Take a file of the last release over without reading it."""
        assert self._last is not None
        path, last = self.path(name), self._last / name
        try:
            path.hardlink_to(last)
        except OSError:
            shutil.copyfile(last, path)
        self.digests[name] = self._last_digests[name]


def _is_as_long(one: Path, other: Path) -> bool:
    """Whether a file that is said to be the same can be: it may have been lost or cut short since."""
    return one.exists() and one.stat().st_size == other.stat().st_size
