"""Which working releases are kept: those of the last 30 days, and of every month the last, for ever. Official
ones are for ever whatever their day (publish.py names them).

Whoever found a release by the pointer has until the next publication to read it.

Belongs here: the rule. Does not belong here: removing anything (publish.py).
"""

from collections.abc import Iterable, Set
from datetime import date, timedelta
from typing import NamedTuple

KEPT_DAYS = 30


class Made(NamedTuple):
    """A release: as of when, made when (UTC, ISO 8601), its id. Later ones sort after earlier ones."""

    data_as_of_utc: str
    created_at_utc: str
    release_id: str

    @property
    def day(self) -> date:
        return date.fromisoformat(self.data_as_of_utc[:10])


def superseded(releases: Iterable[Made], read: Set[str]) -> list[str]:
    """The ids of those that are not kept, by the day that their data is as of. `read`: ids that are kept
    whatever their day, the current one and the one before it, which somebody may be reading."""
    ordered = sorted(releases)
    last_of_month = {made.day.replace(day=1): made.release_id for made in ordered}
    kept = {*read, *last_of_month.values()}
    since = ordered[-1].day - timedelta(days=KEPT_DAYS - 1)
    return [made.release_id for made in ordered if made.day < since and made.release_id not in kept]
