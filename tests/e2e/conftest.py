"""A nation pulled over real HTTP on loopback, once for all end-to-end tests.

The command is run as a user runs it, in a process of its own. Days are pulled from the sandbox's story, so
that its emergency, its merger and its failing accounts are in what is tested.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import sync_playwright

from pipelines.settings import Settings

UNTIL = date(2026, 11, 9)
DAYS = [UNTIL - timedelta(days=back) for back in range(14, -1, -1)]
COMMAND = str(Path(sys.executable).with_name("beatbook"))


@dataclass
class Nation:
    """A data folder and the commands on it."""

    home: Path
    also: dict[str, str] = field(default_factory=dict)  # in the environment of each command

    def run(self, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """`beatbook WORDS` on this folder, as from a plain shell: no virtual environment is active."""
        command = [COMMAND, *words]
        clean = self.environment(env)
        return subprocess.run(command, cwd="/", env=clean, capture_output=True, text=True, check=False)

    def start(self, *words: str, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
        """The same, left running in a process group of its own, its standard error to be read: where nobody
        reads it, a command that says much stands still."""
        return subprocess.Popen(
            [COMMAND, *words],
            cwd="/",
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )

    def environment(self, env: dict[str, str] | None = None) -> dict[str, str]:
        """What a command is started with."""
        ours = ("BEATBOOK", "VIRTUAL_ENV", "DAGSTER")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return clean | {"BEATBOOK_HOME": str(self.home), "PATH": "/usr/bin:/bin", **self.also, **(env or {})}

    def json(self, *words: str, env: dict[str, str] | None = None) -> Any:
        """A command's JSON output."""
        done = self.run(*words, "--format", "json", env=env)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows from the warehouse."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.sql(sql).fetchall()

    @property
    def release(self) -> Path:
        """The folder of the current release."""
        return self.home / "releases" / (self.home / "releases" / "current").read_text().strip()


def moment(day: date) -> datetime:
    """When the sandbox profile pulls on a day (UTC)."""
    return Settings().profile.moment_of(day)


def naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


@pytest.fixture(scope="session")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> Nation:
    """Fifteen days pulled, built and published by one command; once, however many workers there are."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    nation = Nation(base / "nation" / "home")
    output = base / "nation" / "first_output.txt"
    with (base / "nation.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not output.exists():
            done = nation.run("run", "--days", str(len(DAYS)), "--until", str(UNTIL))
            assert done.returncode == 0, done.stdout + done.stderr
            output.write_text(done.stdout)
    return nation


@pytest.fixture
def copied(pulled: Nation, tmp_path: Path) -> Callable[[], Nation]:
    """A copy of the pulled nation, for a test that changes it."""

    def copy() -> Nation:
        shutil.copytree(pulled.home, tmp_path / "home")
        return Nation(tmp_path / "home")

    return copy


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a window."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium (Debian: chromium)")
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()
