"""Publishing: only what passed, only whole, and the same tables give the same release."""

import os
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import polars as pl
import pytest

from pipelines.disk import sha256_of
from pipelines.gates.records import GateResult, record
from pipelines.landing.locks import BusyError, locked
from pipelines.landing.store import Landing
from pipelines.orchestration.release import gate as release_gate_check
from pipelines.release.publish import NotPublishedError, code_version, publish, standing_verdict
from pipelines.release.published import RECORD, RECORD_SUM, Release, current, folder_of
from pipelines.settings import PROFILES, Settings
from pipelines.warehouse.build import current_build, held_build
from tests.damage import flip
from tests.landing.landed import refused
from tests.release.small_build import (
    AS_OF,
    BUILD,
    RUN,
    TABLES,
    build,
    passed,
    pull,
    runs_of,
    write_manifest,
)


def files(folder: Path) -> dict[str, tuple[int, str]]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): (p.stat().st_mtime_ns, sha256_of(p)) for p in paths}


def refusal(settings: Settings, landing: Landing) -> list[str]:
    """Why publishing is refused; what was published before must stand as it was."""
    before = files(settings.releases)
    with pytest.raises(NotPublishedError) as caught:
        publish(settings, landing)
    assert files(settings.releases) == before
    return caught.value.reasons


# --- what stops it


def test_without_a_warehouse_nothing_is_published(settings: Settings, landing: Landing) -> None:
    assert "there is no warehouse" in refusal(settings, landing)[0]
    assert current(settings) is None


@pytest.mark.parametrize("gate", ["dbt", "release"])
def test_a_gate_that_left_no_record_stops_it(built: Settings, landing: Landing, gate: str) -> None:
    for path in (built.gates / gate).iterdir():
        path.unlink()
    assert refusal(built, landing) == [f"the {gate} gate left no record for {BUILD}"]


@pytest.mark.parametrize("gate", ["dbt", "release"])
def test_a_gate_that_failed_stops_it_and_says_each_failure(
    built: Settings, landing: Landing, gate: str
) -> None:
    record(built.gates, GateResult(gate, BUILD, False, ["one thing", "another"]))
    assert refusal(built, landing) == [f"{gate} gate, {BUILD}: {why}" for why in ("one thing", "another")]


def test_every_reason_is_given_at_once(built: Settings, landing: Landing) -> None:
    (built.gates / "dbt" / f"{BUILD}.json").unlink()
    record(built.gates, GateResult("release", BUILD, False, ["too few"]))
    assert len(refusal(built, landing)) == 2


def test_a_record_of_another_build_does_not_count(built: Settings, landing: Landing) -> None:
    build(built, "build-2", gates=False)
    assert refusal(built, landing) == [
        "the dbt gate left no record for build-2",
        "the release gate left no record for build-2",
    ]


def test_a_warehouse_that_is_not_the_one_that_was_checked_stops_it(built: Settings, landing: Landing) -> None:
    with duckdb.connect(str(built.warehouse)) as connection:
        connection.execute("update bench_values set value = 99")
    assert current_build(built) is None
    assert "is not what was built" in refusal(built, landing)[0]


def test_a_run_that_is_judged_again_after_the_build_stops_it(built: Settings, landing: Landing) -> None:
    build(built, "build-2", runs=runs_of(landing))
    kent = refused("youtube:kent", "kent", "youtube")
    landing.judge("youtube", AS_OF.date(), RUN, [kent])
    key = f"youtube/{AS_OF.date()}/{RUN}"
    assert refusal(built, landing) == [f"judged again since the build: {key}; build again"]
    landing.manifest_path("youtube", AS_OF.date(), RUN).unlink()
    assert refusal(built, landing) == [f"judged again since the build: {key}; build again"]


def test_a_run_that_landed_after_the_build_waits_for_the_next(built: Settings, landing: Landing) -> None:
    build(built, "build-2", runs=runs_of(landing))
    pull(landing, "r00000009-20261109T040000-bbbbbbbb")
    assert publish(built, landing).release_id


@pytest.mark.parametrize(
    "changed", [{"suites": "other"}, {"checked_rows": {"bench_values": 12}}, {"checked_rows": {}}]
)
def test_a_verdict_on_less_than_all_or_by_other_expectations_stops_it(
    built: Settings, landing: Landing, changed: dict[str, Any]
) -> None:
    record(built.gates, replace(passed("release", BUILD), **changed))
    (why,) = refusal(built, landing)
    assert why == f"the release gate judged {BUILD} by other expectations: build again"


def test_after_a_refusal_the_last_good_release_stands(built: Settings, landing: Landing) -> None:
    first = publish(built, landing)
    build(built, "build-2", value=60.0)
    record(built.gates, GateResult("release", "build-2", False, ["too few"]))
    assert refusal(built, landing) == ["release gate, build-2: too few"]
    assert current(built) == first


def test_a_failure_while_writing_leaves_the_pointer_and_no_half_release(
    built: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(built, landing)
    before = files(built.releases)
    build(built, "build-2", value=60.0)

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.release.publish.write_extracts", stopped)
        with pytest.raises(KeyboardInterrupt):
            publish(built, landing)
    assert files(built.releases) == before
    assert publish(built, landing).release_id != first.release_id


def test_no_other_build_is_swapped_in_while_one_is_published(
    built: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_work(*_: Any) -> None:
        with pytest.raises(BusyError), locked(built.locks / "warehouse", wait=False):
            pass
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.release.publish.write_extracts", at_work)
    with pytest.raises(KeyboardInterrupt):
        publish(built, landing)


@pytest.mark.parametrize("left", [".staging", ".removed-20260801T0530-0123456789"])
def test_what_a_killed_process_left_is_in_nobodys_way(built: Settings, landing: Landing, left: str) -> None:
    (built.releases / left / "tables").mkdir(parents=True)
    (built.releases / left / "tables" / "half.parquet").write_text("half of it")
    release = publish(built, landing)
    assert sorted(path.name for path in built.releases.iterdir()) == [release.release_id, "current"]


# --- what it is


def test_the_release_says_what_it_is(built: Settings, landing: Landing) -> None:
    release = publish(built, landing)
    assert release.release_id.startswith("20261109T0530-")
    assert (release.data_as_of_utc, release.value_count) == ("2026-11-09T05:30:00Z", 8)
    assert (release.profile, release.is_invented, release.note) == ("sandbox", True, built.profile.note)
    assert release.code_version.startswith("0.")
    assert [gate["gate"] for gate in release.gates] == ["dbt", "release"]
    assert all(gate["passed"] for gate in release.gates)
    assert current(built) == release
    assert (built.releases / "current").read_text() == f"{release.release_id}\n"


def test_in_production_the_note_does_not_call_the_figures_invented(
    built: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")
    release = publish(Settings(), landing)
    assert (release.is_invented, release.note) == (False, PROFILES["production"].note)


def test_every_file_is_listed_with_its_sha256(built: Settings, landing: Landing) -> None:
    release = publish(built, landing)
    folder = folder_of(built, release)
    found = {name: sha256 for name, (_, sha256) in files(folder).items() if name not in (RECORD, RECORD_SUM)}
    assert release.files == found
    assert release.definitions_version == found["tables/dim_indicator.parquet"][:12]


@pytest.mark.parametrize("tables", [TABLES, [*TABLES, "bench_measures"]])
def test_its_tables_are_those_that_the_exposure_names(
    built: Settings, landing: Landing, manifest: Path, tables: list[str]
) -> None:
    write_manifest(manifest, tables)
    release = publish(built, landing)
    named = [Path(name).stem for name in release.files if name.startswith("tables/")]
    assert sorted(named) == sorted([*tables, "revisions"])


def test_the_one_file_database_holds_the_same_tables(built: Settings, landing: Landing) -> None:
    folder = folder_of(built, publish(built, landing))
    with duckdb.connect(str(folder / "beatbook.duckdb"), read_only=True) as connection:
        names = [name for (name,) in connection.sql("select table_name from duckdb_tables()").fetchall()]
        assert sorted(names) == sorted([*TABLES, "revisions"])
        for name in names:
            assert connection.table(name).pl().equals(pl.read_parquet(folder / "tables" / f"{name}.parquet"))


def test_the_same_warehouse_published_twice_is_one_release(built: Settings, landing: Landing) -> None:
    first = publish(built, landing)
    before = files(folder_of(built, first))
    assert publish(built, landing) == first
    assert files(folder_of(built, first)) == before
    assert sorted(path.name for path in built.releases.iterdir()) == sorted([first.release_id, "current"])


@pytest.mark.parametrize("current", ["as it was", "nowhere"])
def test_of_the_same_build_the_release_stands_and_is_not_written_again(
    built: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch, current: str
) -> None:
    monkeypatch.setattr("pipelines.release.publish.code_version", lambda: "1.0")
    first = publish(built, landing)
    pointer = built.releases / "current"
    if current == "nowhere":
        pointer.write_text("20200101T0000-0000000000\n")
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.release.publish.write", None)
        assert publish(built, landing) == first
    assert pointer.read_text() == f"{first.release_id}\n"
    flip(folder_of(built, first) / "tables" / "bench_values.parquet")
    assert publish(built, landing).files == first.files  # damaged: written again, whole
    monkeypatch.setattr("pipelines.release.publish.code_version", lambda: "1.1")
    monkeypatch.setattr("pipelines.release.publish.write", None)
    with pytest.raises(TypeError):  # by other code: it would be written
        publish(built, landing)


def test_the_same_tables_built_again_are_the_same_release(built: Settings, landing: Landing) -> None:
    first = publish(built, landing)
    build(built, "build-2")
    assert publish(built, landing).release_id == first.release_id
    build(built, "build-3", value=60.0)
    third = publish(built, landing)
    assert third.release_id != first.release_id
    assert folder_of(built, first).is_dir()


def test_rows_in_another_order_are_the_same_release(built: Settings, landing: Landing) -> None:
    first = publish(built, landing)
    build(built, "build-2", posts=reversed(list(_posts())))
    second = publish(built, landing)
    build(built, "build-3", posts=_posts())
    assert publish(built, landing).release_id == second.release_id != first.release_id


def _posts() -> list[tuple[str, str, int, Any]]:
    return [("kent", f"p{n}", n % 7, AS_OF.date() - timedelta(days=n % 500)) for n in range(900)]


# --- what it has in common with the last one


def test_files_that_did_not_change_are_those_of_the_last_release(built: Settings, landing: Landing) -> None:
    first = publish(built, landing)
    build(built, "build-2", value=60.0)
    second = publish(built, landing)
    own = {
        name
        for name in second.files
        if not (folder_of(built, first) / name).samefile(folder_of(built, second) / name)
    }
    # The force without a number has benchmarks that did not change, the others' sums follow from theirs.
    assert {"tables/bench_values.parquet", "beatbook.duckdb", "extracts/kent/benchmarks.csv"} <= own
    changed = {name for name in second.files if first.files[name] != second.files[name]}
    assert own == changed
    assert "extracts/kent/posts.csv" not in own
    assert "tables/dim_force.parquet" not in own


# --- which are kept


def as_of(days_back: int, settings: Settings, landing: Landing) -> Release:
    build(settings, f"build-{days_back}", as_of=AS_OF - timedelta(days=days_back))
    return publish(settings, landing)


def test_after_publishing_only_the_releases_that_are_kept_are_there(
    built: Settings, landing: Landing
) -> None:
    published = [as_of(days_back, built, landing) for days_back in (60, 59, 29, 0)]
    kept = [release.release_id for release in published if release is not published[0]]
    assert sorted(path.name for path in built.releases.iterdir()) == [*kept, "current"]
    for release in published[1:]:  # what links they had to the one that is gone are files of their own
        digests = {name: digest for name, (_, digest) in files(folder_of(built, release)).items()}
        assert digests.items() >= release.files.items()


def test_a_refusal_removes_nothing(built: Settings, landing: Landing) -> None:
    for days_back in (60, 59):
        as_of(days_back, built, landing)
    build(built, "build-2")
    record(built.gates, GateResult("release", "build-2", False, ["too few"]))
    refusal(built, landing)


def test_a_past_day_that_is_published_again_is_current_and_stays(built: Settings, landing: Landing) -> None:
    newest = as_of(0, built, landing)
    past = as_of(60, built, landing)
    as_of(59, built, landing)
    assert current(built) != past
    again = as_of(60, built, landing)
    assert current(built) == again
    assert folder_of(built, newest).is_dir()
    assert folder_of(built, again).is_dir()


def test_the_release_before_the_current_one_stays_for_those_who_are_reading_it(
    built: Settings, landing: Landing
) -> None:
    """After a gap of thirty days within a month the rule would remove it as the pointer moves on."""
    before, newer = as_of(39, built, landing), as_of(9, built, landing)
    assert [release.data_as_of_utc[:10] for release in (before, newer)] == ["2026-10-01", "2026-10-31"]
    assert folder_of(built, before).is_dir()
    as_of(8, built, landing)
    assert not folder_of(built, before).exists()


def test_a_folder_that_is_no_release_is_left_alone(built: Settings, landing: Landing) -> None:
    (built.releases / "notes").mkdir(parents=True)
    publish(built, landing)
    assert (built.releases / "notes").is_dir()


def test_without_git_the_version_is_the_distributions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.release.publish.shutil.which", lambda _: None)
    assert code_version() == version("beatbook")


# --- what was gated is what is published


def test_a_bit_that_turned_after_the_gates_stops_it(built: Settings, landing: Landing) -> None:
    flip(built.warehouse)
    assert current_build(built) is not None  # by its mark it is the same file
    assert "is not what was built: `beatbook build` makes it anew" in refusal(built, landing)[0]


def test_another_build_swapped_in_after_the_gates_stops_it(
    built: Settings, landing: Landing, tmp_path: Path
) -> None:
    """Of the same size and time, so that only its bytes tell."""
    other = tmp_path / "other.duckdb"
    gated = built.warehouse.stat()
    record_of_it = (built.home / "build.json").read_bytes()
    build(built, "build-2", value=60.0)
    built.warehouse.replace(other)
    assert other.stat().st_size == gated.st_size
    os.utime(other, ns=(gated.st_atime_ns, gated.st_mtime_ns))
    other.replace(built.warehouse)
    (built.home / "build.json").write_bytes(record_of_it)
    assert "is not what was built" in refusal(built, landing)[0]


def test_the_release_gate_judges_the_file_that_was_built_and_none_else_meanwhile(
    built: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []

    def at_work(warehouse: Path, build_id: str, *_: Any, **__: Any) -> GateResult:
        with pytest.raises(BusyError), locked(built.locks / "warehouse", wait=False):
            pass
        judged.append(sha256_of(warehouse))
        return passed("release", build_id)

    monkeypatch.setattr("pipelines.orchestration.release.release_gate", at_work)
    made = current_build(built)
    assert made is not None
    release_gate_check(settings=built)
    assert judged == [made.sha256]
    flip(built.warehouse)
    with pytest.raises(dg.Failure, match="is not what was built"):
        release_gate_check(settings=built)
    assert len(judged) == 1


def test_a_build_that_is_published_is_not_judged_again_but_by_other_code_or_an_override(
    built: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verdict() -> GateResult | None:
        with held_build(built) as build:
            return standing_verdict(built, landing, build)

    monkeypatch.setattr("pipelines.release.publish.code_version", lambda: "1.0")
    assert verdict() is None
    publish(built, landing)
    assert verdict() == passed("release", BUILD)
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.orchestration.release.release_gate", None)
        assert release_gate_check(settings=built).passed  # type: ignore[attr-defined]
        patch.setattr("pipelines.release.publish.code_version", lambda: "1.1")
        assert verdict() is None
        patch.setattr("pipelines.release.publish.code_version", lambda: "1.0-dirty")
        assert verdict() is None
    let_pass = replace(passed("release", BUILD), overridden=["values_lost: said"])
    record(built.gates, let_pass)
    publish(built, landing)
    assert verdict() is None
    build(built, "build-2", value=60.0)
    assert verdict() is None


@pytest.mark.parametrize("gate", ["dbt", "release"])
@pytest.mark.parametrize("content", ["", "{", "[]", '{"gate": "dbt"}'])
def test_a_damaged_record_of_a_gate_is_none(
    built: Settings, landing: Landing, gate: str, content: str
) -> None:
    (path,) = (built.gates / gate).iterdir()
    path.write_text(content)
    subject = f"youtube/{RUN}" if gate == "landing" else BUILD
    assert refusal(built, landing) == [f"the {gate} gate left no record for {subject}"]


def test_a_release_says_which_official_release_was_announced_next(built: Settings, landing: Landing) -> None:
    announced = {"month": "2026-11-01", "at_utc": "2026-12-21T09:30:00Z"}
    assert publish(built, landing).next_official == announced
