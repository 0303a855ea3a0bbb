"""What the attack on suppressed counts speaks of: published cells, and what is known of sums of them.

Belongs here: the shapes. Does not belong here: which relations there are (disclosure.py, parts.py), or what
follows from them (bounds.py).
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from pipelines.gates.bounds import Row


class Key(NamedTuple):
    """A cell of one channel, whichever indicators it has."""

    channel: str
    area_id: str
    platform: str
    account_scope: str
    period_type: str
    period_start: date
    period_end: date
    part: str = "all"

    def __str__(self) -> str:
        where = f"{self.area_id}, {self.platform}, {self.account_scope} accounts"
        part = "" if self.part == "all" else f", {self.part}"
        return f"{where}, {self.period_type} of {self.period_start} ({self.channel}{part})"


@dataclass
class Cell:
    """What is published of it: its count, or the least that it can be, or that it is suppressed.

    `leaves_out`: it says that it leaves accounts out, in staffed time.
    """

    total: int | None
    least: int
    is_suppressed: bool
    leaves_out: bool = False


@dataclass
class Relations:
    """Variables (each at least 0) and what is known of sums of them."""

    rows: list[Row] = field(default_factory=list)
    numbers: dict[object, int] = field(default_factory=dict)
    #: First and last day of the variables that are pieces of time.
    days: dict[int, tuple[date, date]] = field(default_factory=dict)

    def variable(self, name: object) -> int:
        return self.numbers.setdefault(name, len(self.numbers))
