"""Runs Dagster's jobs from the command line, in this process, and says how they ended.

Belongs here: which jobs for which days, and the outcome as an exit code. Does not belong here: what the
jobs do, or how progress looks (cli/display.py).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TextIO

import dagster as dg

from pipelines.cli.common import Exit
from pipelines.definitions import build_definitions
from pipelines.landing.locks import BusyError, locked
from pipelines.landing.store import open_landing
from pipelines.orchestration.resources import Progress
from pipelines.settings import LONDON, Settings
from pipelines.sources.catalogue import pulled_platforms

STARTED_BY = {"beatbook/started_by": "command"}


@dataclass
class Outcome:
    """How a run ended, and why where it did not end well."""

    exit: Exit
    reasons: list[str] = field(default_factory=list)


def run(settings: Settings, days: Sequence[date], forces: Sequence[str], progress: Progress) -> Outcome:
    """Pull `days` in order, then gate, build and publish once, with the last of them."""
    with _alone(settings):
        defs = build_definitions(settings, progress)
        open_landing(settings)
        for day in days[:-1]:
            outcome = _execute(settings, defs, "pull", day, forces)
            if outcome.exit == Exit.INFRASTRUCTURE:
                return outcome
        return _execute(settings, defs, "daily", days[-1], forces)


def build(settings: Settings, progress: Progress, *, full: bool) -> Outcome:
    """Build, gate and publish what has landed; from nothing when `full`."""
    with _alone(settings):
        return _execute(settings, build_definitions(settings, progress), "build", None, (), full=full)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One command at a time on a data folder.

    Raises:
        BusyError: another one is at work.
    """
    with locked(settings.locks / "command", wait=False):
        _end_dead_runs()
        yield


def end_dead_runs(settings: Settings) -> None:
    """Tell Dagster of the commands that were killed; it would wait for them for ever."""
    with suppress(BusyError), _alone(settings):
        pass  # while another command is at work its run is not dead, and it has told already


def _end_dead_runs() -> None:
    """Whoever holds the lock is the only command alive, so no other's run can still be going on."""
    going_on = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    with dg.DagsterInstance.get() as instance:
        for dead in instance.get_runs(dg.RunsFilter(statuses=going_on, tags=STARTED_BY)):
            instance.report_run_failed(dead, "the command was killed")


def _summary(evaluation: dg.AssetCheckEvaluation) -> str:
    """What our own gates say in their metadata; dbt's checks have their SQL there instead."""
    summary = evaluation.metadata.get("summary")
    return str(summary.value) if summary is not None else "see the check in the Dagster UI"


def _log_of(settings: Settings) -> TextIO:
    folder = settings.home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / f"{datetime.now(LONDON):%Y-%m-%d}.log").open("a", encoding="utf-8")


def _execute(
    settings: Settings, defs: dg.Definitions, job: str, day: date | None, forces: Sequence[str], *, full: bool = False
) -> Outcome:
    config: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    if day is not None and forces:
        pulls = {"config": {"forces": list(forces)}}
        config["ops"] = {f"landing__{platform}": pulls for platform in pulled_platforms()}
    if full:
        config["ops"] = {"warehouse": {"config": {"full": True}}}
    # What Dagster and dbt print goes to the log; a person at the command line has the progress bar.
    with dg.DagsterInstance.get() as instance, _log_of(settings) as log, redirect_stdout(log):
        result = defs.resolve_job_def(job).execute_in_process(
            instance=instance,
            partition_key=day.isoformat() if day else None,
            run_config=config,
            tags=STARTED_BY,
            raise_on_error=False,
        )
    if result.success:
        return Outcome(Exit.OK)
    gates = [e for e in result.get_asset_check_evaluations() if not e.passed and e.blocking]
    reasons = [f"{e.asset_key.to_user_string()}: {e.check_name} failed: {_summary(e)}" for e in gates]
    is_gate = bool(gates)
    for event in result.get_step_failure_events():
        error = event.step_failure_data.error
        if error is None:
            continue
        # Our own refusals are dagster.Failure; anything else comes wrapped in Dagster's error.
        cause = error if error.cls_name == "Failure" else error.cause or error
        if cause.cls_name == "DagsterAssetCheckFailedError":
            continue
        is_gate = is_gate or cause.cls_name == "Failure"
        reasons.append(f"{event.step_key}: {cause.message.strip()}")
    return Outcome(Exit.GATE_FAILED if is_gate else Exit.INFRASTRUCTURE, reasons)
