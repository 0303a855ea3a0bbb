"""Which runs somebody works on: a run's worker holds a lock named for it, which dies with the process.

Belongs here: the lock of a run, ending runs that nobody works on, cancelling those of a command. Does not
belong here: what a run does.

Dagster's own launcher cannot tell whether a worker lives: a run whose process was killed would stay "started"
for ever, and keep the one place that the queue has.
"""

import os
import signal
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus

from pipelines.landing.locks import holder, locked

#: Marks the runs that a command executes, with their own id: when the UI runs one again it copies the tags.
OF_COMMAND = "beatbook/run_of_command"
#: A worker that the UI launched takes its lock after Dagster has said that the run has started: at once, or
#: after 13 s on a busy machine. A live run that is ended would go on beside the next.
JUST_STARTED = timedelta(minutes=1)
_GONE = "nobody works on this run any more: its process was killed"
_held = ExitStack()
_works_on: set[Path] = set()


def work_on(instance: dg.DagsterInstance, run_id: str) -> None:
    """Be the worker of a run until this process ends: a lock that is let go sooner would be free a moment
    before Dagster has heard how the run ended."""
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        # As a shell has it of a command in the background; but that is also how the UI cancels a run.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    path = _lock_of(instance, run_id)
    if path not in _works_on:
        _held.enter_context(locked(path))
        _works_on.add(path)


def end_dead_runs(instance: dg.DagsterInstance, *, is_only_ui: bool = False) -> None:
    """Tell Dagster of runs whose worker was killed, whoever launched them.

    `is_only_ui`: the caller is about to start the only UI, so that no worker of another is on its way.
    """
    status = dg.DagsterRunStatus
    going_on = [status.NOT_STARTED, status.STARTING, status.STARTED, status.CANCELING]
    for record in instance.get_run_records(dg.RunsFilter(statuses=going_on)):
        run = record.dagster_run
        if not _has_worker(instance, run.run_id) and (is_only_ui or not _may_have_worker_soon(record)):
            instance.report_run_failed(run, _GONE)
    for path in (Path(instance.root_directory) / "workers").glob("*"):
        ended = instance.get_run_by_id(path.name)
        if ended is None or ended.is_finished:
            path.unlink(missing_ok=True)


def _is_of_command(run: dg.DagsterRun) -> bool:
    return run.tags.get(OF_COMMAND) == run.run_id


def _may_have_worker_soon(record: dg.RunRecord) -> bool:
    """A command is a worker before its run exists. For how long others may start, Dagster's monitor knows."""
    if _is_of_command(record.dagster_run):
        return False
    if record.dagster_run.status == dg.DagsterRunStatus.STARTING:
        return True
    if record.dagster_run.status == dg.DagsterRunStatus.NOT_STARTED:  # made, and not yet queued
        since = record.create_timestamp.astimezone(UTC)
    else:
        since = datetime.fromtimestamp(record.start_time or 0, UTC)
    return timedelta() <= datetime.now(UTC) - since < JUST_STARTED


def _has_worker(instance: dg.DagsterInstance, run_id: str) -> bool:
    return holder(_lock_of(instance, run_id)) is not None


def _lock_of(instance: dg.DagsterInstance, run_id: str) -> Path:
    return Path(instance.root_directory) / "workers" / run_id


class Launcher(DefaultRunLauncher):
    """Dagster's launcher, which also knows whether a worker lives, and how to cancel a command's run.

    Dagster's run monitoring asks it; dagster.yaml (settings.py) names both.
    """

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Running, or failed when the process that worked on it is gone."""
        record = self._instance.get_run_record_by_id(run.run_id)
        if _has_worker(self._instance, run.run_id) or (record and _may_have_worker_soon(record)):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, _GONE)

    def terminate(self, run_id: str) -> bool:
        """Interrupt a run: a command's as Ctrl-C does, others through the code location."""
        run = self._instance.get_run_by_id(run_id)
        worker = holder(_lock_of(self._instance, run_id))
        if run is None or run.is_finished or worker is None or not _is_of_command(run):
            return bool(super().terminate(run_id))  # type: ignore[no-untyped-call]
        self._instance.report_run_canceling(run)
        os.kill(worker, signal.SIGINT)
        return True
