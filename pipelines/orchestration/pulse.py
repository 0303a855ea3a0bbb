"""The pulse as a job of its own: a step for each platform, and when it runs.

Belongs here: run config, what the UI shows, the clock. Does not belong here: what is asked
(landing/pulse.py).

It is no materialisation of `landing/<platform>`: a day has landed when its daily run has, and a pulse that
fails is no failure of the day. What it landed is an observation of that asset.
"""

from datetime import datetime

import dagster as dg

from pipelines.landing.locks import BusyError
from pipelines.landing.pulse import day_of_pulse, pulse_platform
from pipelines.landing.store import open_landing
from pipelines.orchestration.resources import Progress
from pipelines.registry import RegistryError
from pipelines.settings import Settings, SettingsError
from pipelines.sources.catalogue import pulled_platforms

NAME = "pulse"
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


class PulseConfig(dg.Config):
    """Launchpad, sandbox only: `at`, the moment that the pulse is taken to happen (ISO 8601 with a zone)."""

    at: str = ""


def step_of(platform: str) -> str:
    """The name of a platform's step."""
    return f"pulse__{platform}"


def _moment(text: str) -> datetime | None:
    """The moment that was asked for; None is now.

    Raises:
        SettingsError: it is no moment, or has no zone: the machine's own would be taken for it.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SettingsError(f"at: {text} is no moment with a zone, such as 2026-11-05T13:00+00:00")
    return moment


def _step(platform: str) -> dg.OpDefinition:
    @dg.op(
        name=step_of(platform),
        out=dg.Out(dg.Nothing),
        description=f"Asks {platform} for posts whose next age is passing, and for open conversations.",
    )
    def step(
        context: dg.OpExecutionContext,
        config: PulseConfig,
        settings: dg.ResourceParam[Settings],
        progress: dg.ResourceParam[Progress],
    ) -> None:
        try:
            moment = settings.profile.pulse_moment(_moment(config.at))
            pulled = pulse_platform(
                settings,
                platform,
                moment,
                open_landing(settings).new_run_id(context.run_id, is_pulse=True),
                on_start=lambda total: progress.accounts(platform, total),
                on_done=lambda _: progress.account_done(),
            )
        except BusyError as error:
            context.log.warning("left out: %s; a daily run brings more than a pulse would", error)
            return
        except (SettingsError, RegistryError) as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        for line in pulled.missing:
            context.log.warning("did not land: %s", line)
        for line in pulled.quarantined:
            context.log.warning("quarantined: %s", line)
        context.log_event(
            dg.AssetObservation(
                dg.AssetKey(["landing", platform]),
                partition=day_of_pulse(moment).isoformat(),
                metadata={
                    "pulse": moment.isoformat(),
                    "accounts asked": pulled.due_count,
                    "accounts missing": len(pulled.missing),
                    "accounts quarantined": len(pulled.quarantined),
                    "posts": pulled.row_counts.get("posts", 0),
                    "messages": pulled.row_counts.get("messages", 0),
                    "requests": pulled.request_count,
                    "quota units": pulled.unit_count,
                },
            )
        )

    return step


def build_job() -> dg.JobDefinition:
    """A step for each platform, none of which waits for another's success."""
    steps = [_step(platform) for platform in pulled_platforms()]

    @dg.job(
        name=NAME,
        description="Between two daily runs: posts whose next age is passing (1 h, 6 h, 24 h), and open "
        "conversations. Lands and gates; builds nothing.",
    )
    def pulse() -> None:
        for step in steps:
            step()

    return pulse


def config_at(moment: datetime | None) -> dict[str, dict[str, dict[str, str]]]:
    """The run config (`ops`) of a pulse at a moment; None is now."""
    if moment is None:
        return {}
    return {step_of(platform): {"config": {"at": moment.isoformat()}} for platform in pulled_platforms()}


def build_schedule(settings: Settings, job: dg.JobDefinition) -> dg.ScheduleDefinition:
    """Every hour on the hour: half an hour from the daily run on both sides."""
    status = dg.DefaultScheduleStatus

    @dg.schedule(
        name="pulse_hourly",
        job=job,
        cron_schedule="0 * * * *",
        execution_timezone="Europe/London",
        default_status=status.RUNNING if settings.profile.starts_schedule else status.STOPPED,
    )
    def hourly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        """Every hour, unless the last pulse is not over: two in a row would find the same posts."""
        tick = context.scheduled_execution_time
        waiting = context.instance.get_runs(dg.RunsFilter(job_name=NAME, statuses=UNFINISHED), limit=1)
        if waiting:
            return dg.SkipReason(f"the pulse {waiting[0].run_id} is not over")
        try:
            moment = settings.profile.pulse_moment(tick) if settings.profile.has_past else None
        except SettingsError as error:
            return dg.SkipReason(str(error))
        return dg.RunRequest(
            run_key=tick.isoformat(), run_config={"ops": config_at(moment)} if moment else {}
        )

    return hourly
