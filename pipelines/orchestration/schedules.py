"""Jobs, and when they run.

Belongs here: selections of assets, clocks. Does not belong here: assets, or who watches (sensors.py).
"""

import dagster as dg

from pipelines.settings import Settings

LANDING = dg.AssetSelection.groups("landing")

pull = dg.define_asset_job("pull", LANDING, description="Pull and gate one day, without building.")
everything = dg.define_asset_job(
    "daily",
    dg.AssetSelection.all(),
    description="Pull one day, gate, build the warehouse, gate, release, extracts.",
)
build = dg.define_asset_job(
    "build",
    dg.AssetSelection.all() - LANDING,
    description="The same from what has landed, without pulling.",
)


jobs = [pull, everything, build]


def build_daily(settings: Settings) -> dg.ScheduleDefinition:
    """The daily schedule. The sandbox's story has fixed days: there it waits until it is switched on."""
    status = dg.DefaultScheduleStatus

    @dg.schedule(
        name="daily_0530_london",
        job=everything,
        cron_schedule="30 5 * * *",
        execution_timezone="Europe/London",
        default_status=status.RUNNING if settings.profile.starts_schedule else status.STOPPED,
    )
    def daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        """Every morning at 05:30 in London, for the day that has just begun."""
        day = context.scheduled_execution_time.date()
        first, last = settings.profile.days()
        if not first <= day <= last:  # the daemon was down at half past five, and until midnight
            can_be = str(last) if first == last else f"{first} to {last}"
            return dg.SkipReason(f"{day} cannot be pulled; what can be pulled now: {can_be}")
        return dg.RunRequest(run_key=day.isoformat(), partition_key=day.isoformat())

    return daily
