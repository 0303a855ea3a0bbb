"""How runs are partitioned: by the day (Europe/London) of the pull.

Belongs here: which days there are. Does not belong here: what happens on a day.
"""

from datetime import date, datetime, time, timedelta

import dagster as dg

from pipelines.landing.store import is_pulse
from pipelines.settings import Settings
from pipelines.sources.catalogue import pulled_platforms


def days(settings: Settings) -> dg.DailyPartitionsDefinition:
    """The profile's days, and those to come as time goes on.

    Today's partition exists from midnight (`end_offset=1`), because today's pull is at 05:30 today: it takes
    what the platforms show now. Where only the present can be pulled, a past day is a partition if it landed:
    those that nobody pulled would be offered as missing, and a backfill refused on each of them.
    """
    first, last = settings.profile.days()
    ahead = max(1, (last - settings.profile.clock_day()).days + 1)
    missed: list[datetime] = []
    if not settings.profile.has_past:
        landed = _landed(settings)
        first = min({first, *landed})
        past = [first + timedelta(days=count) for count in range((last - first).days)]
        missed = [datetime.combine(day, time()) for day in past if day not in landed]
    return dg.DailyPartitionsDefinition(
        first.isoformat(), timezone="Europe/London", end_offset=ahead, exclusions=missed or None
    )


def _landed(settings: Settings) -> set[date]:
    """The days with a daily run: one that only pulses have seen has not landed."""
    runs = [settings.landing / platform / "runs" for platform in pulled_platforms()]
    landed = (path for run in runs for path in run.glob("day=*/*.json") if not is_pulse(path.stem))
    return {date.fromisoformat(path.parent.name.removeprefix("day=")) for path in landed}


def day_of(run: dg.DagsterRun) -> date | None:
    """The day that a run is for; None for a run without partition (a build alone)."""
    key = run.tags.get("dagster/partition")
    return date.fromisoformat(key) if key else None
