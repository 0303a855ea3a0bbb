"""What a return declares of itself: the period that it covers and when it was exported.

Here: reading the three values, and rows that contradict them. Not here: where they come from (options, a
cover sheet, the tool's own file), or what the warehouse makes of them (int_pulls__days).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl

from pipelines.returns import limits, times
from pipelines.returns.cells import BadCell
from pipelines.returns.model import Declared, Problem, Raw, Refused, shown

EARLIEST = dt.date(2003, 1, 1)  # before any platform in the catalogue
#: What a row says that cannot have happened after the export.
MOMENTS = ("observed_at_utc", "sent_at_utc", "closed_at_utc")
#: What a kind is a complete list of within its period. Others are looked up at a moment.
LISTED = {"posts": "created_at_utc", "messages": "sent_at_utc"}


def declare(
    period_from: Raw, period_to: Raw, exported_at: Raw, now_utc: dt.datetime, *, is_1904: bool = False
) -> Declared:
    """The three values as a person or a cover sheet writes them: days, and a time (UK time without offset).

    Raises:
        Refused: one of them cannot be read, or they cannot all be true.
    """
    first = _read("The first day of the period", period_from, times.day, is_1904)
    last = _read("The last day of the period", period_to, times.day, is_1904)
    exported = _read("The time of the export", exported_at, times.moment, is_1904)
    if first > last:
        raise Refused(
            f"The period ends ({last}) before it begins ({first}). Give its first and its last day."
        )
    if first < EARLIEST:
        raise Refused(f"The period begins ({first}) before there were any platforms. Check the year.")
    if exported > now_utc + dt.timedelta(days=1):
        raise Refused(f"The time of the export ({exported:%Y-%m-%d %H:%M}Z) is in the future.")
    if last > times.london_day(exported):
        raise Refused(
            f"The period ends on {last}, after the file was exported ({exported:%Y-%m-%d %H:%M}Z): nobody "
            "knew that day yet. Give the last day that the file covers."
        )
    return Declared(first, last, exported)


def contradictions(declared: Declared, kind: str, rows: pl.LazyFrame) -> list[Problem]:
    """The rows of a checked file that the declaration cannot be true of, in the order of their lines."""
    exported = declared.exported_at_utc
    problems = []
    columns = rows.collect_schema().names()
    for column in MOMENTS:
        if column in columns:
            late = rows.filter(pl.col(column) > exported).select("line", column).limit(limits.MAX_PROBLEMS)
            for line, value in late.collect().iter_rows():
                reason = (
                    f"This is later than the export ({exported:%Y-%m-%d %H:%M:%S}Z). Check both times and "
                    "their offsets."
                )
                name = column.removesuffix("_utc")
                problems.append(Problem(line, name, f"{value:%Y-%m-%d %H:%M:%S}Z", reason))
    if kind in LISTED:
        first, last, inside = rows.select(*_days(LISTED[kind], declared)).collect().row(0)
        if first is not None and not inside:
            problems.append(Problem(0, None, "", _all_outside(declared, first, last)))
    return sorted(problems, key=lambda problem: problem.line)


def _days(column: str, declared: Declared) -> list[pl.Expr]:
    """The first and the last day (Europe/London) of a column of times, and whether one lies in the period."""
    day = pl.col(column).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/London").dt.date()
    is_inside = day.is_between(declared.period_from, declared.period_to).any()
    return [day.min().alias("first"), day.max().alias("last"), is_inside.alias("is_inside")]


def _all_outside(declared: Declared, first: dt.date, last: dt.date) -> str:
    return (
        f"The file is declared to cover {declared.period_from} to {declared.period_to}, and every row is of "
        f"other days ({first} to {last}). Declare the period that the export was made for."
    )


def _read(what: str, raw: Raw, read: Callable[..., Any], is_1904: bool) -> Any:
    try:
        return read(raw, is_1904=is_1904)
    except BadCell as bad:
        raise Refused(f"{what} ({shown(raw)}) cannot be read. {bad.reason}") from None
