"""Publishing: only what passed, only whole, and the same tables give the same release."""

import csv
import hashlib
import json
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.gates.records import GateResult, record
from pipelines.landing.store import Landing, open_landing
from pipelines.release.publish import (
    NotPublishedError,
    check_gates,
    code_version,
    current,
    folder_of,
    publish,
)
from pipelines.settings import PROFILES, Settings
from pipelines.warehouse.build import building, current_build, sha256_of, swap_in
from tests.gates.good_rows import FORCES, frame_of, good_rows

DAY, RUN, BUILD = date(2026, 11, 9), "20261109T053000000000-aaaaaaaa", "build-1"
SEEN = datetime(2026, 11, 9, 5, 30)  # noqa: DTZ001
PUBLISHED = [
    "bench_comparisons",
    "bench_definitions",
    "bench_values",
    "dim_force",
    "ext_accounts",
    "ext_benchmarks",
    "ext_posts",
    "fct_collection",
]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    return Settings()


@pytest.fixture
def landing(settings: Settings) -> Landing:
    return open_landing(settings)


@pytest.fixture
def built(settings: Settings, landing: Landing) -> Settings:
    """A build, a run of one platform, and every gate passed."""
    pull(settings, landing, RUN)
    build(settings, BUILD)
    return settings


def pull(settings: Settings, landing: Landing, run_id: str, passed: bool = True) -> None:
    log = {"force_id": "kent", "account_id": "youtube:kent", "pulled_at_utc": SEEN, "platform": "youtube"}
    landing.write("youtube", DAY, run_id, {"requests": [log]})
    failures = [] if passed else ["it is broken"]
    record(settings.gates, GateResult("landing", f"youtube/{run_id}", passed, failures))


def build(settings: Settings, build_id: str, *, value: float = 50.0, gates: bool = True) -> None:
    comparisons = good_rows("release_bench_comparisons")
    frames = {"bench_comparisons": frame_of("release_bench_comparisons", comparisons)}
    values = frame_of("release_bench_values", good_rows("release_bench_values"))
    frames["bench_values"] = values.with_columns(value=pl.when(pl.col("value").is_not_null()).then(value))
    with building(settings) as path:
        with duckdb.connect(str(path)) as connection:
            for name, frame in frames.items():
                connection.register("frame", frame)
                connection.execute(f"create table {name} as from frame")
            connection.execute("create table dim_force as select unnest($1) as force_id", [FORCES])
            for table in (*TABLES, "create view ext_view as select 1 as one"):
                connection.execute(table)
            connection.execute("comment on column ext_posts.like_count is 'How many liked it, \"here\"'")
        swap_in(settings, path, build_id)
    if gates:
        for gate in ("dbt", "release"):
            record(settings.gates, GateResult(gate, build_id, True))


TABLES = (
    "create table bench_definitions as select 'a' as indicator_id",
    "create table ext_benchmarks as select force_id, indicator_id, value, is_provisional from bench_values",
    "create table ext_accounts as select force_id, 'youtube:' || force_id as account_id from dim_force",
    "create table ext_posts as select 'kent' as force_id, 'p' || n as post_id, n as like_count, "
    "timestamp '2026-11-01 10:00:00' as created_at_utc, date '2026-11-01' as created_date from range(3) t(n)",
    "create table fct_collection as select force_id from dim_force",
    "create table fct_conversations as select 'one message of the public' as message_id",
    "create table fct_data_as_of as select timestamp '2026-11-09 05:30:00' as data_as_of_utc",
    "create table stg_youtube__messages as select 'one message of the public' as message_id",
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


@pytest.mark.parametrize("gate", ["dbt", "release", "landing"])
def test_a_gate_that_left_no_record_stops_it(built: Settings, landing: Landing, gate: str) -> None:
    for path in (built.gates / gate).iterdir():
        path.unlink()
    subject = f"youtube/{RUN}" if gate == "landing" else BUILD
    assert refusal(built, landing) == [f"the {gate} gate left no record for {subject}"]


@pytest.mark.parametrize("gate", ["dbt", "release", "landing"])
def test_a_gate_that_failed_stops_it_and_says_each_failure(
    built: Settings, landing: Landing, gate: str
) -> None:
    subject = f"youtube/{RUN}" if gate == "landing" else BUILD
    record(built.gates, GateResult(gate, subject, False, ["one thing", "another"]))
    assert refusal(built, landing) == [f"{gate} gate, {subject}: {why}" for why in ("one thing", "another")]


def test_every_reason_is_told_at_once(built: Settings, landing: Landing) -> None:
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
    assert "not the one that was checked" in refusal(built, landing)[0]


def test_the_newest_run_of_every_source_must_have_passed_and_older_ones_need_not(
    built: Settings, landing: Landing
) -> None:
    pull(built, landing, "20261109T040000000000-bbbbbbbb", passed=False)
    assert [result.gate for result in check_gates(built, landing)] == ["dbt", "release", "landing"]
    pull(built, landing, "20261109T060000000000-cccccccc", passed=False)
    assert refusal(built, landing) == ["landing gate, youtube/20261109T060000000000-cccccccc: it is broken"]


def test_after_a_refusal_the_last_good_release_stands(built: Settings, landing: Landing) -> None:
    first = publish(built, landing)
    build(built, "build-2", value=60.0)
    record(built.gates, GateResult("release", "build-2", False, ["too few"]))
    assert refusal(built, landing) == ["release gate, build-2: too few"]
    assert current(built) == first


def test_killed_while_writing_leaves_the_pointer_and_no_half_release(
    built: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(built, landing)
    before = files(built.releases)
    build(built, "build-2", value=60.0)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.release.publish.write_extracts", killed)
        with pytest.raises(KeyboardInterrupt):
            publish(built, landing)
    assert files(built.releases) == before
    assert publish(built, landing).release_id != first.release_id


# --- what it is


def test_the_release_says_what_it_is(built: Settings, landing: Landing) -> None:
    release = publish(built, landing)
    assert release.release_id.startswith("20261109T0530-")
    assert (release.data_as_of_utc, release.value_count) == ("2026-11-09T05:30:00Z", 8)
    assert (release.profile, release.is_invented, release.note) == ("sandbox", True, built.profile.note)
    assert release.code_version.startswith("0.")
    assert [gate["gate"] for gate in release.gates] == ["dbt", "release", "landing"]
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
    found = {name: sha256 for name, (_, sha256) in files(folder).items() if name != "release.json"}
    assert release.files == found
    tables = sorted(Path(name).stem for name in found if name.startswith("tables/"))
    assert tables == PUBLISHED  # no view, no staging, no table about single messages
    assert release.definitions_version == found["tables/bench_definitions.parquet"][:12]


def test_the_one_file_database_holds_the_same_tables(built: Settings, landing: Landing) -> None:
    folder = folder_of(built, publish(built, landing))
    with duckdb.connect(str(folder / "beatbook.duckdb"), read_only=True) as connection:
        names = {name for (name,) in connection.sql("select table_name from duckdb_tables()").fetchall()}
        assert names == set(PUBLISHED)
        for name in names:
            assert connection.table(name).pl().equals(pl.read_parquet(folder / "tables" / f"{name}.parquet"))


def test_the_same_warehouse_published_twice_is_one_release(built: Settings, landing: Landing) -> None:
    first = publish(built, landing)
    before = files(folder_of(built, first))
    assert publish(built, landing) == first
    assert files(folder_of(built, first)) == before
    assert sorted(path.name for path in built.releases.iterdir()) == sorted([first.release_id, "current"])


def test_the_same_tables_built_again_are_the_same_release(built: Settings, landing: Landing) -> None:
    first = publish(built, landing)
    build(built, "build-2")
    assert publish(built, landing).release_id == first.release_id
    build(built, "build-3", value=60.0)
    third = publish(built, landing)
    assert third.release_id != first.release_id
    assert folder_of(built, first).is_dir()


# --- the extracts in it


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_force_has_an_extract_with_its_own_rows_only(built: Settings, landing: Landing) -> None:
    extracts = folder_of(built, publish(built, landing)) / "extracts"
    assert sorted(path.name for path in extracts.iterdir()) == FORCES
    posts = {}
    for force_id in FORCES:
        own = extracts / force_id
        for name in ("benchmarks", "accounts", "posts"):
            rows = rows_of(own / f"{name}.csv")
            assert {row["force_id"] for row in rows} <= {force_id}
            assert pl.read_parquet(own / f"{name}.parquet").height == len(rows)
        assert rows_of(own / "accounts.csv") == [{"force_id": force_id, "account_id": f"youtube:{force_id}"}]
        posts[force_id] = rows_of(own / "posts.csv")
    assert [len(rows) for rows in posts.values()] == [0, 3, 0]
    assert posts["kent"][0]["created_at_utc"] == "2026-11-01T10:00:00Z"


def test_an_extracts_sums_verify(built: Settings, landing: Landing) -> None:
    own = folder_of(built, publish(built, landing)) / "extracts" / "kent"
    lines = [line.split("  ") for line in (own / "SHA256SUMS").read_text().splitlines()]
    sums = {name: digest for digest, name in lines}
    assert sums == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in own.iterdir()
        if path.name != "SHA256SUMS"
    }
    assert len(sums) == 8


def test_the_data_package_describes_the_files_beside_it(built: Settings, landing: Landing) -> None:
    own = folder_of(built, publish(built, landing)) / "extracts" / "kent"
    package = json.loads((own / "datapackage.json").read_text())
    assert (package["profile"], package["name"]) == ("tabular-data-package", "beatbook-kent")
    assert package["description"] == PROFILES["sandbox"].note
    assert [resource["name"] for resource in package["resources"]] == ["benchmarks", "accounts", "posts"]
    for resource in package["resources"]:
        assert resource["path"] == f"{resource['name']}.csv"
        header = (own / resource["path"]).read_text().splitlines()[0].split(",")
        assert [field["name"] for field in resource["schema"]["fields"]] == header
    types = {f["name"]: f["type"] for r in package["resources"] for f in r["schema"]["fields"]}
    assert types == {
        "force_id": "string",
        "indicator_id": "string",
        "value": "number",
        "is_provisional": "boolean",
        "account_id": "string",
        "post_id": "string",
        "like_count": "integer",
        "created_at_utc": "datetime",
        "created_date": "date",
    }


def test_the_data_dictionary_names_every_column_of_every_file(built: Settings, landing: Landing) -> None:
    own = folder_of(built, publish(built, landing)) / "extracts" / "kent"
    told = rows_of(own / "data_dictionary.csv")
    headers = {
        (name, column)
        for name in ("benchmarks", "accounts", "posts")
        for column in (own / f"{name}.csv").read_text().splitlines()[0].split(",")
    }
    assert {(row["file"], row["column"]) for row in told} == headers
    (likes,) = [row for row in told if row["column"] == "like_count"]
    assert (likes["type"], likes["description"]) == ("BIGINT", 'How many liked it, "here"')


def test_without_git_the_version_is_the_distributions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.release.publish.shutil.which", lambda _: None)
    assert code_version() == version("beatbook")
