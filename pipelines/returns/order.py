"""Which comes first in a file's dates, the day or the month: declared, known from the tool, or proved.

Here: what a file's own dates prove. Not here: reading a date (times.py). 03/10/2026 is read in one order in
the whole file, because one program wrote it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from pipelines.returns import times
from pipelines.returns.model import Raw, Refused

Order = Literal["day_first", "month_first"]
ORDERS: tuple[Order, ...] = ("day_first", "month_first")


@dataclass
class Evidence:
    """What the dates of a file say of their order. `latest`: nothing in the file can be later."""

    latest: dt.date
    period: tuple[dt.date, dt.date] | None = None
    _swappable: tuple[int, int, int] | None = None
    _proved: Order | None = None
    _outside: set[Order] = field(default_factory=set)
    _late: set[Order] = field(default_factory=set)

    @property
    def is_proved(self) -> bool:
        """Whether no further date can say more."""
        return self._proved is not None

    def take(self, raw: Raw) -> None:
        """Look at a cell that should hold a date; anything but two numbers and a year says nothing."""
        if self._proved or not isinstance(raw, str) or "/" not in raw:
            return
        parts = times.slashed(raw)
        if parts is None:
            return
        first, second, year = parts
        if first > 12 or second > 12:
            self._proved = "day_first" if first > 12 else "month_first"
            return
        if first == second:
            return
        self._swappable = self._swappable or parts
        for order in ORDERS:
            day, month = (first, second) if order == "day_first" else (second, first)
            try:
                read = dt.date(year, month, day)
            except ValueError:
                self._late.add(order)
                continue
            if read > self.latest:
                self._late.add(order)
            if self.period and not self.period[0] <= read <= self.period[1]:
                self._outside.add(order)

    def decide(self, column: str) -> Order | None:
        """The order that the dates prove; None where none of them can be swapped.

        Raises:
            Refused: they can be swapped, and nothing says which reading is meant.
        """
        if self._proved or self._swappable is None:
            return self._proved
        for impossible in (self._late, self._outside):
            if len(impossible) == 1:
                (wrong,) = impossible
                return "month_first" if wrong == "day_first" else "day_first"
        first, second, year = self._swappable
        day, month = dt.date(year, second, first), dt.date(year, first, second)
        raise Refused(
            f"The dates of {column} can be read in two ways, and nothing in the file says which is meant: "
            f"{first:02d}/{second:02d}/{year} is {_long(day)} with the day first and {_long(month)} with "
            "the month first. Say it with --order day-first or --order month-first, or write the dates "
            f"as {day.isoformat()}."
        )


def _long(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
