"""What rows are held against: forces, platforms, accounts and the present; and how a file's cells are read.

Here: the parser of each type of cell. Not here: rows (check.py), single cells without a register (cells.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pipelines.returns import cells, times
from pipelines.returns.kinds import Column
from pipelines.returns.model import AccountRef, FindAccount, HashAuthor, Raw
from pipelines.sources.purposes import Rules

EARLIEST = dt.datetime(2003, 1, 1)  # noqa: DTZ001  (before any platform in the catalogue)
_ALIASES = {"twitter": "x"}

Parser = Callable[[Raw], Any]


@dataclass(frozen=True)
class Reads:
    """How a file writes its times: the workbook's date system, which of day and month comes first, the zone.

    `is_noon`: it gives days, whose middle stands for a time.
    """

    is_1904: bool = False
    order: str | None = None
    zone: str = ""
    is_noon: bool = False

    def moment(self, raw: Raw) -> dt.datetime:
        if not self.is_noon:
            return times.moment(raw, is_1904=self.is_1904, order=self.order, zone=self.zone)
        day = self.day(raw)
        return times.moment(dt.datetime(day.year, day.month, day.day, 12))  # noqa: DTZ001  (UK time)

    def day(self, raw: Raw) -> dt.date:
        return times.day(raw, is_1904=self.is_1904, order=self.order)


@dataclass
class Register:
    """What rows are held against: forces, platforms, accounts, and the present."""

    find_account: FindAccount
    force_ids: frozenset[str]
    platforms: frozenset[str]
    now_utc: dt.datetime
    hash_author: HashAuthor
    purpose_rules: Rules | None = None
    _accounts: dict[tuple[str, str], AccountRef | None] = field(default_factory=dict)

    def account(self, platform: str, handle: str) -> AccountRef | None:
        """The register's account, asked for once."""
        key = (platform, handle)
        if key not in self._accounts:
            self._accounts[key] = self.find_account(platform, handle)
        return self._accounts[key]

    def force(self, raw: Raw) -> str:
        force = cells.text(raw).lower()
        if force not in self.force_ids:
            raise cells.BadCell(
                "There is no force with this id. Use the id of data.police.uk, such as avon-and-somerset."
            )
        return force

    def platform(self, raw: Raw) -> str:
        platform = cells.text(raw).lower()
        platform = _ALIASES.get(platform, platform)
        if platform not in self.platforms:
            raise cells.BadCell(
                f"Beatbook has no such platform. It has: {', '.join(sorted(self.platforms))}."
            )
        return platform

    def moment(self, raw: Raw, reads: Reads) -> dt.datetime:
        value = reads.moment(raw)
        if value > self.now_utc + dt.timedelta(days=1):
            raise cells.BadCell("This time is in the future. Check the year, and day and month.")
        if value < EARLIEST:
            raise cells.BadCell("This time is before there were any platforms. Check the year.")
        return value

    def day(self, raw: Raw, reads: Reads) -> dt.date:
        value = reads.day(raw)
        if value > (self.now_utc + dt.timedelta(days=1)).date():
            raise cells.BadCell("This day is in the future. Check the year, and day and month.")
        if value < EARLIEST.date():
            raise cells.BadCell("This day is before there were any platforms. Check the year.")
        return value

    def parser(self, column: Column, reads: Reads) -> Parser:
        """The function that takes this column's cells."""
        parsers: dict[str, Parser] = {
            "force": self.force,
            "platform": self.platform,
            "handle": lambda raw: cells.text(raw).removeprefix("@"),
            "id": cells.identifier,
            "private_id": cells.private_identifier,
            "author": cells.pseudonym,
            "choice": partial(cells.choice, choices=column.choices),
            "time": partial(self.moment, reads=reads),
            "date": partial(self.day, reads=reads),
            "count": cells.count,
            "flag": cells.flag,
            "word": cells.word,
            "number": cells.number,
        }
        return parsers[column.cell]
