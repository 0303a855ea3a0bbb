"""What is forgotten of runs: by age, whole, and never one that goes on."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.orchestration.history import LOGS_KEPT, RUNS_KEPT, forget
from pipelines.settings import Settings

NOW = datetime.now(UTC)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    settings = Settings()
    for name in settings.environment():
        monkeypatch.setenv(name, "")  # what preparing sets is gone again after the test
    settings.prepare()
    return settings


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        yield instance


@dg.asset
def something() -> None:
    print("something")


def files(settings: Settings) -> list[str]:
    below = (settings.dagster_home / "history" / "runs", settings.dagster_home / "storage")
    return sorted(path.name for folder in below for path in folder.rglob("*") if path.stem != "index")


def test_runs_are_forgotten_whole_when_they_are_old(settings: Settings, instance: dg.DagsterInstance) -> None:
    run_id = dg.materialize([something], instance=instance).run_id
    forget(settings, instance, NOW + RUNS_KEPT - timedelta(days=1))
    assert instance.get_run_ids() == [run_id]
    assert f"{run_id}.db" in files(settings)
    forget(settings, instance, NOW + RUNS_KEPT + timedelta(days=1))
    assert instance.get_run_ids() == []
    assert [name for name in files(settings) if run_id in name] == []


def test_a_run_that_goes_on_is_not_forgotten(settings: Settings, instance: dg.DagsterInstance) -> None:
    job = dg.define_asset_job("job").resolve(asset_graph=dg.Definitions([something]).resolve_asset_graph())
    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    forget(settings, instance, NOW + 2 * RUNS_KEPT)
    assert instance.get_run_ids() == [run.run_id]


def test_logs_are_forgotten_when_nothing_was_added_for_long(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    folder = settings.home / "logs"
    folder.mkdir()
    for name, age in (("old.log", LOGS_KEPT + timedelta(days=1)), ("dbt.log", LOGS_KEPT - timedelta(days=1))):
        (folder / name).write_text("what was printed")
        moment = (NOW - age).timestamp()
        os.utime(folder / name, (moment, moment))
    forget(settings, instance, NOW)
    assert [path.name for path in folder.iterdir()] == ["dbt.log"]


def test_what_killed_writes_left_goes_wherever_it_lies(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = settings.landing / "youtube" / "posts" / "day=2026-11-09"
    sessions = settings.portal / "sessions"
    for folder in (day, sessions):
        folder.mkdir(parents=True)
    folders = (day, sessions, settings.gates, settings.releases, settings.home, settings.dagster_home)
    for folder in folders:
        path = folder / ".record.parquet.1.tmp"
        path.write_bytes(b"half")
        moment = (NOW - timedelta(hours=2)).timestamp()
        os.utime(path, (moment, moment))
    monkeypatch.setattr("pipelines.disk._is_running", lambda process: False)
    forget(settings, instance, NOW)
    assert [path for folder in folders for path in folder.glob(".*.tmp")] == []


def test_pages_of_the_gates_are_forgotten_like_logs(settings: Settings, instance: dg.DagsterInstance) -> None:
    for name, age in (
        ("x-2026-01-01", LOGS_KEPT + timedelta(days=1)),
        ("release", LOGS_KEPT - timedelta(days=1)),
    ):
        folder = settings.gate_pages / name
        folder.mkdir(parents=True)
        (folder / "index.html").touch()
        moment = (NOW - age).timestamp()
        os.utime(folder, (moment, moment))
    forget(settings, instance, NOW)
    assert [path.name for path in settings.gate_pages.iterdir()] == ["release"]
