"""Runs whose process was killed are ended, whoever launched them; one that somebody works on is let be."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
from dagster._daemon.monitoring.run_monitoring import execute_run_monitoring_iteration

from pipelines.orchestration import workers
from pipelines.orchestration.queue import waiting
from pipelines.orchestration.runs import LOCATION
from pipelines.orchestration.workers import OF_COMMAND, end_dead_runs
from pipelines.settings import Settings

LONG_AGO = datetime.now(UTC) - timedelta(minutes=5)
WORKER = """
import sys
import dagster as dg
from pipelines.orchestration.workers import work_on
work_on(dg.DagsterInstance.from_config(sys.argv[1]), sys.argv[2])
print("at work", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("os.environ", {**os.environ, "BEATBOOK_HOME": str(tmp_path / "home")})
    settings = Settings()
    settings.prepare()
    return settings


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance as our own dagster.yaml makes it."""
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        yield instance


@pytest.fixture
def at_work(instance: dg.DagsterInstance) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a process that works on a run; like a shell in the background if that is asked for."""
    processes: list[subprocess.Popen[str]] = []

    def start(run_id: str, *, in_background: bool = False) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", WORKER, instance.root_directory, run_id]
        if in_background:
            command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@dg.job
def some_job() -> None:
    """Whatever it does, nobody does it here."""


def launched(
    instance: dg.DagsterInstance,
    status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTED,
    since: datetime = LONG_AGO,
    **words: Any,
) -> dg.DagsterRun:
    """A run that is said to be going on since a moment."""
    origin = LOCATION.get_job_origin(some_job.name)
    run = instance.create_run_for_job(some_job, remote_job_origin=origin, **words)
    kinds = {
        dg.DagsterRunStatus.STARTING: [dg.DagsterEventType.RUN_STARTING],
        dg.DagsterRunStatus.STARTED: [dg.DagsterEventType.RUN_START],
        dg.DagsterRunStatus.QUEUED: [dg.DagsterEventType.RUN_ENQUEUED],
        dg.DagsterRunStatus.NOT_STARTED: [],
    }
    for kind in kinds[status]:
        event = dg.DagsterEvent(event_type_value=kind.value, job_name=run.job_name)
        instance.report_dagster_event(event, run.run_id, timestamp=since.timestamp())
    return run


def monitor(instance: dg.DagsterInstance) -> None:
    """One turn of Dagster's run monitoring daemon."""
    context: Any = SimpleNamespace(instance=instance, create_request_context=lambda: None)
    list(execute_run_monitoring_iteration(context, logging.getLogger("monitor")))


def status_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status.value


Ends = Callable[[dg.DagsterInstance], None]


@pytest.mark.parametrize("end", [monitor, end_dead_runs], ids=["monitor", "command"])
@pytest.mark.parametrize("of_command", [True, False], ids=["by a command", "by the UI"])
def test_a_run_is_ended_when_its_process_is_killed_and_not_before(
    instance: dg.DagsterInstance, at_work: Any, end: Ends, of_command: bool
) -> None:
    run = launched(instance)
    if of_command:
        instance.add_run_tags(run.run_id, {OF_COMMAND: run.run_id})
    worker = at_work(run.run_id)
    end(instance)
    assert status_of(instance, run) == "STARTED"
    worker.kill()
    worker.wait()
    end(instance)
    assert status_of(instance, run) == "FAILURE"
    said = [
        entry.dagster_event.message or "" for entry in instance.all_logs(run.run_id) if entry.dagster_event
    ]
    assert any("its process was killed" in message for message in said)


def test_a_run_that_starts_has_time_for_its_process_to_come(instance: dg.DagsterInstance) -> None:
    starting = launched(instance, dg.DagsterRunStatus.STARTING)
    just_started = launched(instance, since=datetime.now(UTC) - timedelta(seconds=50))
    copied_tags = launched(instance, dg.DagsterRunStatus.STARTING, tags={OF_COMMAND: "another run"})
    end_dead_runs(instance)
    assert [status_of(instance, run) for run in (starting, just_started, copied_tags)] == [
        "STARTING",
        "STARTED",
        "STARTING",
    ]


def test_a_run_whose_command_was_killed_before_it_began_is_ended(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dagster has it as made and not started, and would have so for ever."""
    of_command, of_ui = (launched(instance, dg.DagsterRunStatus.NOT_STARTED) for _ in range(2))
    instance.add_run_tags(of_command.run_id, {OF_COMMAND: of_command.run_id})
    end_dead_runs(instance)
    assert [status_of(instance, run) for run in (of_command, of_ui)] == ["FAILURE", "NOT_STARTED"]
    monkeypatch.setattr(workers, "JUST_STARTED", timedelta())  # a minute later
    end_dead_runs(instance)
    assert status_of(instance, of_ui) == "FAILURE"


def test_the_only_ui_ends_what_the_last_one_left_at_once(instance: dg.DagsterInstance) -> None:
    left = [launched(instance, dg.DagsterRunStatus.STARTING), launched(instance, since=datetime.now(UTC))]
    queued = launched(instance, dg.DagsterRunStatus.QUEUED)
    end_dead_runs(instance, is_only_ui=True)
    assert [status_of(instance, run) for run in left] == ["FAILURE", "FAILURE"]
    assert status_of(instance, queued) == "QUEUED"


@pytest.mark.parametrize("in_background", [False, True])
def test_a_commands_run_is_cancelled_from_the_ui_as_with_ctrl_c(
    instance: dg.DagsterInstance, at_work: Any, in_background: bool
) -> None:
    run = launched(instance)
    instance.add_run_tags(run.run_id, {OF_COMMAND: run.run_id})
    worker = at_work(run.run_id, in_background=in_background)
    assert instance.run_coordinator.cancel_run(run.run_id)
    worker.wait()
    assert worker.returncode in (-signal.SIGINT, 1)
    assert status_of(instance, run) == "CANCELING"


def test_locks_of_runs_that_have_ended_are_removed(instance: dg.DagsterInstance, at_work: Any) -> None:
    ended, going_on = launched(instance), launched(instance)
    for run in (ended, going_on):
        at_work(run.run_id)
    instance.report_run_failed(ended)
    end_dead_runs(instance)
    workers = Path(instance.root_directory) / "workers"
    assert [path.name for path in workers.iterdir()] == [going_on.run_id]


def test_a_run_that_waits_for_over_an_hour_is_named(settings: Settings, instance: dg.DagsterInstance) -> None:
    assert waiting(settings, datetime.now(UTC)) == {}
    queued = launched(instance, dg.DagsterRunStatus.QUEUED, tags={"dagster/partition": "2026-11-09"})
    soon, late = (datetime.now(UTC) + timedelta(minutes=minutes) for minutes in (59, 61))
    assert waiting(settings, soon) == {}
    [line] = waiting(settings, late).values()
    assert f"run {queued.run_id} (some_job of 2026-11-09) has waited since" in line
    assert "nothing is at work" in line
    before = launched(instance)
    [line] = waiting(settings, late).values()
    assert line.endswith(f"behind {before.run_id}")


def test_a_history_that_cannot_be_read_is_said(settings: Settings) -> None:
    history = settings.dagster_home / "history" / "runs.db"
    history.parent.mkdir()
    history.write_text("this is no database, and long enough to be taken for a damaged one" * 20)
    [line] = waiting(settings, datetime.now(UTC)).values()
    assert line.startswith(f"whether a run waits is not known: {history}: ")
