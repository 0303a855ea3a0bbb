"""The landing gate: whose rows of a run do not pass, and that they land with the verdict, as one."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.gates import landing_gate
from pipelines.gates.landing_gate import judge, judge_again, land
from pipelines.gates.records import GateResult, record, recorded
from pipelines.landing.manifest import DamagedError, Refused
from pipelines.landing.store import Landing
from tests.gates.good_rows import LANDING

DAY, RUN = date(2026, 11, 9), "r00000001-20261109T053000-aaaaaaaa"
SEEN = datetime(2026, 11, 9, 5, 30)  # noqa: DTZ001
EIGHT = [f"force-{n}" for n in range(8)]
Frames = dict[str, pl.DataFrame]


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing", {name: {} for name, _ in LANDING.schemas} | {"youtube": _youtube()})


def _youtube() -> dict[str, Any]:
    return {
        e: s for (name, e), s in LANDING.schemas.items() if name == "youtube" and e in ("profiles", "posts")
    }


def rows(bad: int = 0, **changed: Any) -> dict[str, list[dict[str, Any]]]:
    """A profile for each of eight forces, the first `bad` of them below zero."""
    common = [{"force_id": f, "account_id": f"youtube:{f}", "pulled_at_utc": SEEN} for f in EIGHT]
    asked = {"platform": "youtube", "entity": "profiles", "status": "landed", "row_count": 1}
    profiles = [
        {**row, "channel_id": f"UC{n}", "subscriber_count": -1 if n < bad else n} | changed
        for n, row in enumerate(common)
    ]
    return {"profiles": profiles, "requests": [row | asked for row in common]}


def frames(landing: Landing, bad: int = 0, **changed: Any) -> Frames:
    return landing.frames("youtube", RUN, rows(bad, **changed))


def forces(refused: list[Refused]) -> list[str]:
    return [each.force_id for each in refused]


def test_without_a_fault_every_account_passes(landing: Landing) -> None:
    assert judge(landing, "youtube", DAY, frames(landing), EIGHT) == []


def test_one_bad_account_is_quarantined_alone_and_the_verdict_says_why(landing: Landing) -> None:
    (refused,) = judge(landing, "youtube", DAY, frames(landing, bad=1), EIGHT)
    assert (refused.platform, refused.force_id, refused.account_id) == (
        "youtube",
        "force-0",
        "youtube:force-0",
    )
    assert refused.expectation == "youtube/profiles: expect_column_values_to_be_between(subscriber_count)"
    assert "below zero" in refused.detail


def test_a_forces_other_account_passes(landing: Landing) -> None:
    found = rows(bad=1)
    for entity, changed in (("profiles", {"subscriber_count": 3, "channel_id": "UC9"}), ("requests", {})):
        found[entity].append({**found[entity][0], "account_id": "youtube:force-0-dogs", **changed})
    refused = judge(landing, "youtube", DAY, landing.frames("youtube", RUN, found), EIGHT)
    assert [each.account_id for each in refused] == ["youtube:force-0"]


def test_a_fault_of_the_frame_is_everybodys(landing: Landing) -> None:
    found = frames(landing)
    found["profiles"] = found["profiles"].drop("subscriber_count")
    assert forces(judge(landing, "youtube", DAY, found, EIGHT)) == EIGHT


@pytest.mark.parametrize("column", ["force_id", "account_id"])
def test_a_row_of_nobody_that_was_asked_is_everybodys_fault(landing: Landing, column: str) -> None:
    found = frames(landing, bad=1)
    found["profiles"] = found["profiles"].with_columns(pl.col(column).str.replace("force-0", "atlantis"))
    assert forces(judge(landing, "youtube", DAY, found, EIGHT)) == EIGHT


@pytest.mark.parametrize("left", [7, 0])
def test_rows_that_the_log_has_and_the_frame_has_not_are_everybodys_fault(
    landing: Landing, left: int
) -> None:
    found = frames(landing)
    found["profiles"] = found["profiles"].head(left)
    refused = judge(landing, "youtube", DAY, found, EIGHT)
    assert forces(refused) == EIGHT
    assert refused[0].expectation == "youtube/profiles: expect_table_row_count_to_equal()"


def test_an_account_of_a_force_that_the_register_lacks_is_quarantined(landing: Landing) -> None:
    assert forces(judge(landing, "youtube", DAY, frames(landing), EIGHT[1:])) == ["force-0"]


@pytest.mark.parametrize(("second", "passed"), [(0, True), (1, False)])
def test_an_hour_of_grace_is_not_the_future_and_a_second_more_is(
    landing: Landing, second: int, passed: bool
) -> None:
    late = frames(landing, published_at_utc=datetime(2026, 11, 9, 6, 30, second))  # noqa: DTZ001
    assert (judge(landing, "youtube", DAY, late, EIGHT) == []) is passed


def test_a_run_that_brought_nothing_but_its_log_passes(landing: Landing) -> None:
    log = [{"force_id": f, "account_id": f, "pulled_at_utc": SEEN, "platform": "youtube"} for f in EIGHT]
    assert land(landing, "youtube", DAY, RUN, {"requests": log}, EIGHT) == []
    assert land(landing, "youtube", DAY, RUN.replace("1-", "2-"), {"requests": []}, EIGHT) == []


def test_rows_and_verdict_land_as_one(landing: Landing) -> None:
    refused = land(landing, "youtube", DAY, RUN, rows(bad=1), EIGHT)
    manifest = landing.manifest("youtube", DAY, RUN)
    assert manifest.quarantined == refused
    assert sorted(manifest.files) == ["profiles", "requests"]
    assert landing.read("youtube", "profiles", DAY, RUN).height == 8


def test_killed_in_the_gate_nothing_has_landed(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(landing_gate, "validate", killed)
    with pytest.raises(KeyboardInterrupt):
        land(landing, "youtube", DAY, RUN, rows(), EIGHT)
    assert not landing.root.exists()


def test_a_run_that_other_expectations_judged_is_judged_again(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(landing, "youtube", DAY, RUN, rows(bad=1), EIGHT)
    before = landing.manifest("youtube", DAY, RUN)
    monkeypatch.setattr(landing_gate, "validate", lambda *_: [])  # the expectation was wrong, and is gone
    assert forces(judge_again(landing, "youtube", DAY, RUN, EIGHT)) == ["force-0"]  # but nobody has said so
    monkeypatch.setattr(landing_gate, "suites_digest", lambda: "other")
    assert judge_again(landing, "youtube", DAY, RUN, EIGHT) == []
    after = landing.manifest("youtube", DAY, RUN)
    assert (after.quarantined, after.suites, after.files) == ([], "other", before.files)


def test_a_damaged_run_is_not_judged_again(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    land(landing, "youtube", DAY, RUN, rows(), EIGHT)
    landing.path("youtube", "profiles", DAY, RUN).unlink()
    monkeypatch.setattr(landing_gate, "suites_digest", lambda: "other")
    with pytest.raises(DamagedError, match="profiles"):
        judge_again(landing, "youtube", DAY, RUN, EIGHT)


def test_a_verdict_is_recorded_and_read_back(tmp_path: Path) -> None:
    result = GateResult("release", "build-1", False, ["because"], ["but"], {"bench_values": 3})
    record(tmp_path, result)
    assert recorded(tmp_path, "release", "build-1") == result
    later = GateResult("release", "build-1", True)
    record(tmp_path, later)
    assert recorded(tmp_path, "release", "build-1") == later
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["build-1.json"]


@pytest.mark.parametrize(("gate", "subject"), [("dbt", "build-1"), ("release", "build-2")])
def test_a_gate_that_was_never_run_has_no_verdict(tmp_path: Path, gate: str, subject: str) -> None:
    record(tmp_path, GateResult("release", "build-1", True))
    assert recorded(tmp_path, gate, subject) is None
