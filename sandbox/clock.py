"""Moments: milliseconds since 1970 inside, ISO 8601 outside, Europe/London where people live.

Here: conversions and the dates on which the invented archive begins.
Not here: what happens at any moment (story.py, posts.py).
"""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

LONDON = ZoneInfo("Europe/London")
PACIFIC = ZoneInfo("America/Los_Angeles")


def ms(text: str) -> int:
    """Milliseconds of an ISO 8601 moment; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


# A Monday. Feeds reach back to here; posts_count also counts what came before.
ARCHIVE_START = ms("2026-06-01T00:00:00Z")


@lru_cache(maxsize=4096)
def _day_text(day: int) -> str:
    return datetime.fromtimestamp(day * 86400, UTC).strftime("%Y-%m-%dT")


@lru_cache(maxsize=131_072)
def iso(at: int) -> str:
    """2026-11-09T05:30:00.123Z."""
    day, rest = divmod(at, DAY)
    seconds, milli = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    return f"{_day_text(day)}{minutes // 60:02}:{minutes % 60:02}:{second:02}.{milli:03}Z"


def iso_seconds(at: int) -> str:
    """2026-11-09T05:30:00Z."""
    return iso(at)[:19] + "Z"


def date_text(at: int) -> str:
    """2026-11-09, in UTC."""
    return _day_text(at // DAY)[:10]


@lru_cache(maxsize=16384)
def _offset_of_hour(hour: int) -> int:
    offset = datetime.fromtimestamp(hour * 3600, LONDON).utcoffset()
    return 0 if offset is None else round(offset.total_seconds()) * 1000


def london_offset(at: int) -> int:
    """What to add to UTC to read a clock in London."""
    return _offset_of_hour(at // HOUR)


def pacific_day(at: int) -> str:
    """The calendar day in California, where YouTube's quota turns over."""
    return datetime.fromtimestamp(at / 1000, PACIFIC).date().isoformat()


def archive_day(at: int) -> int:
    """Whole days since the archive began (negative before)."""
    return (at - ARCHIVE_START) // DAY


def archive_week(at: int) -> int:
    """Whole weeks since the archive began (negative before)."""
    return (at - ARCHIVE_START) // WEEK
