"""Runs Dagster's jobs from the command line, in this process, and says how they ended.

Belongs here: which jobs for which days, and the outcome as an exit code. Does not belong here: what the
jobs do, or how progress looks (cli/display.py).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TextIO

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.utils import make_new_run_id
from dagster_shared.error import SerializableErrorInfo

from pipelines.cli.common import Exit
from pipelines.definitions import build_definitions
from pipelines.landing.locks import locked
from pipelines.landing.store import open_landing
from pipelines.orchestration.pulse import config_at
from pipelines.orchestration.resources import Progress
from pipelines.orchestration.workers import OF_COMMAND, end_dead_runs, work_on
from pipelines.registry import RegistryError
from pipelines.settings import LONDON, Settings
from pipelines.sources.catalogue import pulled_platforms

#: A run of the command is executed here and belongs to the code location of workspace.yaml, so that whatever
#: the UI does with runs (timeline, cancelling, running again) it does with this one.
LOCATION = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("beatbook"), "__repository__")


@dataclass
class Outcome:
    """How a run ended, and why where it did not end well; of a pulse what each platform brought."""

    exit: Exit
    reasons: list[str] = field(default_factory=list)
    brought: list[str] = field(default_factory=list)


def run(settings: Settings, days: Sequence[date], forces: Sequence[str], progress: Progress) -> Outcome:
    """Pull `days` in order, then gate, build and publish once, with the last of them."""
    with _alone(settings) as instance:
        defs = build_definitions(settings, progress)
        open_landing(settings)
        for day in days[:-1]:
            outcome = _execute(settings, instance, defs, "pull", day, forces)
            if outcome.exit == Exit.INFRASTRUCTURE:
                return outcome
        return _execute(settings, instance, defs, "daily", days[-1], forces)


def build(settings: Settings, progress: Progress, *, full: bool) -> Outcome:
    """Build, gate and publish what has landed; from nothing when `full`."""
    with _alone(settings) as instance:
        defs = build_definitions(settings, progress)
        return _execute(settings, instance, defs, "build", None, (), full=full)


def pulse(settings: Settings, at: datetime | None, progress: Progress) -> Outcome:
    """Pull what is due at a moment (sandbox only; None is now), without building. What each platform brought
    is in the outcome."""
    with _alone(settings) as instance:
        defs = build_definitions(settings, progress)
        return _execute(settings, instance, defs, "pulse", None, (), ops=config_at(at))


@contextmanager
def _alone(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """One command at a time on a data folder, and Dagster's instance there.

    Raises:
        BusyError: another one is at work.
    """
    with locked(settings.locks / "command", wait=False), dg.DagsterInstance.get() as instance:
        end_dead_runs(instance)
        yield instance


def _summary(evaluation: dg.AssetCheckEvaluation) -> str:
    """What our own gates say in their metadata; dbt's checks have their SQL there instead."""
    summary = evaluation.metadata.get("summary")
    return str(summary.value) if summary is not None else "see the check in the Dagster UI"


def _log_of(settings: Settings) -> TextIO:
    folder = settings.home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / f"{datetime.now(LONDON):%Y-%m-%d}.log").open("a", encoding="utf-8")


def _execute(
    settings: Settings,
    instance: dg.DagsterInstance,
    defs: dg.Definitions,
    job: str,
    day: date | None,
    forces: Sequence[str],
    *,
    full: bool = False,
    ops: dict[str, Any] | None = None,
) -> Outcome:
    config: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    if day is not None and forces:
        pulls = {"config": {"forces": list(forces)}}
        config["ops"] = {f"landing__{platform}": pulls for platform in pulled_platforms()}
    if ops:
        config["ops"] = ops
    if full:
        config["ops"] = {"warehouse": {"config": {"full": True}}}
    definition = defs.resolve_job_def(job)
    run_id = make_new_run_id()
    tags = {OF_COMMAND: run_id}
    if day is not None:
        tags |= definition.get_tags_for_partition_key(day.isoformat(), None)
    # What Dagster and dbt print goes to the log; a person at the command line has the progress bar.
    with _log_of(settings) as log, redirect_stdout(log):
        work_on(instance, run_id)
        created = instance.create_run_for_job(
            definition,
            run_id=run_id,
            run_config=config,
            tags=tags,
            remote_job_origin=LOCATION.get_job_origin(job),
        )
        events = list(execute_run_iterator(InMemoryJob(definition), created, instance))
    return _outcome(events)


def _brought(event: dg.DagsterEvent) -> str:
    """What a pulse observed of a platform, in a line."""
    seen = event.asset_observation_data.asset_observation
    figures = (f"{name} {value.value}" for name, value in seen.metadata.items() if name != "pulse")
    return f"{seen.asset_key.path[-1]}: {', '.join(figures)}"


def _outcome(events: Sequence[dg.DagsterEvent]) -> Outcome:
    brought = [_brought(event) for event in events if event.is_asset_observation]
    if any(event.is_job_success for event in events):
        return Outcome(Exit.OK, brought=brought)
    kind = dg.DagsterEventType
    if any(event.event_type == kind.RUN_CANCELED for event in events):
        return Outcome(Exit.INFRASTRUCTURE, ["the run was cancelled"])
    checks = [e.asset_check_evaluation_data for e in events if e.event_type == kind.ASSET_CHECK_EVALUATION]
    gates = [check for check in checks if not check.passed and check.blocking]
    reasons = [f"{e.asset_key.to_user_string()}: {e.check_name} failed: {_summary(e)}" for e in gates]
    is_gate, is_bad_input = bool(gates), False
    for event in events:
        if not event.is_step_failure:
            continue
        error = event.step_failure_data.error
        if error is None:
            continue
        # Our own refusals are dagster.Failure; anything else comes wrapped in Dagster's error.
        cause = error if error.cls_name == "Failure" else error.cause or error
        if cause.cls_name == "DagsterAssetCheckFailedError":
            continue
        if RegistryError.__name__ in _chain(cause):
            is_bad_input = True
        else:
            is_gate = is_gate or cause.cls_name == "Failure"
        said = cause.message.strip()
        reasons.append(f"{event.step_key}: {said.partition(f'{cause.cls_name}: ')[2] or said}")
    code = Exit.GATE_FAILED if is_gate else Exit.BAD_INPUT if is_bad_input else Exit.INFRASTRUCTURE
    return Outcome(code, reasons, brought)


def _chain(error: SerializableErrorInfo | None) -> Iterator[str]:
    """The class of an error, of what it was raised from, and so on: Dagster keeps names alone."""
    while error is not None:
        yield error.cls_name or ""
        error = error.cause
