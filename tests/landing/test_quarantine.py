"""What a day's verdicts come to together: accounts alone, or a platform as a whole."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing.manifest import Decision
from pipelines.landing.quarantine import HELD, WHOLE, decisions, passed, quarantined
from pipelines.landing.store import Landing
from pipelines.sources.account_pull import PURPOSE
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


def decide(landing: Landing, number: int, is_release: bool, *forces: str, name: str = "bluesky") -> None:
    decision = Decision(is_release, [f"{name}:{force}" for force in forces], "an analyst", "looked at it")
    landing.decide(name, DAY, f"r{number:08d}", decision)


def test_what_was_looked_at_and_is_right_counts(landing: Landing) -> None:
    run(landing, 1, EIGHT, EIGHT[:2])
    decide(landing, 2, True, "force-0")
    assert {force for _, force in found(landing)} == {"force-1"}


def test_accounts_released_one_by_one_clear_the_platform(landing: Landing) -> None:
    run(landing, 1, EIGHT, EIGHT[:3])
    decide(landing, 2, True, "force-0")
    assert {force for _, force in found(landing)} == {"force-1", "force-2"}


def test_a_platform_released_counts_whole(landing: Landing) -> None:
    run(landing, 1, EIGHT, EIGHT[:3])
    decide(landing, 2, True)
    assert found(landing) == {}


def test_a_decision_is_about_what_had_landed_and_not_about_what_comes(landing: Landing) -> None:
    run(landing, 1, EIGHT, EIGHT[:1])
    decide(landing, 2, True)
    run(landing, 3, EIGHT, EIGHT[:1])
    assert found(landing).keys() == {("r00000003", "force-0")}


def test_what_is_held_is_kept_out_and_says_by_whom_and_why(landing: Landing) -> None:
    run(landing, 1, EIGHT)
    decide(landing, 2, False, "force-5")
    (row,) = quarantined(landing, "bluesky").to_dicts()
    assert (row["account_id"], row["expectation"]) == ("bluesky:force-5", HELD)
    assert row["detail"] == "held by an analyst: looked at it"


def test_a_platform_held_is_kept_out_whole_and_the_later_decision_stands(landing: Landing) -> None:
    run(landing, 1, EIGHT)
    decide(landing, 2, False)
    assert len(found(landing)) == 8
    decide(landing, 3, True)
    assert found(landing) == {}
    assert [row["is_release"] for row in decisions(landing, DAY)] == [False, True]


def test_a_held_return_is_kept_out(landing: Landing) -> None:
    run(landing, 1, ["kent"], name="returns")
    decide(landing, 2, False, name="returns")
    assert found(landing, "returns").keys() == {("r00000001", "kent")}


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("run"), st.sets(st.sampled_from(EIGHT)), st.sets(st.sampled_from(EIGHT))),
            st.tuples(st.booleans(), st.sets(st.sampled_from(EIGHT)), st.none()),
        ),
        max_size=8,
    )
)
@settings(max_examples=150, deadline=None)
def test_nobody_counts_whose_rows_failed_unless_released_and_at_most_a_quarter_fail(
    events: list[Any],
) -> None:
    """Nobody counts whose rows failed and were not released, nor anybody while over a quarter fail."""
    with tempfile.TemporaryDirectory() as folder:
        landing = Landing(Path(folder), {name: source(name).ENTITIES for name in pulled_platforms()})
        counts: dict[tuple[str, str], bool] = {}
        held: set[tuple[str, str]] = set()
        everybody_since = ""
        for number, (kind, forces, bad) in enumerate(events):
            run_id = f"r{number:08d}"
            if kind == "run":
                run(landing, number, sorted(forces), sorted(bad & forces))
                counts |= {(run_id, force): force not in bad for force in forces}
                continue
            decide(landing, number, kind, *sorted(forces))
            about = {key for key in counts if not forces or key[1] in forces}
            counts |= dict.fromkeys(about, kind)
            held = held - about if kind else held | about
            everybody_since = run_id if kind and not forces else everybody_since
        asked = {force for _, force in counts}
        failing = {
            force
            for force in asked
            if not any(ok for (_, f), ok in counts.items() if f == force)
            and any(not ok for key, ok in counts.items() if key[1] == force and key not in held)
        }
        whole = len(failing) >= 2 and len(failing) > len(asked) / 4
        expected = {key for key, ok in counts.items() if not ok or (whole and key[0] > everybody_since)}
        assert found(landing).keys() == expected


def test_files_from_before_a_column_are_read_with_nothing_in_it(landing: Landing) -> None:
    """Posts that landed before there were rules have no purpose."""
    entities = {name: source(name).ENTITIES for name in pulled_platforms()}
    posts = {name: kind for name, kind in entities["bluesky"]["posts"].items() if name not in PURPOSE}
    older = Landing(landing.root, entities | {"bluesky": {**entities["bluesky"], "posts": posts}})
    older.prepare()
    row = {"force_id": "kent", "account_id": "bluesky:kent", "uri": "at://1", "kind": "post"}
    land(older, "bluesky", DAY, "r00000001", {"posts": [row]})
    landing.prepare()
    told = {"purpose": "appeal", "purpose_rules_version": 1}
    land(landing, "bluesky", DAY, "r00000002", {"posts": [row | {"uri": "at://2"} | told]})

    read = passed(landing, "bluesky", "posts", DAY, DAY, list(landing.schemas["bluesky", "posts"]))
    found = read.sort("uri").select("uri", *PURPOSE).rows()
    assert found == [("at://1", None, None), ("at://2", "appeal", 1)]
    schema = pl.read_parquet_schema(landing.schema_path("bluesky", "posts"))
    assert set(PURPOSE) <= set(schema)
