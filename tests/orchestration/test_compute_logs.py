"""What steps print is kept for the UI and passed on, by nothing that a killed run leaves behind."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from pipelines.settings import Settings

STEP = """
import os, signal, sys
import dagster as dg
started = 0
def hook(event, args):
    global started
    started += event == "subprocess.Popen"
    if event == "subprocess.Popen" and started == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
with dg.DagsterInstance.from_config(sys.argv[1]) as instance:
    with instance.compute_log_manager.capture_logs(["run", "compute_logs", "step"]):
        print("to standard output", flush=True)
        os.system("echo from a child >&2")
print("afterwards")
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Dagster's folder, with our own dagster.yaml."""
    monkeypatch.setattr("os.environ", {**os.environ, "BEATBOOK_HOME": str(tmp_path / "home")})
    settings = Settings()
    settings.prepare()
    return settings.dagster_home


def step(home: Path, killed_at: int) -> subprocess.Popen[str]:
    """A step in a session of its own, killed before it starts its n-th process."""
    command = [sys.executable, "-c", STEP, str(home), str(killed_at)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def test_it_is_in_the_file_and_goes_where_it_went(home: Path) -> None:
    with step(home, killed_at=0) as process:
        assert process.communicate() == ("to standard output\nafterwards\n", "from a child\n")
    folder = home / "storage" / "run" / "compute_logs"
    kept = {path.name: path.read_text() for path in folder.iterdir()}
    assert kept == {"step.out": "to standard output\n", "step.err": "from a child\n", "step.complete": ""}


@pytest.mark.parametrize("killed_at", [1, 2])
def test_whenever_it_is_killed_no_process_is_left(home: Path, killed_at: int) -> None:
    """What is left would hold the other end of the pipes, and they would not end."""
    process = step(home, killed_at)
    try:
        process.communicate(timeout=60)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
