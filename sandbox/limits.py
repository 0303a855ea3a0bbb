"""Rate limits: the only thing that the sandbox remembers between two questions.

Here: buckets by window, and what is left in them.
Not here: how a platform says so (the routers).
"""

import time
from dataclasses import dataclass, field

from sandbox.clock import HOUR, MINUTE, pacific_day

MOST_BUCKETS = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much each platform allows. The real figures are those with `generosity` 1."""

    generosity: int = 20  # a day frozen at one moment is asked within one window
    mastodon_per_5_min: int = 300
    bluesky_per_5_min: int = 3000
    youtube_units_per_day: int = 10_000
    police_uk_per_second: float = 15.0
    police_uk_burst: int = 30


@dataclass(frozen=True, slots=True)
class Spent:
    """A bucket after one more question."""

    limit: int
    remaining: int
    reset: int  # milliseconds since 1970, on the sandbox's clock
    refused: bool


@dataclass(slots=True)
class Meter:
    """Counts questions."""

    limits: Limits
    _used: dict[tuple[str, int | str], int] = field(default_factory=dict)
    _tokens: float = -1.0
    _filled: float = 0.0

    def _spend(self, bucket: str, window: int | str, limit: int, reset: int) -> Spent:
        if len(self._used) > MOST_BUCKETS:
            self._used.clear()
        used = self._used.get((bucket, window), 0) + 1
        self._used[bucket, window] = used
        return Spent(limit, max(0, limit - used), reset, used > limit)

    def five_minutes(self, bucket: str, limit: int, now: int) -> Spent:
        """A window of five minutes on the sandbox's clock."""
        window = now // (5 * MINUTE)
        allowed = limit * self.limits.generosity
        return self._spend(bucket, window, allowed, (window + 1) * 5 * MINUTE)

    def pacific_day(self, key: str, now: int) -> Spent:
        """YouTube's quota: by key, Californian day and frozen moment."""
        allowed = self.limits.youtube_units_per_day * self.limits.generosity
        return self._spend(f"youtube {key}", f"{pacific_day(now)} {now}", allowed, now + 24 * HOUR)

    def police_uk(self) -> bool:
        """Whether data.police.uk refuses; by the real clock."""
        rate = self.limits.police_uk_per_second * self.limits.generosity
        burst = float(self.limits.police_uk_burst * self.limits.generosity)
        moment = time.monotonic()
        before = burst if self._tokens < 0 else self._tokens
        tokens = min(burst, before + (moment - self._filled) * rate)
        self._filled = moment
        self._tokens = tokens - 1 if tokens >= 1 else tokens
        return tokens < 1
