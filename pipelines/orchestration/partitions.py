"""How runs are partitioned: by the day (Europe/London) of the pull.

Belongs here: partition definitions. Does not belong here: what happens on a day.
"""

from datetime import date

import dagster as dg

#: Today's partition exists from midnight (`end_offset=1`), because today's pull is at 05:30 today: it
#: takes what the platforms show now, and no day can be pulled later.
daily = dg.DailyPartitionsDefinition(start_date="2026-09-01", timezone="Europe/London", end_offset=1)


def day_of(run: dg.DagsterRun) -> date | None:
    """The day that a run is for; None for a run without partition (a build alone)."""
    key = run.tags.get("dagster/partition")
    return date.fromisoformat(key) if key else None
