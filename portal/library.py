"""The releases that are shown: each opened once, checked once, and another as soon as one is published.

Belongs here: which releases are open, and what was already made from them. Does not belong here: what is
asked of one (pages/), which one a reader asks for (switch.py), or how they lie on disk (pipelines/release).
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import duckdb

from pipelines.release.official import OFFICIAL, WORKING, find, path_of
from pipelines.release.opened import connected
from pipelines.release.periods import NotFoundError
from pipelines.release.published import DamagedReleaseError, Release, check_tables
from pipelines.settings import Settings

#: How much of the pages and charts of one release is kept once they are made: some thousand pages.
KEPT_BYTES = 64 * 2**20
#: So many releases that were asked for by their id stay open.
ASKED = 3
log = logging.getLogger(__name__)


@dataclass
class Shelf:
    """One release, its tables as views, and what was made of it. Nothing of it ever changes, so what was made
    is never stale; another release is another shelf."""

    release: Release
    connection: duckdb.DuckDBPyConnection
    #: Raises where a table is not what was published.
    check: Callable[[], None] = lambda: None
    _made: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def kept(self, key: str, make: Callable[[duckdb.DuckDBPyConnection], bytes]) -> bytes:
        """What `make` returned the first time for this key. One is made at a time: DuckDB uses every core.

        Raises:
            DamagedReleaseError: a table has gone or become unreadable since the release was opened.
        """
        if (made := self._made.get(key)) is not None:
            return made
        with self._lock:
            if (made := self._made.get(key)) is None:
                try:
                    made = self._made[key] = make(self.connection.cursor())
                except duckdb.Error:
                    self.check()
                    raise
                self._size += len(made)
                while self._size > KEPT_BYTES and len(self._made) > 1:
                    self._size -= len(self._made.popitem(last=False)[1])
            return made


class Library:
    """Which releases are open. Asked once for each request, so that no page mixes two."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        #: By what was asked: what the pointers were then, and the shelf.
        self._found: dict[str | None, tuple[bytes, Shelf]] = {}
        self._damage: dict[str | None, str] = {}

    @property
    def damage(self) -> str | None:
        """Why a release that should be shown is not the one that is."""
        return "; ".join(dict.fromkeys(self._damage.values())) or None

    def shelf(self, asked: str | None = None) -> Shelf:
        """The release that is asked for: `official`, `working`, an id; None is the official one where there
        is one. While a newer one is damaged, the one before it stays.

        Raises:
            NotFoundError: nothing is published, or no such release is kept.
            DamagedReleaseError: what is published is damaged, and nothing else was open.
        """
        pointers = self._pointers()
        found = self._found.get(asked)
        if found is None or found[0] != pointers:
            with self._lock:
                found = self._found.get(asked)
                if found is None or found[0] != pointers:
                    found = self._found[asked] = (pointers, self._opened(asked))
                    by_id = [each for each in self._found if each not in (None, OFFICIAL, WORKING, asked)]
                    if len(by_id) >= ASKED:
                        del self._found[by_id[0]]
        return found[1]

    def _pointers(self) -> bytes:
        """What says which release is the working one, and which are official."""
        paths = (self._settings.releases / "current", path_of(self._settings))
        return b"\0".join(path.read_bytes() if path.exists() else b"" for path in paths)

    def _opened(self, asked: str | None) -> Shelf:
        try:
            release = find(self._settings, asked)
            if release is None:
                raise NotFoundError("nothing is published yet: `beatbook run` publishes")
            for _, shelf in self._found.values():
                if (shelf.release.release_id, shelf.release.label) == (release.release_id, release.label):
                    self._damage.pop(asked, None)
                    return shelf
            check_tables(self._settings, release)
        except DamagedReleaseError as error:
            if asked not in self._found:
                raise
            stays = self._found[asked][1]
            self._damage[asked] = str(error)
            log.error("%s stays open: %s", stays.release.release_id, error)
            return stays
        self._damage.pop(asked, None)
        check = partial(check_tables, self._settings, release)
        return Shelf(release, connected(self._settings, release), check)
