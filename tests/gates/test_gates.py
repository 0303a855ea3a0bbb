"""The gates: who is quarantined, when everything is, and what stops a release."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.gates.landing_gate import landing_gate
from pipelines.gates.records import GateResult, record, recorded
from pipelines.gates.release_gate import dbt_gate, release_gate
from pipelines.landing.store import Landing, write_atomically
from pipelines.warehouse.run_dbt import Node
from tests.gates.good_rows import AREAS, LANDING, RELEASE, frame_of, good_rows

DAY, RUN = date(2026, 11, 9), "run-1"
SEEN = datetime(2026, 11, 9, 5, 30)  # noqa: DTZ001
EIGHT = [f"force-{n}" for n in range(8)]


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing", {name: {} for name, _ in LANDING.schemas} | {"youtube": _youtube()})


def _youtube() -> dict[str, Any]:
    return {
        e: s for (name, e), s in LANDING.schemas.items() if name == "youtube" and e in ("profiles", "posts")
    }


def land(landing: Landing, bad: int = 0, forces: list[str] = EIGHT, **changed: Any) -> None:
    """A profile for each force, the first `bad` of them below zero."""
    common = [{"force_id": f, "account_id": f"youtube:{f}", "pulled_at_utc": SEEN} for f in forces]
    log = [{**row, "platform": "youtube", "entity": "profiles", "row_count": 1} for row in common]
    rows = [
        {**row, "channel_id": f"UC{n}", "subscriber_count": -1 if n < bad else n} | changed
        for n, row in enumerate(common)
    ]
    landing.write("youtube", DAY, RUN, {"profiles": rows, "requests": log})


def verdicts(landing: Landing) -> dict[str, str]:
    rows = landing.read("youtube", "verdicts", DAY, RUN)
    assert rows["platform"].unique().to_list() == ["youtube"]
    return dict(zip(rows["force_id"], rows["verdict"], strict=True))


def test_without_a_fault_every_force_passes(landing: Landing) -> None:
    land(landing)
    result = landing_gate(landing, "youtube", DAY, RUN, EIGHT)
    assert (result.passed, result.failures, result.quarantined) == (True, [], {})
    assert result.subject == "youtube/run-1"
    assert result.checked_rows == {"profiles": 8, "posts": 0}
    assert verdicts(landing) == dict.fromkeys(EIGHT, "passed")


def test_one_bad_force_is_quarantined_alone_and_its_verdict_says_why(landing: Landing) -> None:
    land(landing, bad=1)
    result = landing_gate(landing, "youtube", DAY, RUN, EIGHT)
    assert result.passed
    assert list(result.quarantined) == ["force-0"]
    assert verdicts(landing) == dict.fromkeys(EIGHT, "passed") | {"force-0": "quarantined"}
    row = landing.read("youtube", "verdicts", DAY, RUN).filter(pl.col("force_id") == "force-0").to_dicts()[0]
    assert row["expectation"] == ("youtube/profiles: expect_column_values_to_be_between(subscriber_count)")
    assert "below zero" in row["detail"]
    assert (row["row_count"], row["pulled_at_utc"], row["account_id"]) == (1, SEEN, "")


def test_at_a_quarter_of_the_forces_the_run_still_passes(landing: Landing) -> None:
    land(landing, bad=2)
    result = landing_gate(landing, "youtube", DAY, RUN, EIGHT)
    assert result.passed
    assert list(verdicts(landing).values()).count("quarantined") == 2


def test_beyond_a_quarter_the_gate_fails_and_every_force_is_quarantined(landing: Landing) -> None:
    land(landing, bad=3)
    result = landing_gate(landing, "youtube", DAY, RUN, EIGHT)
    assert not result.passed
    assert "3 of 8 forces in the run fail" in result.failures[-1]
    assert verdicts(landing) == dict.fromkeys(EIGHT, "quarantined")
    assert "below zero" in result.quarantined["force-0"]
    assert "3 of 8" in result.quarantined["force-7"]


def test_a_fault_of_the_frame_quarantines_every_force(landing: Landing) -> None:
    land(landing)
    path = landing.path("youtube", "profiles", DAY, RUN)
    write_atomically(path, pl.read_parquet(path).drop("subscriber_count"))
    result = landing_gate(landing, "youtube", DAY, RUN, EIGHT)
    assert not result.passed
    assert verdicts(landing) == dict.fromkeys(EIGHT, "quarantined")


def test_a_row_of_a_force_that_nobody_knows_is_everybodys_fault(landing: Landing) -> None:
    land(landing)
    path = landing.path("youtube", "profiles", DAY, RUN)
    rows = pl.read_parquet(path)
    write_atomically(path, rows.with_columns(force_id=pl.col("force_id").replace("force-7", "atlantis")))
    result = landing_gate(landing, "youtube", DAY, RUN, EIGHT)
    assert not result.passed
    assert verdicts(landing) == dict.fromkeys(EIGHT, "quarantined")


def test_rows_that_the_log_has_and_the_file_has_not_are_everybodys_fault(landing: Landing) -> None:
    land(landing)
    path = landing.path("youtube", "profiles", DAY, RUN)
    for left in (7, 0):
        write_atomically(path, pl.read_parquet(path).head(left))
        result = landing_gate(landing, "youtube", DAY, RUN, EIGHT)
        assert (result.passed, result.checked_rows["profiles"]) == (False, left)
        assert "youtube/profiles: expect_table_row_count_to_equal" in result.failures[0]
        assert verdicts(landing) == dict.fromkeys(EIGHT, "quarantined")


def test_a_force_in_the_log_that_the_registry_lacks_is_quarantined(landing: Landing) -> None:
    land(landing)
    result = landing_gate(landing, "youtube", DAY, RUN, EIGHT[1:])
    assert (result.passed, list(result.quarantined)) == (True, ["force-0"])


@pytest.mark.parametrize(("second", "passed"), [(0, True), (1, False)])
def test_an_hour_of_grace_is_not_the_future_and_a_second_more_is(
    landing: Landing, second: int, passed: bool
) -> None:
    land(landing, published_at_utc=datetime(2026, 11, 9, 6, 30, second))  # noqa: DTZ001
    assert landing_gate(landing, "youtube", DAY, RUN, EIGHT).passed is passed


def test_a_run_that_landed_nothing_but_its_log_passes(landing: Landing) -> None:
    log = [{"force_id": f, "account_id": f, "pulled_at_utc": SEEN, "platform": "youtube"} for f in EIGHT]
    landing.write("youtube", DAY, RUN, {"requests": log})
    assert landing_gate(landing, "youtube", DAY, RUN, EIGHT).passed
    assert set(verdicts(landing).values()) == {"passed"}


def test_a_run_in_which_nobody_was_due_passes(landing: Landing) -> None:
    result = landing_gate(landing, "youtube", DAY, RUN, EIGHT)
    assert (result.passed, result.quarantined) == (True, {})


def test_a_run_can_be_judged_again_and_the_later_verdict_stands(landing: Landing) -> None:
    land(landing)
    landing_gate(landing, "youtube", DAY, RUN, EIGHT[1:])
    assert verdicts(landing)["force-0"] == "quarantined"
    landing_gate(landing, "youtube", DAY, RUN, EIGHT)
    assert verdicts(landing) == dict.fromkeys(EIGHT, "passed")


def test_a_run_of_one_bad_force_stops_nobody_else(landing: Landing) -> None:
    land(landing, bad=1, forces=EIGHT[:1])
    result = landing_gate(landing, "youtube", DAY, RUN, EIGHT)
    assert (result.passed, verdicts(landing)) == (True, {"force-0": "quarantined"})


def test_a_verdict_is_recorded_and_read_back(tmp_path: Path) -> None:
    result = GateResult("landing", "youtube/run-1", False, ["because"], {"kent": "why"}, {"posts": 3})
    record(tmp_path, result)
    assert recorded(tmp_path, "landing", "youtube/run-1") == result
    later = GateResult("landing", "youtube/run-1", True)
    record(tmp_path, later)
    assert recorded(tmp_path, "landing", "youtube/run-1") == later
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["youtube--run-1.json"]


@pytest.mark.parametrize(("gate", "subject"), [("landing", "youtube/run-2"), ("release", "youtube/run-1")])
def test_a_gate_that_was_never_run_has_no_verdict(tmp_path: Path, gate: str, subject: str) -> None:
    record(tmp_path, GateResult("landing", "youtube/run-1", True))
    assert recorded(tmp_path, gate, subject) is None


# --- the release gate

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
    assert result == GateResult("release", "build-1", True, checked_rows=checked)


@pytest.mark.usefixtures("any_table_will_do")
@pytest.mark.parametrize(("got", "passed"), [(5, True), (4, True), (3, False), (0, False)])
def test_four_fifths_of_the_forces_that_are_due_must_be_collected(
    tmp_path: Path, got: int, passed: bool
) -> None:
    result = release_gate(warehouse(tmp_path, collection(got)), "build-1", None)
    assert result.passed is passed
    said = [f"only {got} of 5 forces that are due were collected on the newest day"]
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


@pytest.mark.usefixtures("any_table_will_do")
@pytest.mark.parametrize(("previous", "passed"), [(None, True), (0, True), (8, True), (9, False), (7, True)])
def test_a_tenth_of_the_numbers_must_not_go_missing(
    tmp_path: Path, previous: int | None, passed: bool
) -> None:
    result = release_gate(
        warehouse(tmp_path, collection(5)), "build-1", previous
    )  # 8 of 12 cells are numbers
    assert result.passed is passed
    if not passed:
        assert result.failures == ["8 numbers, but the current release has 9"]


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
    cells = frame_of("release_bench_values", [*rows, old])
    result = release_gate(warehouse(tmp_path, collection(5), bench_values=cells), "build-1", 10)
    assert result.passed is passed
    assert result.checked_rows["bench_values"] == (
        12 if passed else 13
    )  # but numbers are counted in all of them


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
