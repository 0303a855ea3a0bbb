"""A run can be killed at any boundary and at any moment: the next one ends in the same release.

Boundaries (crash.py) are found by an undisturbed run: every file that it opens to write, renames, links or
removes. Moments are random shares of how long that run took; nothing expected here depends on which they are.
Meanwhile `current` is read in a loop. CRASH_SHARE=1 kills at every boundary and not at a sample of them,
CRASH_MOMENTS=200 at that many moments, half of them of a first run.
"""

import fcntl
import json
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing.locks import holder
from pipelines.release.publish import DATABASE
from pipelines.release.published import BUILT_FROM
from tests.e2e import crash
from tests.e2e.conftest import Nation
from tests.e2e.small_nation import small_nation
from tests.e2e.test_up import LAUNCH, Up, free_port, processes_of, statuses, until
from tests.orchestration.dagster_ui import REPOSITORY

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.long,
    pytest.mark.skipif(
        "CRASH_SHARE" not in os.environ,
        reason="hundreds of killed runs take long: set CRASH_SHARE=0.05, or 1 for every boundary",
    ),
]
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload([crash.__name__])
#: Of the days before, the first is removed by the run of the day: it is over 30 days old.
BEFORE = ("2026-10-01", "2026-10-02")
DAY = ("run", "--until", "2026-10-31")
#: Which share of the boundaries is tried: 0.1 is every tenth.
SHARE = float(os.environ.get("CRASH_SHARE", "0.05"))
MOMENTS = int(os.environ.get("CRASH_MOMENTS", "12"))
LOCKS = ("locks/*", "dagster/workers/*", "landing/.last_run.lock")
#: What a run makes and removes; the temporary files of a killed write_whole stay, and are nobody's.
UNFINISHED = ("warehouse.building*", "releases/.*", "reading")
#: So many times in a row a folder is killed before a run is let through.
KILLS = 6


@dataclass
class Undisturbed:
    """What a run that nobody kills comes to, from a folder that it began with."""

    began: Path
    release: str
    files: dict[str, str]
    boundaries: list[str]
    seconds: float


def start(nation: Nation, *words: str, seen: Path | None = None, end: str = "") -> BaseProcess:
    """A command on the folder, as crash.py has it."""
    said = nation.home.with_name("said.txt")
    process = FORK.Process(target=crash.command, args=(list(words), nation.environment(), said, seen, end))
    process.start()
    return process


def ended(nation: Nation, *words: str, seen: Path | None = None, end: str = "") -> int:
    """The exit code of a command that was waited for, nothing of which is left."""
    process = start(nation, *words, seen=seen, end=end)
    process.join()
    assert_nothing_is_left(nation, process)
    assert process.exitcode is not None
    return process.exitcode


def said(nation: Nation) -> str:
    """What the last command printed."""
    return nation.home.with_name("said.txt").read_text()


def published(nation: Nation) -> tuple[str, dict[str, str]]:
    """The current release and its files. DuckDB's file holds the same tables, in bytes that differ, and what
    it was built from are the runs that landed, which have names of their own."""
    files = json.loads((nation.release / "release.json").read_text())["files"]
    of_runs = {DATABASE, BUILT_FROM}
    return nation.release.name, {name: sha256 for name, sha256 in files.items() if name not in of_runs}


@contextmanager
def reading(nation: Nation) -> Iterator[list[int]]:
    """Somebody reads `current` all the while, and never finds it broken. Gives how often, afterwards."""
    ours, theirs = FORK.Pipe()
    reader = FORK.Process(target=crash.read_on, args=(nation.home / "releases", theirs), daemon=True)
    reader.start()
    counts: list[int] = []
    try:
        yield counts
        ours.send("enough")
        count, broken = ours.recv()
        assert broken == []
        counts.append(count)
    finally:
        reader.kill()
        reader.join()


def assert_nothing_is_left(nation: Nation, process: BaseProcess) -> None:
    """No process of its session, and no lock that is held."""
    until(lambda: not in_session(process.pid), seconds=20)
    locks = [
        *nation.home.glob("locks/*"),
        *nation.home.glob("dagster/workers/*"),
        *nation.home.rglob("*.lock"),
    ]
    for path in locks:
        with path.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def in_session(session: Any) -> list[str]:
    """The processes of a session that have not ended."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, of_session = path.read_text().rpartition(")")[2].split()[:4]
            if int(of_session) == session and state != "Z":
                found.append(path.parent.name)
    return found


def assert_same_release(nation: Nation, undisturbed: Undisturbed) -> None:
    release, files = published(nation)
    names = {*files, *undisturbed.files}
    assert [name for name in sorted(names) if files.get(name) != undisturbed.files.get(name)] == []
    assert release == undisturbed.release


def assert_next_run_mends(nation: Nation, undisturbed: Undisturbed) -> None:
    assert ended(nation, *DAY) == 0, said(nation)
    assert_same_release(nation, undisturbed)
    assert ended(nation, "verify") == 0, said(nation)
    assert set(statuses(nation)) <= {"SUCCESS", "FAILURE"}
    left = [
        *nation.home.glob("warehouse.building*"),
        *nation.home.glob("releases/.*"),
        nation.home / "reading",
    ]
    assert [path for path in left if path.exists()] == []


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with small_nation() as url:
        yield url


@pytest.fixture(scope="module", params=["first", "later"])
def undisturbed(
    request: pytest.FixtureRequest, url: str, tmp_path_factory: pytest.TempPathFactory
) -> Undisturbed:
    """The day's run, as the first on a folder and after those of other days."""
    folder = tmp_path_factory.mktemp(request.param)
    nation = Nation(folder / "home", {"BEATBOOK_SANDBOX_URL": url})
    nation.home.mkdir()
    for day in BEFORE if request.param == "later" else ():
        assert ended(nation, "run", "--until", day) == 0, said(nation)
    shutil.copytree(nation.home, folder / "began")
    since = time.monotonic()
    assert ended(nation, *DAY, seen=folder / "seen.txt") == 0, said(nation)
    seconds = time.monotonic() - since
    kept = {path.name[:8] for path in nation.home.glob("releases/[!.]*/")}
    assert kept == ({"20261002", "20261031"} if request.param == "later" else {"20261031"})
    boundaries = (folder / "seen.txt").read_text().splitlines()
    return Undisturbed(folder / "began", *published(nation), boundaries, seconds)


@pytest.fixture
def nation(url: str, tmp_path: Path) -> Nation:
    return Nation(tmp_path / "home", {"BEATBOOK_SANDBOX_URL": url})


def begin(nation: Nation, undisturbed: Undisturbed) -> None:
    shutil.rmtree(nation.home, ignore_errors=True)
    shutil.copytree(undisturbed.began, nation.home)


def different(boundaries: list[str]) -> list[str]:
    """The first boundary of each name, and the last of those that repeat."""
    last = {line.partition(" ")[2]: line for line in boundaries}
    return [line for line in boundaries if line.startswith("1 ") or last[line.partition(" ")[2]] == line]


def test_killed_at_boundary_after_boundary_the_next_run_ends_in_the_same_release(
    nation: Nation, undisturbed: Undisturbed
) -> None:
    """Some on one folder, one after the other in the order of a run, then a run that nobody kills."""
    found = different(undisturbed.boundaries)
    assert len(found) > 200
    tried = found[:: round(1 / SHARE)]
    chains = -(-len(tried) // KILLS)
    for chain in (tried[number::chains] for number in range(chains)):
        begin(nation, undisturbed)
        with reading(nation) as count:
            for line in chain:
                code = ended(nation, *DAY, seen=nation.home.with_name("seen.txt"), end=line)
                print(f"of {len(found)} boundaries: {line}: {code}", flush=True)
                # A boundary that is passed once, as a folder that is made, may not come again.
                assert code == -signal.SIGKILL or (code == 0 and line != chain[0]), said(nation)
                assert ended(nation, "verify") == 0, said(nation)
            assert_next_run_mends(nation, undisturbed)
        print(f"read {count[0]} times", flush=True)


def test_killed_at_random_moments_the_next_run_ends_in_the_same_release(
    nation: Nation, undisturbed: Undisturbed
) -> None:
    moments = random.Random(6)
    for number in range(MOMENTS // 2):
        if number % KILLS == 0:
            begin(nation, undisturbed)
        with reading(nation) as count:
            process = start(nation, *DAY)
            process.join(timeout=moments.uniform(0, undisturbed.seconds))
            process.kill()
            process.join()
            assert_nothing_is_left(nation, process)
            assert process.exitcode in (-signal.SIGKILL, 0), said(nation)
            assert ended(nation, "verify") == 0, said(nation)
            if number % KILLS == KILLS - 1 or number == MOMENTS // 2 - 1:
                assert_next_run_mends(nation, undisturbed)
        print(f"{number + 1}: {process.exitcode}, read {count[0]} times", flush=True)


ENDED = ("SUCCESS", "FAILURE", "CANCELED")
LANDED, BUILDING, WRITING = "landing/*/runs/day=*/*.json", "warehouse.building.duckdb", "releases/.staging"


@pytest.fixture
def served(nation: Nation) -> Iterator[Up]:
    """A UI on the folder, which is ended whatever happens."""
    up = Up(nation, free_port(), free_port())
    yield up
    with suppress(ProcessLookupError):
        up.end(signal.SIGTERM)
    for pid in processes_of(nation):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("undisturbed", ["first"], indirect=True)
def test_a_run_of_dagster_is_killed_and_the_next_one_ends_in_the_same_release(
    nation: Nation, undisturbed: Undisturbed, served: Up
) -> None:
    """The process that works on it, with SIGKILL: while it lands, builds and writes the release."""

    def launch() -> str:
        tags = [{"key": "dagster/partition", "value": DAY[-1]}]
        daily = {"selector": {**REPOSITORY, "pipelineName": "daily"}, "mode": "default"}
        params = daily | {"executionMetadata": {"tags": tags}}
        return str(until(lambda: served.ask(LAUNCH, params=params)["launchRun"].get("run"))["runId"])

    def killed_when(pattern: str) -> str:
        run_id = launch()
        until(lambda: next(nation.home.glob(pattern), None) or served.status_of(run_id) in ENDED, 400)
        worker = holder(nation.home / "dagster" / "workers" / run_id)
        assert worker is not None, f"{served.status_of(run_id)} before {pattern}"
        os.kill(worker, signal.SIGKILL)
        return run_id

    with reading(nation):
        killed = [killed_when(pattern) for pattern in (LANDED, BUILDING, WRITING)]
        last = launch()
        until(lambda: served.status_of(last) == "SUCCESS", seconds=400)
        assert [served.status_of(run_id) for run_id in killed] == ["FAILURE"] * 3
    assert_same_release(nation, undisturbed)
    assert served.end(signal.SIGTERM) == 0
    assert processes_of(nation) == []
    assert statuses(nation) == ["FAILURE"] * 3 + ["SUCCESS"]
    assert ended(nation, "verify") == 0, said(nation)
