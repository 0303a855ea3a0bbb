"""Disks that are full or go bad, folders with odd names: a sentence, an exit code, and nothing is lost."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.settings import Settings
from tests.damage import empty, flip
from tests.e2e.conftest import COMMAND, UNTIL, Nation

pytestmark = [pytest.mark.e2e, pytest.mark.long]


@pytest.fixture
def oddly_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nation]:
    nation = Nation(tmp_path / "it's a [data] home 50% *")
    monkeypatch.setenv("BEATBOOK_HOME", str(nation.home))
    yield nation
    Settings().dagster_link.unlink()


def test_a_folder_of_any_name_goes_the_whole_way(oddly_named: Nation) -> None:
    done = oddly_named.run("run", "--until", str(UNTIL))
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(oddly_named.release) in done.stdout
    first, built = oddly_named.release.name, (oddly_named.home / "build.json").read_bytes()
    done = oddly_named.run("build")  # nothing is new
    assert done.returncode == 0, done.stdout + done.stderr
    assert oddly_named.release.name == first
    assert (oddly_named.home / "build.json").read_bytes() == built
    done = oddly_named.run("run", "--until", str(UNTIL), "--force", "kent")  # goes on from the first
    assert done.returncode == 0, done.stdout + done.stderr
    assert oddly_named.json("status")["build"]["from_nothing"] == ""
    assert len(oddly_named.json("table", "followers_per_1k", "--period", str(UNTIL))) > 48
    assert oddly_named.run("verify").stdout.endswith(", of them damaged: 0\n")


def test_a_disk_that_goes_bad_is_said_and_put_right_by_one_build(copied: Callable[[], Nation]) -> None:
    nation = copied()
    release = nation.release
    flip(release / "tables" / "bench_values.parquet")
    done = nation.run("table", "followers_per_1k")
    assert (done.returncode, done.stdout) == (5, "")
    assert f"release {release.name}: tables/bench_values.parquet is not what was published" in done.stderr
    assert "`beatbook build` publishes anew" in done.stderr
    assert nation.run("verify").returncode == 5
    assert nation.run("status").returncode == 5

    flip(nation.home / "warehouse.duckdb")
    flip(release / "extracts" / "kent" / "posts.parquet")
    empty(nation.home / "releases" / "current")
    for record in (nation.home / "gates" / "release").iterdir():
        empty(record)
    assert "there is no such release" in nation.run("table").stderr
    done = nation.run("build")
    assert done.returncode == 0, done.stdout + done.stderr
    assert nation.release == release  # the same landing gives the same release
    assert nation.run("verify").stdout == "releases: 1, of them damaged: 0\n"
    assert nation.run("table", "followers_per_1k").returncode == 0
    assert "damaged" in nation.json("status")["build"]["from_nothing"]


def test_a_disk_that_is_full_is_exit_5_and_the_release_stays(copied: Callable[[], Nation]) -> None:
    nation = copied()
    before = nation.release.name
    # No file may grow beyond this, as on a disk that has no more: the copy of the warehouse does not fit.
    limit = (nation.home / "warehouse.duckdb").stat().st_size // 2
    command = ["prlimit", f"--fsize={limit}", COMMAND, "build", "--full"]
    environment = nation.environment()
    done = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 5, done.stdout + done.stderr
    assert "the disk is full" in done.stderr
    assert f"release {before} stays current" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(nation.home.glob("warehouse.building*")) == []
    assert nation.run("verify").returncode == 0
    done = nation.run("build")  # there is room again
    assert done.returncode == 0, done.stdout + done.stderr
    assert nation.release.name == before
