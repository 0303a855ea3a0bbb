"""The release gate and dbt's: what stops a release."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.gates.overrides import Override
from pipelines.gates.records import GateResult
from pipelines.gates.release_gate import KEY, dbt_gate, is_complete, release_gate, release_suites
from pipelines.warehouse.run_dbt import Node
from tests.gates.good_rows import AREAS, RELEASE, frame_of, good_rows

DAY = date(2026, 11, 9)
FIVE = [f"force-{n}" for n in range(5)]


def collection(
    got: int, *, day: date = DAY, is_due: bool = True, forces: list[str] = FIVE
) -> list[tuple[Any, ...]]:
    """A day on which `got` of the forces had an account that landed."""
    statuses = ["landed" if n < got else "failed" for n in range(len(forces))]
    return [(f"youtube:{f}", day, f, is_due, s) for f, s in zip(forces, statuses, strict=True)]


def warehouse(folder: Path, collected: list[tuple[Any, ...]], **changed: pl.DataFrame) -> Path:
    path = folder / "warehouse.duckdb"
    frames = {name.removeprefix("release_"): frame_of(name, good_rows(name)) for name in RELEASE}
    frames |= changed
    with duckdb.connect(str(path)) as connection:
        for name, frame in frames.items():
            connection.register("frame", frame)
            connection.execute(f"create table {name} as from frame")
        connection.execute("create table dim_area as select unnest($1) as area_id", [AREAS])
        connection.execute("alter table dim_area add area_type varchar default 'force'")
        connection.execute("update dim_area set area_type = 'group' where area_id = 'all_forces'")
        connection.execute(
            "create table dim_area_member as select 'all_forces' as area_id, 'kent' as force_id"
        )
        connection.execute(
            "create table dim_indicator as from (values ('answered_1h_pct', null), ('by_day', 'day'), "
            "('at_night', 'night')) as t (indicator_id, part) "
            "cross join (select 'messages' as known_by, 10 as minimum_n)"
        )
        connection.execute(
            "create table fct_collection "
            "(account_id varchar, collected_date date, force_id varchar, is_due boolean, status varchar, "
            "reason varchar, is_absent boolean)"
        )
        rows = [(*row, "", False) if len(row) == 5 else row for row in collected]
        connection.executemany("insert into fct_collection values (?, ?, ?, ?, ?, ?, ?)", rows)
    return path


@pytest.fixture
def any_table_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what the gate asks beside the suites, which take their time and have tests of their own."""
    monkeypatch.setattr("pipelines.gates.release_gate.validate", lambda *_: [])


def test_a_good_build_passes(tmp_path: Path) -> None:
    result = release_gate(warehouse(tmp_path, collection(5)), "build-1", None)
    checked = dict.fromkeys(("bench_values", "bench_comparisons", "bench_not_available"), 12)
    checked["suppressed_counts"] = 0
    assert result == GateResult("release", "build-1", True, checked_rows=checked, suites=release_suites())
    assert is_complete(result)


@pytest.mark.usefixtures("any_table_will_do")
@pytest.mark.parametrize(
    ("differs_by", "counts", "found"),
    [
        (
            "account_scope",
            {"all": 30, "official": 26, "officers": None},
            "officers accounts, month of 2026-01-01 (public)",
        ),
        (
            "indicator_id",
            {"answered_1h_pct": 30, "by_day": 26, "at_night": None},
            "all accounts, month of 2026-01-01 (public, night)",
        ),
    ],
)
def test_a_suppressed_count_that_can_be_worked_out_stops_the_release_and_nobody_lets_it_pass(
    tmp_path: Path, differs_by: str, counts: dict[str, int | None], found: str
) -> None:
    cell = good_rows("release_bench_values")[0] | {"indicator_id": "answered_1h_pct", "area_id": "kent"}
    rows = [
        cell | {"account_scope": "all", "n": n, "period_type": "month", differs_by: key}
        for key, n in counts.items()
    ]
    for row in rows:
        row |= {"note_detail": None, "value_note": None if row["n"] else "suppressed", "platform": "bluesky"}
    path = warehouse(tmp_path, collection(5), bench_values=frame_of("release_bench_values", rows))
    override = Override("disclosure", "the data lead", "never mind", date(2026, 12, 1))
    result = release_gate(path, "build-1", None, {override.rule: override})
    (line,) = result.failures
    assert line.startswith(f"disclosure: kent, bluesky, {found}: suppressed")
    assert result.checked_rows["suppressed_counts"] == 1
    assert is_complete(result)


@pytest.mark.usefixtures("any_table_will_do")
@pytest.mark.parametrize(("got", "passed"), [(5, True), (4, True), (3, False), (0, False)])
def test_four_fifths_of_the_forces_that_are_due_must_be_collected(
    tmp_path: Path, got: int, passed: bool
) -> None:
    result = release_gate(warehouse(tmp_path, collection(got)), "build-1", None)
    assert result.passed is passed
    said = [f"forces_collected: only {got} of 5 forces that are due were collected on the newest day"]
    assert result.failures == ([] if passed else said)


@pytest.mark.usefixtures("any_table_will_do")
def test_only_the_newest_day_and_accounts_that_are_due_count_as_collected(tmp_path: Path) -> None:
    before = collection(0, day=date(2026, 11, 8))
    closed = collection(0, is_due=False, forces=[f"closed-{n}" for n in range(9)])
    assert release_gate(warehouse(tmp_path, [*before, *collection(4), *closed]), "build-1", None).passed


@pytest.mark.usefixtures("any_table_will_do")
def test_what_pulling_again_cannot_bring_stops_nobody(tmp_path: Path) -> None:
    rows = [("youtube:a", DAY, "a", True, "refused", "not_authorised", False)]
    rows += [("bluesky:b", DAY, "b", True, "refused", "suspended", True)]
    assert release_gate(warehouse(tmp_path, rows), "build-1", None).passed


@pytest.mark.usefixtures("any_table_will_do")
def test_an_empty_answer_is_collected_and_one_account_is_enough_for_a_force(tmp_path: Path) -> None:
    empty = [("youtube:a", DAY, "a", True, "empty"), ("bluesky:a", DAY, "a", True, "throttled")]
    assert release_gate(warehouse(tmp_path, empty), "build-1", None).passed


def cells(*without: str, week: date = date(2026, 11, 2)) -> pl.DataFrame:
    """A number for each of ten forces on two platforms in a week, but for those of `without`."""
    rows = [
        good_rows("release_bench_values")[0]
        | {"area_id": f"force-{n}", "platform": platform, "period_type": "week", "period_start": week}
        | ({"value": None} if f"force-{n}/{platform}" in without else {})
        for n in range(10)
        for platform in ("bluesky", "mastodon")
    ]
    return frame_of("release_bench_values", rows)


def release_of(folder: Path, found: pl.DataFrame) -> Path:
    """The folder of a release with these cells."""
    (folder / "tables").mkdir(parents=True)
    found.write_parquet(folder / "tables" / "bench_values.parquet")
    TEN.write_parquet(folder / "tables" / "dim_force.parquet")
    NOBODY.write_parquet(folder / "tables" / "dim_force_population.parquet")
    return folder


#: The last of ten forces has half of the residents.
TEN = pl.DataFrame(
    {"force_id": [f"force-{n}" for n in range(10)], "population": [*range(1000, 1900, 100), 13050]}
)
NOBODY = pl.DataFrame(
    schema={"force_id": pl.String, "from_year": pl.Int64, "vintage": pl.String, "population": pl.Int64}
)
RESIDENTS = {"dim_force": TEN, "dim_force_population": NOBODY}
LATER = date(2026, 11, 9)


def all_of(platform: str, forces: range = range(10)) -> list[str]:
    return [f"force-{n}/{platform}" for n in forces]


@pytest.mark.usefixtures("any_table_will_do")
@pytest.mark.parametrize(
    ("present", "rules"),
    [
        ([cells()], set()),
        ([cells("force-0/bluesky")], set()),  # one number of twenty
        ([cells("force-0/bluesky", "force-1/mastodon")], set()),  # a tenth, and a tenth on each platform
        ([cells(*all_of("bluesky", range(2)))], {"forces_covered"}),
        ([cells("force-9/bluesky")], {"residents_covered"}),
        ([cells("force-0/bluesky", "force-0/mastodon")], {"forces_lost"}),
        (
            [cells(*all_of("mastodon"))],
            {"values_lost", "platforms_lost", "forces_covered", "residents_covered"},
        ),
        ([cells(), cells(week=LATER)], set()),
        # The numbers of before are all there; but the newest week has too few.
        ([cells(), cells(*all_of("bluesky", range(2)), week=LATER)], {"forces_covered"}),
        # Weeks that are not kept any more are not lost.
        ([cells(week=LATER)], set()),
    ],
)
def test_what_a_release_would_lose_stops_it(
    tmp_path: Path, present: list[pl.DataFrame], rules: set[str]
) -> None:
    previous = release_of(tmp_path / "last", cells())
    path = warehouse(
        tmp_path, collection(5), bench_values=pl.concat(present), dim_force=TEN, dim_force_population=NOBODY
    )
    result = release_gate(path, "build-1", previous)
    assert {failure.split(":")[0] for failure in result.failures} == rules
    assert result.passed is (not rules)


@pytest.mark.usefixtures("any_table_will_do")
def test_an_override_lets_its_rule_pass_and_says_so(tmp_path: Path) -> None:
    previous = release_of(tmp_path / "last", cells())
    path = warehouse(
        tmp_path,
        collection(3),
        bench_values=cells("force-9/bluesky"),
        dim_force=TEN,
        dim_force_population=NOBODY,
    )
    override = Override("residents_covered", "the data lead", "the account was closed", date(2026, 12, 1))
    result = release_gate(path, "build-1", previous, {override.rule: override})
    assert [failure.split(":")[0] for failure in result.failures] == ["forces_collected"]
    (line,) = result.overridden
    assert line.startswith(
        "bluesky: forces of 12,600 residents have a number in its newest week, of 25,650 had"
    )
    assert "until 2026-12-01 by the data lead: the account was closed" in line


@pytest.mark.parametrize(("months", "passed"), [(13, False), (14, True)])
def test_cells_of_the_newest_thirteen_months_are_looked_at_however_long_history_is(
    tmp_path: Path, months: int, passed: bool
) -> None:
    rows = good_rows("release_bench_values")
    newest = max(row["period_start"] for row in rows)
    for row in rows:
        row["period_end"] = newest
    end = pl.Series([newest]).dt.offset_by(f"-{months}mo").item()
    old = good_rows("release_bench_values")[0] | {"value": -1.0, "period_start": end, "period_end": end}
    many = frame_of("release_bench_values", [*rows, old])
    result = release_gate(warehouse(tmp_path, collection(5), bench_values=many), "build-1", None)
    assert result.passed is passed
    assert result.checked_rows["bench_values"] == (
        12 if passed else 13
    )  # but numbers are counted in all of them


CELL = KEY.split(", ")


@pytest.mark.parametrize("is_judged", [True, False])
def test_what_stands_in_a_release_that_was_judged_alike_is_not_judged_again(
    tmp_path: Path, is_judged: bool
) -> None:
    def build(name: str, rows: list[dict[str, Any]]) -> Path:
        (tmp_path / name).mkdir()
        frames = {"bench_values": frame_of("release_bench_values", rows)} | RESIDENTS
        return warehouse(tmp_path / name, collection(5), **frames)

    def wrong(path: Path) -> set[str]:
        result = release_gate(path, "build-1", last, is_judged=is_judged)
        assert result.checked_rows["bench_comparisons"] == 12
        return {failure.split(")")[0] for failure in result.failures}

    *good, old = sorted(good_rows("release_bench_values"), key=lambda row: [str(row[name]) for name in CELL])
    old |= {"value": -1.0}  # the release before has a fault that nobody saw
    last = tmp_path / "last"
    (last / "tables").mkdir(parents=True)
    for name in ("bench_values", "bench_comparisons"):
        rows = [*good, old] if name == "bench_values" else good_rows(f"release_{name}")
        frame_of(f"release_{name}", rows).write_parquet(last / "tables" / f"{name}.parquet")
    for name, frame in RESIDENTS.items():
        frame.write_parquet(last / "tables" / f"{name}.parquet")
    seen = set() if is_judged else {"bench_values: expect_column_values_to_be_between(value"}
    assert {failure for failure in wrong(build("same", [*good, old])) if "between(value" in failure} == seen
    new = wrong(build("new", [*good, old | {"area_id": "atlantis"}]))
    assert "bench_values: expect_column_values_to_be_in_set(area_id" in new
    # A second figure of a cell that stands is seen beside it.
    second = wrong(build("second", [*good, old, good[-1] | {"n": 99}]))
    assert any("expect_compound_columns_to_be_unique" in failure for failure in second)
    # Nothing at all is not the same as nothing new.
    assert "bench_values: expect_table_row_count_to_be_between(" in wrong(build("empty", []))


def test_a_broken_contract_stops_the_release(tmp_path: Path) -> None:
    good = frame_of("release_bench_values", good_rows("release_bench_values"))
    astray = good.with_columns(area_id=pl.col("area_id").replace("kent", "atlantis"))
    broken = astray.drop("population_vintage")
    result = release_gate(warehouse(tmp_path, collection(5), bench_values=broken), "build-1", None)
    assert not result.passed
    for said in ("columns_to_match_ordered_list", "values_to_be_in_set(area_id)"):
        assert any(said in failure for failure in result.failures)


@pytest.mark.usefixtures("any_table_will_do")
def test_an_area_with_neither_a_number_nor_a_reason_stops_the_release(tmp_path: Path) -> None:
    frames = {name: frame_of(f"release_{name}", good_rows(f"release_{name}")) for name in NUMBER_OR_REASON}
    without = {name: frame.filter(pl.col("area_id") != "kent") for name, frame in frames.items()}
    values = {"bench_values": without["bench_values"]}
    assert release_gate(warehouse(tmp_path, collection(5), **values), "build-1", None).passed
    (tmp_path / "warehouse.duckdb").unlink()
    result = release_gate(warehouse(tmp_path, collection(5), **without), "build-1", None)
    assert result.failures == ["neither a number nor a reason for kent"]


@pytest.mark.usefixtures("any_table_will_do")
@pytest.mark.parametrize(
    ("now", "failures"),
    [
        ([("kent", 2024, 2_000_000), ("essex", 2019, 1_900_000)], []),
        ([("kent", 2024, 2_199_000), ("essex", 2024, 900_000)], []),  # another year is no revision
        ([("surrey", 2024, 9)], []),
        ([("kent", 2024, 4_000_000)], ["residents of kent in 2024 are 4,000,000 (mid-2024), but 2,000,000"]),
        ([("kent", 2024, 1_799_999)], ["residents of kent in 2024 are 1,799,999 (mid-2024), but 2,000,000"]),
    ],
)
def test_residents_of_a_year_are_those_of_the_last_release(
    tmp_path: Path, now: list[tuple[str, int, int]], failures: list[str]
) -> None:
    before = [("kent", 2024, 2_000_000), ("essex", 2019, 1_800_000)]
    frames = {}
    for name, rows in (("now", now), ("before", before)):
        residents = pl.DataFrame(rows, schema=["force_id", "from_year", "population"], orient="row")
        frames[name] = residents.with_columns(vintage=pl.format("mid-{}", "from_year"))
    previous = release_of(tmp_path / "last", cells())
    frames["before"].write_parquet(previous / "tables" / "dim_force_population.parquet")
    tables = {"bench_values": cells(), "dim_force": TEN, "dim_force_population": frames["now"]}
    result = release_gate(warehouse(tmp_path, collection(5), **tables), "build-1", previous)
    end = " in the last release: more than 10% apart (force_populations.csv)"
    assert result.failures == [f"populations_changed: {failure}{end}" for failure in failures]
    assert result.passed == (not failures)


NUMBER_OR_REASON = ("bench_values", "bench_not_available")


# --- dbt's outcome


def ran(*statuses: tuple[str, str]) -> list[Node]:
    return [Node(unique_id, status, "a line", 0.1, 0) for unique_id, status in statuses]


def test_models_built_and_tests_passed_pass() -> None:
    results = ran(("model.a", "success"), ("test.a", "pass"), ("test.b", "warn"), ("model.e", "no-op"))
    assert dbt_gate(results, {"model.a", "test.b"}, "build-1") == GateResult(
        "dbt", "build-1", True, checked_rows={"tests": 2}
    )


@pytest.mark.parametrize("status", ["fail", "error", "skipped", "runtime error", "partial success"])
def test_anything_else_fails_and_is_named(status: str) -> None:
    for what in ("model.b", "test.b"):
        result = dbt_gate(ran(("test.a", "pass"), (what, status)), {what}, "build-1")
        assert not result.passed
        assert result.failures == [f"{what}: {status}: a line"]


def test_without_a_single_test_nothing_was_checked() -> None:
    for results in (ran(("model.a", "success")), ran()):
        result = dbt_gate(results, (), "build-1")
        assert (result.passed, result.failures) == (False, ["no dbt test was run"])


def test_what_the_project_has_and_the_build_did_not_run_is_named() -> None:
    """One test selected in place of all of them is no gate."""
    results = ran(("model.a", "success"), ("test.a", "pass"))
    result = dbt_gate(results, {"model.a", "test.a", "test.b", "seed.c"}, "build-1")
    assert not result.passed
    assert result.failures == ["seed.c: was not run", "test.b: was not run"]
