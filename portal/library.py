"""The release that is shown: opened once, checked once, and another as soon as one is published.

Belongs here: which release is open, and what was already made from it. Does not belong here: what is asked
of it (pages/), or how releases lie on disk (pipelines/release/published.py).
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb

from pipelines.release.opened import open_release
from pipelines.release.published import DamagedReleaseError, Release
from pipelines.settings import Settings

#: How many pages and charts of one release are kept once they are made.
KEPT = 2_000
log = logging.getLogger(__name__)


@dataclass
class Shelf:
    """One release, its tables as views, and what was made of it. Nothing of it ever changes, so what was made
    is never stale; another release is another shelf."""

    release: Release
    connection: duckdb.DuckDBPyConnection
    _made: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def kept(self, key: str, make: Callable[[duckdb.DuckDBPyConnection], bytes]) -> bytes:
        """What `make` returned the first time for this key. One is made at a time: DuckDB uses every core."""
        if (made := self._made.get(key)) is not None:
            return made
        with self._lock:
            if (made := self._made.get(key)) is None:
                made = self._made[key] = make(self.connection.cursor())
                if len(self._made) > KEPT:
                    self._made.popitem(last=False)
            return made


class Library:
    """Which release is open. Asked on every request, so that no page mixes two."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._pointed: bytes | None = None
        self._shelf: Shelf | None = None
        self.damage: str | None = None  # why the published release is not the one that is shown

    def shelf(self) -> Shelf:
        """The published release. While a newer one is damaged, the one before it stays.

        Raises:
            NotFoundError: nothing is published.
            DamagedReleaseError: what is published is damaged, and nothing else was open.
        """
        pointer = self._settings.releases / "current"
        pointed = pointer.read_bytes() if pointer.exists() else None
        if self._shelf is None or pointed != self._pointed:
            with self._lock:
                if self._shelf is None or pointed != self._pointed:
                    self._open(pointed)
        assert self._shelf is not None
        return self._shelf

    def _open(self, pointed: bytes | None) -> None:
        try:
            release, connection = open_release(self._settings)
        except DamagedReleaseError as error:
            if self._shelf is None:
                raise
            self.damage, self._pointed = str(error), pointed
            log.error("%s stays open: %s", self._shelf.release.release_id, error)
            return
        self._shelf, self._pointed, self.damage = Shelf(release, connection), pointed, None
