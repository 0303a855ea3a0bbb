"""The landing gate: who is quarantined, and when everything is; and the record that every gate leaves."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.gates.landing_gate import landing_gate
from pipelines.gates.records import GateResult, record, recorded
from pipelines.landing.store import Landing, write_atomically
from tests.gates.good_rows import LANDING

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
