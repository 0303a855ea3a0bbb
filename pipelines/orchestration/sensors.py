"""Who watches: sensors that say what is wrong, once when it begins and once when it is over, and one that
enters in Dagster's catalogue what forces sent.

Belongs here: clocks, cursors and names. Does not belong here: what is wrong (alerts/troubles.py), words
(alerts/message.py) or sending them (alerts/channels.py).

Dagster's own run-failure sensor moves on when telling fails, does not know that a failure is over, and does
not see the runs of the command line; so runs are watched as everything else is: what is wrong now is held
against what was told, and only a message that somebody took is remembered.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

import dagster as dg

from pipelines.alerts.channels import tell
from pipelines.alerts.message import Trouble, changes, message
from pipelines.alerts.troubles import failed_runs, gates, official, quarantines, queued, staleness
from pipelines.landing.store import Landing, open_landing
from pipelines.settings import Settings

EVERY_SECONDS = 300
Look = Callable[[dg.DagsterInstance], list[Trouble]]


def build_sensors(
    settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> list[dg.SensorDefinition]:
    """The sensors. Those that tell someone are on from the start where the schedule is."""
    return [
        _returns(settings),
        _sensor(
            settings,
            "tell_of_runs",
            "Says when a run failed or waits for over an hour, and when that is over.",
            lambda instance: [*failed_runs(settings, instance), *queued(settings, now())],
        ),
        _sensor(
            settings,
            "tell_of_gates_and_quarantines",
            "Says when the release gate or dbt's tests stop a build, when a platform or an account is "
            "quarantined, and when that is over.",
            lambda _: [*gates(settings), *quarantines(settings, open_landing(settings))],
        ),
        _sensor(
            settings,
            "tell_of_staleness",
            "Says when there was no release for 30 hours, or, in production, when a platform has not landed "
            "by 08:00 in London; and when that is over.",
            lambda _: staleness(settings, open_landing(settings), now()),
        ),
        _sensor(
            settings,
            "tell_of_official_releases",
            "Says when an official release is not out a quarter of an hour after its time, is not what was "
            "published, or when the calendar of the year ahead ends; and when that is over.",
            # In the sandbox's story no date of the calendar comes.
            lambda _: official(settings, settings.profile.present() if settings.profile.has_past else now()),
        ),
    ]


def _returns(settings: Settings) -> dg.SensorDefinition:
    """A return lands without a run of Dagster's: by a command, or through the portal."""

    @dg.sensor(
        name="landed_returns",
        description="Enters each return that a force has sent as a materialisation of landing/returns.",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def landed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        landing, last = open_landing(settings), context.cursor or ""
        new = sorted((run_id, day) for day, run_id in landing.runs("returns") if run_id > last)
        if not new:
            return dg.SensorResult(skip_reason="no return has landed since the last look")
        entered = [_materialised(landing, day, run_id) for run_id, day in new]
        return dg.SensorResult(asset_events=[each for each in entered if each], cursor=new[-1][0])

    return landed


def _materialised(landing: Landing, day: date, run_id: str) -> dg.AssetMaterialization | None:
    manifest = landing.manifest("returns", day, run_id)
    if manifest.decision is not None:  # about earlier runs, without rows of its own
        return None
    frames = {
        kind: landing.read("returns", kind, day, run_id) for kind in manifest.files if kind != "requests"
    }
    forces = sorted({force for frame in frames.values() for force in frame["force_id"]})
    return dg.AssetMaterialization(
        dg.AssetKey(["landing", "returns"]),
        metadata={
            "return": run_id,
            "landed on": str(day),
            "kinds": ", ".join(sorted(frames)),
            "forces": ", ".join(forces),
            "quarantined": sorted({each.detail for each in manifest.quarantined}),
            "dagster/row_count": sum(frame.height for frame in frames.values()),
        },
    )


def _sensor(settings: Settings, name: str, description: str, look: Look) -> dg.SensorDefinition:
    status = dg.DefaultSensorStatus

    @dg.sensor(
        name=name,
        description=description,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=status.RUNNING if settings.profile.starts_schedule else status.STOPPED,
    )
    def told(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        """Raises NotToldError when no channel took the message: the tick is red, and the next tries again."""
        found = changes(context.cursor, look(context.instance))
        if not found:
            return dg.SkipReason("nothing has begun, and nothing is over")
        tell(settings, message(settings, found), context.log)
        context.update_cursor(found.cursor)
        return dg.SkipReason(f"told: {found.subject}")

    return told
