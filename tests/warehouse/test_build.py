"""The warehouse file: whole or not at all. dbt itself is played by a function; tests/dbt run the real one."""

import errno
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.gates.records import recorded
from pipelines.landing.store import Landing, open_landing
from pipelines.settings import PROJECT, Settings
from pipelines.warehouse import build as module
from pipelines.warehouse.build import (
    NotBuiltError,
    build,
    current_build,
    failed_at,
    failures,
    held_build,
    row_counts,
)
from pipelines.warehouse.run_dbt import Node
from tests.damage import flip
from tests.warehouse.test_window import DAY, pull

PASSED = [Node("model.a", "success", "", 0.1, 0), Node("test.a", "pass", "", 0.1, 0)]
FAILED = [Node("model.a", "success", "", 0.1, 0), Node("test.a", "fail", "Got 3 results", 0.1, 3)]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "o'clock [home]"))  # a path that needs quoting
    monkeypatch.setattr("pipelines.settings.PROJECT", tmp_path / "project")  # its link for Dagster
    settings = Settings()
    settings.prepare()
    return settings


@pytest.fixture
def landing(settings: Settings) -> Landing:
    landing = open_landing(settings)
    pull(landing, DAY)
    return landing


Play = Callable[..., list[int]]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """Have dbt add a row to a table at each build and report these nodes; gives what the file held before."""

    def playing(nodes: list[Node], rows: int = 1) -> list[int]:
        found: list[int] = []

        def run_dbt(settings: Settings, on_node: Callable[[str], None]) -> list[Node]:
            with duckdb.connect(str(settings.building)) as connection:
                connection.execute("create table if not exists built (n bigint)")
                found.append(connection.execute("select count(*) from built").fetchall()[0][0])
                connection.execute(f"insert into built select * from range({rows})")
            return nodes

        monkeypatch.setattr(module, "run_dbt", run_dbt)
        declared = ("check_incidents", "check_staffed_hours", "check_rate_cards", "check_neighbourhoods")
        for check in ("check_corrections", *declared):
            monkeypatch.setattr(module, check, lambda *_: {})  # there is no register
        monkeypatch.setattr(module, "built_by_dbt", lambda _: {"model.a", "test.a"})
        return found

    return playing


def held(settings: Settings) -> int:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        [(count,)] = connection.execute("select count(*) from built").fetchall()
    return int(count)


def test_a_build_goes_on_from_the_last_one(settings: Settings, landing: Landing, play: Play) -> None:
    before = play(PASSED)
    build(settings, landing, "one")
    pull(landing, DAY + timedelta(days=1))
    build(settings, landing, "two")
    assert before == [0, 1]
    assert held(settings) == 2
    made = current_build(settings)
    assert made is not None
    assert (made.build_id, made.from_nothing) == ("two", "")


def test_with_nothing_new_the_last_build_stands(settings: Settings, landing: Landing, play: Play) -> None:
    before = play(PASSED)
    first = build(settings, landing, "one")
    shutil.rmtree(settings.gates)
    settings.failed_build.touch()  # of what had landed and is no longer there
    settings.build_failure.touch()
    again = build(settings, landing, "two")
    assert before == [0]
    assert (again.build_id, again.nodes) == ("one", PASSED)
    assert again == first == current_build(settings)
    gate = recorded(settings.gates, "dbt", "one")
    assert gate is not None
    assert gate.passed
    assert not settings.failed_build.exists()
    assert failed_at(settings) is None


def test_a_build_that_lacks_what_there_is_now_does_not_stand(
    settings: Settings, landing: Landing, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = play(PASSED)
    build(settings, landing, "one")
    monkeypatch.setattr(module, "built_by_dbt", lambda _: {"model.a", "model.b", "test.a"})
    with pytest.raises(NotBuiltError, match=r"model\.b: was not run"):
        build(settings, landing, "two")
    assert before == [0, 1]


def test_full_begins_with_nothing(settings: Settings, landing: Landing, play: Play) -> None:
    before = play(PASSED)
    build(settings, landing, "one")
    build(settings, landing, "two", full=True)
    assert before == [0, 0]


def test_a_build_of_a_part_is_not_swapped_in(settings: Settings, landing: Landing, play: Play) -> None:
    play(PASSED)
    build(settings, landing, "one")
    play(PASSED[1:])
    pull(landing, DAY + timedelta(days=1))
    with pytest.raises(NotBuiltError, match=r"model\.a: was not run"):
        build(settings, landing, "two")
    assert held(settings) == 1


def test_what_did_not_pass_is_not_swapped_in_and_is_kept_to_look_at(
    settings: Settings, landing: Landing, play: Play
) -> None:
    play(PASSED)
    build(settings, landing, "one")
    play(FAILED)
    pull(landing, DAY + timedelta(days=1))
    with pytest.raises(NotBuiltError, match=r"test\.a: fail: Got 3 results") as error:
        build(settings, landing, "two")
    assert error.value.nodes == FAILED
    made = current_build(settings)
    assert made is not None
    assert made.build_id == "one"
    assert held(settings) == 1
    assert settings.failed_build.exists()
    assert failed_at(settings)
    assert failures(settings) == error.value.failures
    assert not settings.building.exists()
    assert not settings.reading.exists()


def test_a_build_that_fails_before_dbt_begins_is_a_failed_one_until_the_next_passes(
    settings: Settings, landing: Landing, play: Play
) -> None:
    play(PASSED)
    build(settings, landing, "one")
    manifest = landing.manifest_path("bluesky", DAY, pull(landing, DAY, "r00000009-20261109T120000-aaaaaaaa"))
    whole = manifest.read_bytes()
    flip(manifest)
    with pytest.raises(NotBuiltError, match="is not what was landed"):
        build(settings, landing, "two")
    assert failed_at(settings)
    assert "is not what was landed" in failures(settings)[0]
    manifest.write_bytes(whole)
    build(settings, landing, "three")
    assert failed_at(settings) is None
    assert failures(settings) == []


def test_a_build_of_no_test_does_not_pass(settings: Settings, landing: Landing, play: Play) -> None:
    play(PASSED[:1])
    with pytest.raises(NotBuiltError, match="no dbt test was run"):
        build(settings, landing, "one")
    assert not settings.warehouse.exists()


def test_nothing_landed_is_nothing_to_build(settings: Settings, play: Play) -> None:
    play(PASSED)
    with pytest.raises(NotBuiltError, match="nothing has landed yet"):
        build(settings, open_landing(settings), "one")


def test_other_definitions_build_everything(
    settings: Settings, landing: Landing, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = play(PASSED)
    build(settings, landing, "one")
    (settings.register).mkdir(exist_ok=True)
    (settings.register / "accounts.csv").write_text("account_id\nbluesky:kent\n")
    build(settings, landing, "two")
    assert before == [0, 0]


@pytest.mark.parametrize("damage", ["changed", "gone", "unreadable record", "empty record", "a bit turned"])
def test_a_warehouse_that_is_not_the_one_recorded_is_built_again(
    settings: Settings, landing: Landing, play: Play, damage: str
) -> None:
    before = play(PASSED)
    build(settings, landing, "one")
    if damage == "changed":
        settings.warehouse.write_bytes(settings.warehouse.read_bytes() + b"x")
    elif damage == "gone":
        settings.warehouse.unlink()
    elif damage == "a bit turned":  # which neither size nor time tells
        flip(settings.warehouse)
    else:
        (settings.home / "build.json").write_text("{" * (damage == "unreadable record"))
    with pytest.raises(NotBuiltError, match="`beatbook build` makes it anew"), held_build(settings):
        pass
    build(settings, landing, "two")
    assert before == [0, 0]
    with held_build(settings) as made:
        assert made.build_id == "two"
        said = "there was no warehouse" if damage == "gone" else "one of them was damaged"
        assert said in made.from_nothing


@pytest.mark.parametrize("step", ["_copy", "_compact"])
def test_a_disk_that_is_full_keeps_the_last_build_and_no_half_of_the_next(
    settings: Settings, landing: Landing, play: Play, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    play(PASSED)
    build(settings, landing, "one")

    def full(*paths: Path) -> None:
        half = paths[-1] if step == "_copy" else paths[-1].with_name(f"{paths[-1].name}.anew")
        half.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module, step, full)
    pull(landing, DAY + timedelta(days=1))
    with pytest.raises(OSError, match="No space left"):
        build(settings, landing, "two")
    assert held(settings) == 1
    assert list(settings.home.glob("warehouse.building*")) == []
    assert not settings.reading.exists()
    with held_build(settings) as made:
        assert made.build_id == "one"


def test_half_a_file_of_a_killed_build_is_nobodys(settings: Settings, landing: Landing, play: Play) -> None:
    before = play(PASSED)
    settings.building.write_bytes(b"half")
    build(settings, landing, "one")
    assert before == [0]


def test_freed_blocks_are_given_back(settings: Settings, landing: Landing, play: Play) -> None:
    play(PASSED, rows=2_000_000)
    build(settings, landing, "one")
    size = settings.warehouse.stat().st_size
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create view counted as select count(*) as n from built; delete from built")
        connection.execute("checkpoint")
    module._compact(settings.warehouse)
    assert settings.warehouse.stat().st_size < 0.6 * size
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        assert connection.sql("select n from counted").fetchall() == [(0,)]


def test_the_rows_of_each_table_are_counted_and_a_view_has_none(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create table built as from range(3)")
        connection.execute('create table "none yet" (n bigint)')
        connection.execute("create view seen as from built")
    assert row_counts(settings) == {"built": 3, "none yet": 0}


def test_a_date_that_is_announced_changes_no_figure_and_computes_nothing_anew(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(PROJECT / "dbt" / "seeds", tmp_path / "dbt" / "seeds")
    for folder in ("models", "macros"):
        (tmp_path / "dbt" / folder).mkdir()
    (tmp_path / "dbt" / "dbt_project.yml").touch()
    monkeypatch.setattr(module, "PROJECT", tmp_path)
    before = module.made_of_now(settings)
    for name, is_same in (("release_calendar.csv", True), ("bank_holidays.csv", False)):
        with (tmp_path / "dbt" / "seeds" / name).open("a") as file:
            file.write("2031-01-01,2031-01-01,,,\n")
        assert (module.made_of_now(settings) == before) is is_same
