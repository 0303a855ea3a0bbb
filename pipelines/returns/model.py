"""The words the return modules share: problems, rows as read, and the result.

Here: plain types. Not here: reading files, judging cells, or anything that knows a column's name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl


@dataclass(frozen=True, slots=True)
class Uncalculated:
    """A formula cell whose result the workbook does not hold."""

    cell: str


Raw = str | int | float | dt.datetime | dt.date | dt.time | dt.timedelta | Uncalculated | None
Row = tuple[int, list[Raw]]  # (1-based line, cells)


class AccountRef(Protocol):
    """What a return needs to know of an account in the register."""

    @property
    def account_id(self) -> str: ...

    @property
    def force_id(self) -> str: ...


FindAccount = Callable[[str, str], AccountRef | None]  # (platform, handle)
HashAuthor = Callable[[str, str], str]  # (platform, the force's pseudonym) → our keyed hash

NOT_SHOWN = "(not shown)"  # in place of a value that may be about a member of the public


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a file cannot land. Line 0 and no column: the file as a whole."""

    line: int
    column: str | None
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Declared:
    """What a return says of itself: within its period silence is a measured zero, outside nothing is known.

    Whole days in Europe/London, the last included. `exported_at_utc`: naive, when the file left the tool;
    nothing is known of any moment after it.
    """

    period_from: dt.date
    period_to: dt.date
    exported_at_utc: dt.datetime

    def __str__(self) -> str:
        exported = f"{self.exported_at_utc:%Y-%m-%d %H:%M}Z"
        return f"{self.period_from} to {self.period_to}, exported {exported}"


@dataclass(frozen=True)
class Reading:
    """How a file was read: what it was taken for, and what of it was not taken.

    `tool` is None for one of Beatbook's own kinds. `personal`: columns about people or with text, dropped
    while reading. `unknown`: columns that the tool's mapping does not know. `left_out`: rows, and why.
    """

    tool: str | None = None
    personal: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Return:
    """A file as read: all of its rows, or the problems that stop every one of them.

    `declared` is None while nobody has said it; such a file can be checked and cannot land.
    """

    kind: str | None
    sha256: str
    found: pl.LazyFrame = field(compare=False)
    problems: list[Problem]
    row_count: int = 0
    declared: Declared | None = None
    reading: Reading = field(default_factory=Reading)
    lacking: tuple[str, ...] = ()  # the options that would declare what is not declared
    kept: object = field(default=None, compare=False, repr=False)  # keeps the folder of `found`

    @property
    def is_landable(self) -> bool:
        """True when nothing is wrong with any row. A file lands whole or not at all."""
        return not self.problems

    @property
    def rows(self) -> pl.DataFrame:
        """All rows at once; none where there is a problem."""
        return self.found.collect()


@dataclass(frozen=True)
class Sheet:
    """One table of a file. `open` gives its rows from the first, each time it is called.

    A row that cannot be read comes as a Problem in its place. `is_ragged`: cells at the end of a row may be
    left out, as in a workbook. `problems`: of the sheet, such as merged cells, given the header's line.
    """

    title: str
    open: Callable[[], Iterator[Row | Problem]]
    is_1904: bool = False
    is_ragged: bool = False
    problems: Callable[[int], list[Problem]] = lambda _: []


class Refused(Exception):
    """The file as a whole cannot be read, and why, for the person who sent it."""

    def __init__(self, *reasons: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(*reasons)
        self.problems = [*(Problem(0, None, "", reason) for reason in reasons), *problems]

    @property
    def reason(self) -> str:
        return " ".join(problem.reason for problem in self.problems)


def is_blank(raw: Raw) -> bool:
    """True for an empty cell, or one with nothing but spaces."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def shown(raw: Raw) -> str:
    """The cell as a problem quotes it: cut short, and not at all when it reads like a sentence."""
    if raw is None or isinstance(raw, Uncalculated):
        return ""
    text = raw.isoformat(sep=" ") if isinstance(raw, dt.datetime) else str(raw).strip()
    text = "".join(character if character.isprintable() else "�" for character in text)
    if text.count(" ") > 3:
        return NOT_SHOWN
    return text if len(text) <= 60 else text[:59] + "…"
