"""When a platform may be asked again, in its own headers.

Belongs here: reading them. Does not belong here: waiting (client.py), or the longest wait (limits.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx


@dataclass(frozen=True)
class RateHeaders:
    """How a platform says what is left: two header names and how its reset reads (Unix or ISO)."""

    remaining: str
    reset: str
    parse_reset: Callable[[str], datetime]


def unix_reset(value: str) -> datetime:
    """Unix seconds, as Bluesky and X send them."""
    return datetime.fromtimestamp(float(value), UTC)


def iso_reset(value: str) -> datetime:
    """ISO 8601, as Mastodon sends it; without a zone it is UTC."""
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def until_reset(response: httpx.Response, rate: RateHeaders | None, now: datetime) -> float | None:
    """Seconds until there is more again; None when the platform does not say, or not in its own words."""
    try:
        reset = rate.parse_reset(response.headers[rate.reset]) if rate else None
        return None if reset is None else max(0.0, (reset - now).total_seconds())
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def told_to_wait(response: httpx.Response, rate: RateHeaders | None, now: datetime) -> float | None:
    """Seconds from Retry-After (a number or an HTTP date), else from the platform's reset header."""
    after = response.headers.get("retry-after", "").strip()
    if after.isascii() and after.isdigit():
        return float(after)
    try:
        until: datetime = parsedate_to_datetime(after)  # always in GMT (RFC 9110, 5.6.7)
    except (ValueError, OverflowError):
        return until_reset(response, rate, now)
    return max(0.0, (until.replace(tzinfo=UTC) - now).total_seconds())
