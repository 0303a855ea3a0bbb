"""The official release at its announced time: a job, the clock that starts it, and a sensor for what is late.

Belongs here: wiring and metadata. Does not belong here: what becomes official (release/marking.py), or who is
told that nothing did (alerts/troubles.py, sensors.py).
"""

from collections.abc import Callable
from datetime import datetime

import dagster as dg

from pipelines.landing.store import open_landing
from pipelines.release.marking import NotOfficialError, make_due, overdue
from pipelines.release.official import Official
from pipelines.release.periods import NotFoundError
from pipelines.release.published import DamagedReleaseError
from pipelines.settings import Settings

NAME = "official"
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]
#: The time (UTC); without one it is the profile's, which in the sandbox stands still.
Clock = Callable[[], datetime] | None


def build_job(now: Clock = None) -> dg.JobDefinition:
    """One step: make official what is due. Run twice, or beside the command, it makes one."""

    @dg.op(
        name="make_official",  # Dagster takes no step of the job's own name
        out=dg.Out(dg.Nothing),
        description="Marks the newest whole release in which the announced month is final as official.",
    )
    def step(context: dg.OpExecutionContext, settings: dg.ResourceParam[Settings]) -> None:
        try:
            mark = make_due(settings, open_landing(settings), (now or settings.profile.present)())
        except (NotOfficialError, NotFoundError, DamagedReleaseError) as error:
            raise dg.Failure(f"nothing was made official: {error}", allow_retries=False) from error
        if mark is None:
            context.log.info("nothing is due")
            return
        context.log_event(dg.AssetObservation(dg.AssetKey("release"), metadata=_metadata(mark)))

    @dg.job(
        name=NAME,
        description="The official release that the calendar announced: marked and frozen; nothing is built.",
    )
    def official() -> None:
        step()

    return official


def _metadata(mark: Official) -> "dict[str, dg.RawMetadataValue]":
    return {
        "official": mark.label,
        "release": mark.release_id,
        "announced for": mark.announced_for_utc,
        "revised cells": mark.revised_count,
        "revises": mark.revises or "nothing: it is the first",
    }


def build_schedule(settings: Settings, job: dg.JobDefinition, now: Clock = None) -> dg.ScheduleDefinition:
    """At 09:30 on working days; on those that the calendar does not name there is nothing to do."""
    status = dg.DefaultScheduleStatus

    @dg.schedule(
        name="official_0930_london",
        job=job,
        cron_schedule="30 9 * * 1-5",
        execution_timezone="Europe/London",
        default_status=status.RUNNING if settings.profile.starts_schedule else status.STOPPED,
    )
    def at_its_time(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        """At half past nine in London, if the calendar has announced this day."""
        row = overdue(settings, (now or settings.profile.present)())
        if row is None:
            return dg.SkipReason("no official release is due")
        return dg.RunRequest(run_key=f"{NAME}/{row.month}", tags={"beatbook/month": row.month.isoformat()})

    return at_its_time


def build_sensor(settings: Settings, job: dg.JobDefinition, now: Clock = None) -> dg.SensorDefinition:
    """What could not be made official at its time is, as soon as another release is there to become it."""
    status = dg.DefaultSensorStatus

    @dg.sensor(
        name="late_official",
        job_name=job.name,  # of the job itself Dagster makes a copy, with a warning
        description="Makes official what is overdue, once after each working release that is published.",
        minimum_interval_seconds=300,
        default_status=status.RUNNING if settings.profile.starts_schedule else status.STOPPED,
    )
    def late(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        row = overdue(settings, (now or settings.profile.present)())
        if row is None:
            return dg.SkipReason("no official release is overdue")
        if context.instance.get_runs(dg.RunsFilter(job_name=NAME, statuses=UNFINISHED), limit=1):
            return dg.SkipReason("it is being made official")
        pointer = settings.releases / "current"
        release_id = pointer.read_text().strip() if pointer.exists() else "nothing"
        return dg.RunRequest(run_key=f"{NAME}/{row.month}/{release_id}")

    return late
