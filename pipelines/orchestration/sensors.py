"""Who watches: sensors that say what is wrong, once when it begins and once when it is over.

Belongs here: clocks, cursors and names. Does not belong here: what is wrong (alerts/troubles.py), words
(alerts/message.py) or sending them (alerts/channels.py).

Dagster's own run-failure sensor moves on when telling fails, does not know that a failure is over, and does
not see the runs of the command line; so runs are watched as everything else is: what is wrong now is held
against what was told, and only a message that somebody took is remembered.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import dagster as dg

from pipelines.alerts.channels import tell
from pipelines.alerts.message import Trouble, changes, message
from pipelines.alerts.troubles import failed_runs, gates, quarantines, staleness
from pipelines.landing.store import open_landing
from pipelines.settings import Settings

EVERY_SECONDS = 300
Look = Callable[[dg.DagsterInstance], list[Trouble]]


def build_sensors(
    settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> list[dg.SensorDefinition]:
    """The sensors; on from the start where the schedule is."""
    return [
        _sensor(
            settings,
            "tell_of_failed_runs",
            "Says when a run failed, and when the same, or the daily job, has succeeded again.",
            lambda instance: failed_runs(settings, instance),
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
    ]


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
