"""`beatbook up` as an engineer meets it: one for each data folder, ended whole, however it is ended."""

import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import pytest

from pipelines.landing.locks import locked
from tests.e2e.conftest import Nation
from tests.orchestration.dagster_ui import REPOSITORY

pytestmark = [pytest.mark.e2e, pytest.mark.long]


def until(condition: Callable[[], Any], seconds: float = 180) -> Any:
    """What a condition gives, once it gives something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            if found := condition():
                return found
        time.sleep(0.2)  # another process is waited for: there is nothing else to wait with
    raise AssertionError("it did not happen")


class Up:
    """A UI that was started on a folder."""

    def __init__(self, nation: Nation, port: int, portal_port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/graphql"
        self.portal_url = f"http://127.0.0.1:{portal_port}"
        self.nation = nation
        ports = "--port", str(port), "--portal-port", str(portal_port)
        self.process = nation.start("up", *ports, stderr=subprocess.DEVNULL)

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer."""
        answer = httpx.post(self.url, json={"query": query, "variables": variables}, timeout=60).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def status_of(self, run_id: str) -> str:
        """How a run is said to be."""
        query = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
        return str(self.ask(query, id=run_id)["runOrError"]["status"])

    def end(self, number: signal.Signals) -> int:
        """Send it a signal, and see it go."""
        self.process.send_signal(number)
        self.process.communicate()
        return self.process.returncode


@pytest.fixture
def nation(tmp_path: Path) -> Iterator[Nation]:
    nation = Nation(tmp_path / "home")
    yield nation
    for pid in processes_of(nation):
        os.kill(pid, signal.SIGKILL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def portal_port() -> int:
    return free_port()


def processes_of(nation: Nation) -> list[int]:
    """Every process that was started for the folder, by its environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"BEATBOOK_HOME={nation.home}".encode() in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


LAUNCH = """
mutation($params: ExecutionParams!) {
  launchRun(executionParams: $params) { __typename ... on LaunchRunSuccess { run { runId } } }
}
"""


def test_it_is_the_only_one_its_runs_die_with_it_and_the_next_one_ends_them(
    nation: Nation, port: int, portal_port: int
) -> None:
    build = {"selector": {**REPOSITORY, "pipelineName": "build"}, "mode": "default"}
    # Another build is at work for ever: the run is in the midst of its step, and the second one in the queue.
    with locked(nation.home / "locks" / "warehouse"):
        up = Up(nation, port, portal_port)
        portal = until(lambda: httpx.get(f"{up.portal_url}/"))
        assert "Nothing is published yet" in portal.text
        launched = until(lambda: up.ask(LAUNCH, params=build)["launchRun"].get("run"))
        going_on = launched["runId"]
        until(lambda: up.status_of(going_on) == "STARTED")
        queued = up.ask(LAUNCH, params=build)["launchRun"]["run"]["runId"]

        second = nation.run("up", "--port", str(port + 1))
        assert second.returncode == 5
        assert f"{nation.home} has a UI already: process {up.process.pid} holds" in second.stderr

        assert up.end(signal.SIGKILL) == -signal.SIGKILL
        until(lambda: not processes_of(nation), seconds=10)

        up = Up(nation, port, portal_port)
        until(lambda: up.status_of(going_on) == "FAILURE")
        until(lambda: up.status_of(queued) == "STARTED")  # its turn has come
        assert up.end(signal.SIGTERM) == 0
        assert processes_of(nation) == []
    assert statuses(nation)[0] == "FAILURE"
    assert statuses(nation)[1] in ("FAILURE", "CANCELED")


@pytest.mark.parametrize("option", ["--port", "--portal-port"])
def test_a_taken_port_is_said_at_once(nation: Nation, port: int, option: str) -> None:
    other = {"--port": "--portal-port", "--portal-port": "--port"}[option]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken = listening.getsockname()[1]
        done = nation.run("up", option, str(taken), other, str(port))
    assert done.returncode == 5
    assert done.stderr == f"port {taken} is taken; choose another: beatbook up {option} N\n"


def test_a_run_of_the_command_can_be_cancelled_as_the_ui_does(nation: Nation) -> None:
    """What the button asks of the instance, which finds the command by the lock of its run."""
    with locked(nation.home / "locks" / "warehouse"), nation.start("build") as command:
        workers = nation.home / "dagster" / "workers"
        until(lambda: statuses(nation) == ["STARTED"])
        with dg.DagsterInstance.from_config(str(nation.home / "dagster")) as instance:
            [worker] = workers.iterdir()
            assert instance.run_coordinator.cancel_run(worker.name)
        _, said = command.communicate()
    assert command.returncode == 5
    assert "the run was cancelled" in said
    assert statuses(nation) == ["CANCELED"]


def statuses(nation: Nation) -> list[str]:
    """How each run is said to be, oldest first."""
    history = nation.home / "dagster" / "history" / "runs.db"
    if not history.exists():
        return []
    with closing(sqlite3.connect(history)) as runs, suppress(sqlite3.OperationalError):
        return [status for (status,) in runs.execute("select status from runs order by id")]
    return []  # it is about to be made


def test_dagster_dev_without_its_history_says_what_to_set(nation: Nation) -> None:
    """In a plain shell; `dagster definitions validate` loads what `dagster dev` and `dg` load."""
    project = Path(__file__).parents[2]
    command = [str(project / ".venv" / "bin" / "dagster"), "definitions", "validate", "-w", "workspace.yaml"]
    plain = {"BEATBOOK_HOME": str(nation.home), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=project, env=plain, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    history = f"{nation.home}/dagster"
    assert f"DAGSTER_HOME is not set: set it to {history}" in done.stdout + done.stderr
    plain |= {"DAGSTER_HOME": history}
    Path(history).mkdir(parents=True)
    done = subprocess.run(command, cwd=project, env=plain, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
