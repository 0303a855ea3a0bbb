"""Times and dates of a return, into UTC.

Here: which ways of writing a moment or a day are taken, and the clock changes. Not here: whether a
time makes sense beside another, or beside today (check.py); which of day and month comes first (order.py).

A time with an offset or Z is taken as it is. One without is Europe/London local time, or UTC where the tool
says so.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from zoneinfo import ZoneInfo

from pipelines.returns.cells import BadCell
from pipelines.returns.model import Raw

LONDON = ZoneInfo("Europe/London")
#: The zone of what a tool writes and nobody can put right: in the hour that comes twice, the first is meant.
FIRST_OF_TWO = "first of two"

_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:(?:T|\s+)([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"\s*(Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?)?",
    re.IGNORECASE,
)
_CLOCK = r"(?:,?\s+(?:at\s+)?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(?:\s*([ap]m))?)?"
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})" + _CLOCK, re.IGNORECASE)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
_NAME = r"([a-z]{3,9})\.?"
_MONTH_NAMED = re.compile(_WEEKDAY + _NAME + r"\s+([0-9]{1,2}),?\s+([0-9]{4})" + _CLOCK, re.IGNORECASE)
_DAY_NAMED = re.compile(_WEEKDAY + r"([0-9]{1,2})\s+" + _NAME + r",?\s+([0-9]{4})" + _CLOCK, re.IGNORECASE)
_MONTHS = "january february march april may june july august september october november december".split()
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_MIDNIGHT = dt.time(0)

_TIME_FORMATS = "Write it as 2026-03-29T14:05:00Z or as 2026-03-29 14:05 (UK time)."
_DATE_FORMATS = "Write the day as 2026-03-29."
_NO_TIME = (
    "This is a day without a time. Add the time, as in 2026-03-29 14:05; if midnight is meant, "
    "write 00:00 as text."
)


def moment(raw: Raw, *, is_1904: bool = False, order: str | None = None, zone: str = "") -> dt.datetime:
    """A time as a naive datetime in UTC. `zone`: what a time without an offset is, if not UK time."""
    if isinstance(raw, str):
        return _moment_from_text(raw.strip(), is_1904, order, zone)
    if isinstance(raw, dt.datetime):
        return _to_utc(raw, zone)
    if isinstance(raw, dt.date):
        raise BadCell(_NO_TIME)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _to_utc(_serial_moment(raw, is_1904), zone)
    raise BadCell("A day and a time were expected. " + _TIME_FORMATS)


def slashed(value: str) -> tuple[int, int, int] | None:
    """The three numbers of a date such as 03/10/2026, in their order."""
    match = _SLASHED.fullmatch(value.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def london_day(moment_utc: dt.datetime) -> dt.date:
    """The day in Europe/London of a naive time in UTC."""
    return moment_utc.replace(tzinfo=dt.UTC).astimezone(LONDON).date()


def day(raw: Raw, *, is_1904: bool = False, order: str | None = None) -> dt.date:
    """A date. A time of day beside it is taken only when it is midnight."""
    if isinstance(raw, str):
        return _day_from_text(raw.strip(), is_1904, order)
    if isinstance(raw, dt.datetime):
        return _only_day(raw)
    if isinstance(raw, dt.date):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _only_day(_from_serial(raw, is_1904))
    raise BadCell(_DATE_FORMATS)


@lru_cache(maxsize=65_536)
def _moment_from_text(value: str, is_1904: bool, order: str | None, zone: str) -> dt.datetime:
    if match := _ISO.fullmatch(value):
        year, month, date, hour, minute, second, fraction, offset = match.groups()
        if hour is None:
            raise BadCell(_NO_TIME)
        local = _build(year, month, date, hour, minute, second, fraction)
        return _to_utc(local, zone) if offset is None else local - _offset(offset)
    if written := _written(value, order):
        local, has_time = written
        if not has_time:
            raise BadCell(_NO_TIME)
        return _to_utc(local, zone)
    if _SERIAL.fullmatch(value):
        return _to_utc(_serial_moment(float(value), is_1904), zone)
    raise BadCell("This is not a way of writing a time that Beatbook reads. " + _TIME_FORMATS)


@lru_cache(maxsize=65_536)
def _day_from_text(value: str, is_1904: bool, order: str | None) -> dt.date:
    if match := _ISO.fullmatch(value):
        if match[8]:
            raise BadCell("Only the day is wanted here. " + _DATE_FORMATS)
        return _only_day(_build(*(part or "0" for part in match.groups()[:7])))
    if written := _written(value, order):
        return _only_day(written[0])
    if _SERIAL.fullmatch(value):
        return _only_day(_from_serial(float(value), is_1904))
    raise BadCell("This is not a way of writing a day that Beatbook reads. " + _DATE_FORMATS)


def _written(value: str, order: str | None) -> tuple[dt.datetime, bool] | None:
    """A date as people write it, and whether a time stands beside it."""
    if match := _SLASHED.fullmatch(value):
        date, month = _ordered(match[1], match[2], match[3], order)
        year, clock = match[3], match.groups()[3:]
    elif match := _MONTH_NAMED.fullmatch(value):
        month, date, year, clock = _month(match[1]), match[2], match[3], match.groups()[3:]
    elif match := _DAY_NAMED.fullmatch(value):
        date, month, year, clock = match[1], _month(match[2]), match[3], match.groups()[3:]
    else:
        return None
    hour, minute, second, fraction, half = clock
    if half:
        hour = _of_half_day(hour, half)
    return _build(year, month, date, hour or "0", minute or "0", second, fraction), hour is not None


def _ordered(first: str, second: str, year: str, order: str | None) -> tuple[str, str]:
    if order is None and int(first) != int(second) and max(int(first), int(second)) <= 12:
        raise BadCell(
            f"This is {int(first)}/{int(second)} with the day first and {int(second)}/{int(first)} with the "
            f"month first. {_DATE_FORMATS}"
        )
    date, month = (second, first) if order == "month_first" else (first, second)
    if order is None and int(second) > 12:
        date, month = second, first
    if int(month) > 12 and 1 <= int(date) <= 12:
        which = "month" if order == "month_first" else "day"
        raise BadCell(
            f"The dates of this file are read with the {which} first, and there is no month {int(month)}. "
            f"Some of it was written in another order. {_DATE_FORMATS}"
        )
    return date, month


def _month(name: str) -> str:
    found = [at for at, month in enumerate(_MONTHS, start=1) if month.startswith(name.lower())]
    if len(found) != 1:
        raise BadCell(f"There is no month {name}. Export the file in English, or write 2026-03-29.")
    return str(found[0])


def _of_half_day(hour: str, half: str) -> str:
    if not 1 <= int(hour) <= 12:
        raise BadCell("There is no such day or time. Check it.")
    return str(int(hour) % 12 + (12 if half.lower() == "pm" else 0))


def _only_day(value: dt.datetime) -> dt.date:
    if value.time() != _MIDNIGHT:
        raise BadCell("Only the day is wanted here. " + _DATE_FORMATS)
    return value.date()


def _build(
    year: str, month: str, date: str, hour: str, minute: str, second: str | None, fraction: str | None
) -> dt.datetime:
    micros = int(((fraction or "0") + "000000")[:6])
    try:
        if not 1900 < int(year) < 2200:
            raise ValueError(year)
        return dt.datetime(  # noqa: DTZ001  (the zone is decided by the caller)
            int(year), int(month), int(date), int(hour), int(minute), int(second or 0), micros
        )
    except ValueError:
        raise BadCell("There is no such day or time. Check it.") from None


def _offset(text: str) -> dt.timedelta:
    if text.upper() in ("Z", "UTC"):
        return dt.timedelta(0)
    digits = text[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 14 or minutes > 59:
        raise BadCell(f"There is no offset {text}. Use Z for UTC or +01:00 for summer time.")
    size = dt.timedelta(hours=hours, minutes=minutes)
    return -size if text[0] == "-" else size


def _serial_moment(serial: int | float, is_1904: bool) -> dt.datetime:
    value = _from_serial(serial, is_1904)
    if value.time() == _MIDNIGHT:
        raise BadCell(_NO_TIME)
    return value


def _from_serial(serial: int | float, is_1904: bool) -> dt.datetime:
    """A spreadsheet's day number, to the millisecond, which is as exact as it is."""
    if not 10_000 <= serial < 100_000:
        raise BadCell("This number is not a spreadsheet's date. " + _TIME_FORMATS)
    start = dt.datetime(1904, 1, 1) if is_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001
    return start + dt.timedelta(milliseconds=round(serial * 86_400_000))


def _to_utc(local: dt.datetime, zone: str) -> dt.datetime:
    if zone == "UTC":
        return local
    first = local.replace(tzinfo=LONDON, fold=0)
    if zone == FIRST_OF_TWO and first.utcoffset() != first.replace(fold=1).utcoffset():
        moment = first.astimezone(dt.UTC)
        if moment.astimezone(LONDON).replace(tzinfo=None) == local:
            return moment.replace(tzinfo=None)
    return _london_to_utc(local)


@lru_cache(maxsize=65_536)
def _london_to_utc(local: dt.datetime) -> dt.datetime:
    first = local.replace(tzinfo=LONDON, fold=0)
    before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
    if before is None or after is None:  # pragma: no cover  (a zone always has an offset)
        raise BadCell(_TIME_FORMATS)
    if before == after:
        return local - before
    clock = f"{local:%H:%M} on {local.day} {local:%B %Y}"
    if first.astimezone(dt.UTC).astimezone(LONDON).replace(tzinfo=None) != local:
        raise BadCell(
            f"In the UK there was no {clock}: the clocks went forward. If the time is in UTC, "
            "write Z after it."
        )
    raise BadCell(
        f"In the UK {clock} came twice: the clocks went back. Say which, with +01:00 for summer "
        f"time or Z for winter time, as in {local:%Y-%m-%dT%H:%M:%S}+01:00."
    )
