"""What a day's verdicts come to together: accounts alone, or a platform as a whole."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing.quarantine import WHOLE, quarantined
from pipelines.landing.store import Landing
from pipelines.sources.catalogue import pulled_platforms, source
from tests.landing.landed import land, refused

DAY = date(2026, 11, 9)
EIGHT = [f"force-{n}" for n in range(8)]


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing", {name: source(name).ENTITIES for name in pulled_platforms()})


def run(
    landing: Landing,
    number: int,
    asked: list[str],
    bad: list[str] | None = None,
    status: str = "landed",
    name: str = "bluesky",
    day: date = DAY,
) -> None:
    """A run that asks an account of each force, of which those of `bad` do not pass."""
    log: list[dict[str, Any]] = [
        {"force_id": force, "account_id": f"{name}:{force}", "platform": name, "status": status}
        for force in asked
    ]
    out = [refused(f"{name}:{force}", force, name, f"{force} is below zero") for force in bad or []]
    land(landing, name, day, f"r{number:08d}", {"requests": log}, out)


def found(landing: Landing, name: str = "bluesky") -> dict[tuple[str, str], str]:
    rows = quarantined(landing, name, DAY, DAY).to_dicts()
    return {(row["run_id"], row["force_id"]): row["expectation"] for row in rows}


def test_without_a_fault_everybody_counts(landing: Landing) -> None:
    run(landing, 1, EIGHT)
    assert found(landing) == {}


def test_up_to_a_quarter_of_the_forces_are_quarantined_alone(landing: Landing) -> None:
    run(landing, 1, EIGHT, EIGHT[:2])
    assert {force for _, force in found(landing)} == set(EIGHT[:2])


def test_beyond_a_quarter_the_platform_is_and_says_how_many_and_one_reason(landing: Landing) -> None:
    run(landing, 1, EIGHT, EIGHT[:3])
    assert {force for _, force in found(landing)} == set(EIGHT)
    rows = quarantined(landing, "bluesky", DAY, DAY).sort("force_id").to_dicts()
    assert [row["expectation"] == WHOLE for row in rows] == [False] * 3 + [True] * 5
    assert rows[0]["detail"] == "force-0 is below zero"
    assert (
        rows[7]["detail"] == "bluesky as a whole: 3 of 8 forces fail, force-0 for one: force-0 is below zero"
    )
    assert rows[7]["day"] == DAY


def test_the_share_is_of_the_forces_on_that_platform_and_not_of_all(landing: Landing) -> None:
    run(landing, 1, EIGHT[:4], EIGHT[:2])  # two of four, though two of 48 would be few
    assert len(found(landing)) == 4


def test_one_forces_fault_is_its_own_also_where_there_are_few(landing: Landing) -> None:
    run(landing, 1, EIGHT[:2], EIGHT[:1])
    assert found(landing) == {("r00000001", "force-0"): "bluesky/posts: expect_nothing()"}


def test_a_healthy_force_pulled_again_does_not_clear_the_platform(landing: Landing) -> None:
    run(landing, 1, EIGHT, EIGHT[:3])
    run(landing, 2, EIGHT[7:])
    assert ("r00000002", "force-7") in found(landing)
    assert len(found(landing)) == 9


def test_enough_forces_pulled_again_clear_it(landing: Landing) -> None:
    run(landing, 1, EIGHT, EIGHT[:3])
    run(landing, 2, EIGHT[:1])
    # Two of eight are left: force-0 counts by its second answer, the healthy by their first.
    assert found(landing).keys() == {("r00000001", force) for force in EIGHT[:3]}


def test_pulled_again_without_an_answer_clears_nothing(landing: Landing) -> None:
    run(landing, 1, EIGHT, EIGHT[:3])
    run(landing, 2, EIGHT, status="failed")
    assert found(landing).keys() >= {("r00000001", force) for force in EIGHT}


def test_a_bad_answer_after_a_good_one_leaves_the_good_one(landing: Landing) -> None:
    run(landing, 1, EIGHT)
    run(landing, 2, EIGHT, EIGHT)
    assert found(landing).keys() == {("r00000002", force) for force in EIGHT}


def test_forces_that_did_not_answer_do_not_dilute_the_share(landing: Landing) -> None:
    run(landing, 1, EIGHT[:4], EIGHT[:2])
    run(landing, 2, EIGHT[4:], status="failed")
    assert {force for _, force in found(landing)} >= set(EIGHT[:4])


def test_another_platform_and_another_day_are_not_touched(landing: Landing) -> None:
    run(landing, 1, EIGHT, EIGHT)
    run(landing, 2, EIGHT, name="mastodon")
    run(landing, 3, EIGHT, day=date(2026, 11, 8))
    assert found(landing, "mastodon") == {}
    assert quarantined(landing, "bluesky", until=date(2026, 11, 8)).is_empty()


def test_a_return_is_judged_alone(landing: Landing) -> None:
    for number, force in enumerate(EIGHT[:4]):
        run(landing, number, [force], [force] if number < 3 else [], name="returns")
    assert {force for _, force in found(landing, "returns")} == set(EIGHT[:3])
