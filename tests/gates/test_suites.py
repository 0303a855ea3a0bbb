"""Tests of the tests: each expectation holds on good rows, and fires on a bad row made for it alone.

The bad rows of what is gated are made from its expectations and checked together in one frame; each
expectation must then name exactly its own. What is about a table as a whole gets a frame of its own. An
expectation of a type that no bad row is known for fails here.
"""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import polars as pl
import polars.selectors as cs
import pytest

from pipelines.gates import suites
from pipelines.gates.validation import Failure, validate
from pipelines.landing.store import LOG
from tests.gates.good_rows import (
    LANDING,
    OF_TABLES,
    PARAMETERS,
    RELEASE,
    SCHEMAS,
    Expectation,
    Row,
    definitions_of,
    expectations_of,
    failures_of,
    frame_of,
    good_row,
    good_rows,
    suite_of,
)

ALL = [expectation for gated in SCHEMAS for expectation in expectations_of(gated)]
OF_ROWS = [expectation for expectation in ALL if expectation.type not in OF_TABLES]
LANDED = [gated for gated in SCHEMAS if "/" in gated]
VALUES = "release_bench_values"
UNIQUE = ("expect_compound_columns_to_be_unique", "expect_column_values_to_be_unique")


def _less(value: Any) -> Any:
    return value - (timedelta(days=1) if isinstance(value, date) else 1)


def _below_and_above(e: Expectation, row: Row) -> list[Row]:
    column, low, high = e.kwargs["column"], e.kwargs.get("min_value"), e.kwargs.get("max_value")
    out = []
    if isinstance(low, str):
        out.append({column: datetime.fromisoformat(low).replace(tzinfo=None) - timedelta(seconds=1)})
    elif low is not None:
        out.append({column: low - 1})
    if isinstance(high, str):
        out.append({column: datetime.fromisoformat(high).replace(tzinfo=None) + timedelta(seconds=1)})
    elif high is not None:
        out.append({column: high + 1})
    return out


BREAKS: dict[str, Callable[[Expectation, Row], list[Row]]] = {
    "expect_column_values_to_not_be_null": lambda e, row: [{e.kwargs["column"]: None}],
    "expect_column_values_to_be_null": lambda e, row: [{e.kwargs["column"]: "late"}],
    "expect_column_values_to_be_in_set": lambda e, row: [
        {e.kwargs["column"]: 99 if isinstance(row[e.kwargs["column"]], int) else "atlantis"}
    ],
    "expect_column_values_to_not_match_regex": lambda e, row: [{e.kwargs["column"]: "=1+1"}],
    "expect_column_values_to_be_between": _below_and_above,
    "expect_column_pair_values_a_to_be_greater_than_b": lambda e, row: [
        {e.kwargs["column_A"]: _less(row[e.kwargs["column_B"]])}
    ],
}
#: Which kind of good cell (see `_value_or_reason`) a change of `value` or `value_note` begins with.
CELL_FOR = {"value": 1, "value_note": 2}


def bad_rows(e: Expectation, numbers: Callable[[int], int]) -> list[Row]:
    """Rows, each of which breaks `e`. `numbers(cell)` gives the next free number of a kind of cell."""
    if e.type in UNIQUE:
        first = good_row(e.gated, numbers(0))
        return [first, {**good_row(e.gated, numbers(0)), **{name: first[name] for name in e.columns}}]
    cell = CELL_FOR.get(e.kwargs.get("column", ""), 0)
    if e.type == "expect_column_values_to_be_null":
        cell = 1
    changes = BREAKS[e.type](e, good_row(e.gated, numbers(cell)))
    return [{**good_row(e.gated, numbers(cell)), **_looked_at(e), **change} for change in changes]


def _looked_at(e: Expectation) -> Row:
    """What a row must have for an expectation of some rows to look at it."""
    condition = e.kwargs.get("row_condition", {})
    if condition.get("operator") != "==":
        return {}
    return {condition["column"]["name"]: condition["parameter"]}


def free_numbers() -> Callable[[int], int]:
    taken = 99

    def numbers(cell: int) -> int:
        nonlocal taken
        taken += 1
        while taken % 3 != cell:
            taken += 1
        return taken

    return numbers


@cache
def bad_frame(gated: str) -> tuple[pl.DataFrame, dict[int, list[int]]]:
    """Good rows and the bad rows of each expectation, and which these are by the expectation's place."""
    rows, numbers = good_rows(gated), free_numbers()
    expected = {}
    for e in expectations_of(gated):
        if e.type not in OF_TABLES:
            bad = bad_rows(e, numbers)
            expected[e.place] = list(range(len(rows), len(rows) + len(bad)))
            rows += bad
    return frame_of(gated, rows), expected


@cache
def broken(gated: str) -> tuple[dict[int, list[int]], list[Failure]]:
    """The bad rows of what is gated, by the expectation's place, and what is said of all in one frame."""
    frame, expected = bad_frame(gated)
    return expected, failures_of(gated, frame)


def named(e: Expectation) -> str:
    """The expectation as a failure names it."""
    columns = e.kwargs.get("column") or e.kwargs.get("column_list") or e.kwargs.get("column_A")
    return f"{e.type}({', '.join(columns) if isinstance(columns, list) else columns})"


# --- how suites are put together


def test_every_file_is_of_something_that_is_gated_and_says_nothing_twice() -> None:
    used, wanted = set(), {suite_of(gated) for gated in SCHEMAS}
    while wanted:
        used |= wanted
        told = [json.loads((suites.SUITES / f"{name}.json").read_text()) for name in wanted]
        wanted = {definition["extends"] for definition in told if "extends" in definition}
    assert used == {path.stem for path in suites.SUITES.glob("*.json")}
    for gated in SCHEMAS:
        said = [json.dumps([e["type"], e["kwargs"]]) for e in definitions_of(gated)]
        assert len(said) == len(set(said))


def test_a_suite_is_the_most_particular_file_and_what_it_extends() -> None:
    found = {(s, e): suites.landing_suite(s, e) for s, e in LANDING.schemas if e not in LOG}
    assert found["youtube", "profiles"] == "landing_profiles"
    assert found["bluesky", "profiles"] == "landing_bluesky_profiles"
    assert found["returns", "profiles"] == "landing_returns"
    assert found["returns", "posts"] == "landing_returns_posts"
    assert suites.landing_suite("atlantis", "stories") == "landing"
    assert (
        definitions_of("bluesky/profiles")[: len(definitions_of("youtube/profiles"))][0]
        == (definitions_of("youtube/profiles")[0])
    )
    assert [e["kwargs"] for e in definitions_of("bluesky/profiles")][-1] == {"column": "followers_count"}


def test_an_expectation_is_repeated_for_each_value_or_for_each_of_the_columns_that_there_are(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "SUITES", tmp_path)
    first = {"type": "a", "kwargs": {"column": {"$EACH": "counts"}, "min_value": 0}}
    second = {
        "type": "b",
        "kwargs": {"column": {"$EACH": ["kind", "gone"]}, "of": [{"$PARAMETER": "latest"}]},
    }
    (tmp_path / "base.json").write_text(json.dumps({"expectations": [first]}))
    (tmp_path / "own.json").write_text(json.dumps({"extends": "base", "expectations": [second]}))
    given = {"counts": ["x_count", "y_count"], "columns": ["kind", "x_count", "y_count"], "latest": "now"}
    assert suites.expectations_of("own", given) == [
        {"type": "a", "kwargs": {"column": "x_count", "min_value": 0}},
        {"type": "a", "kwargs": {"column": "y_count", "min_value": 0}},
        {"type": "b", "kwargs": {"column": "kind", "of": ["now"]}},
    ]
    with pytest.raises(KeyError, match="latest"):
        suites.expectations_of("own", {"counts": [], "columns": ["kind"]})


def test_a_suite_that_is_not_there_is_an_error_and_no_pass() -> None:
    with pytest.raises(FileNotFoundError):
        suites.expectations_of("landing_atlantis_posts", {})


@pytest.mark.parametrize("gated", LANDED)
def test_every_counter_that_lands_is_checked_for_being_below_zero(gated: str) -> None:
    counters = {name for name in SCHEMAS[gated] if name.endswith("_count")}
    between = [e for e in expectations_of(gated) if e.type == "expect_column_values_to_be_between"]
    assert {e.kwargs["column"] for e in between if e.kwargs.get("min_value") == 0} - {"line"} == counters


# --- that they fire, and only when they should


@pytest.mark.parametrize("gated", SCHEMAS)
def test_good_rows_pass_and_every_expectation_says_why_it_is_there(gated: str) -> None:
    assert failures_of(gated, frame_of(gated, good_rows(gated))) == []
    assert all(e["meta"]["why"].endswith(".") for e in definitions_of(gated))


@pytest.mark.parametrize("expectation", OF_ROWS, ids=str)
def test_a_bad_row_makes_its_expectation_fire_and_no_other(expectation: Expectation) -> None:
    expected, failures = broken(expectation.gated)
    rows = expected[expectation.place]
    firing = [failure for failure in failures if set(failure.rows) & set(rows)]
    assert [(failure.expectation, failure.rows) for failure in firing] == [(named(expectation), rows)]
    assert f"unexpected_count {len(rows)}" in str(firing[0])


@pytest.mark.parametrize("gated", SCHEMAS)
def test_in_a_frame_of_bad_rows_every_expectation_about_rows_fires(gated: str) -> None:
    expected, failures = broken(gated)
    assert len(failures) == len(expected)


@pytest.mark.parametrize("gated", LANDED)
def test_a_frame_of_one_row_or_of_none_is_checked_like_any_other(gated: str) -> None:
    assert failures_of(gated, frame_of(gated, [good_row(gated, 1)])) == []
    empty = frame_of(gated, [])
    assert failures_of(gated, empty) == []
    assert table_failures(gated, empty, logged_rows=1) == ["expect_table_row_count_to_equal()"]
    numbers = free_numbers()
    for e in expectations_of(gated):
        for row in bad_rows(e, numbers) if e.type not in {*OF_TABLES, *UNIQUE} else []:
            fired = failures_of(gated, frame_of(gated, [row]))
            assert [(failure.expectation, failure.rows) for failure in fired] == [(named(e), [0])]


@pytest.mark.parametrize("gated", LANDED)
def test_what_the_platform_did_not_say_breaks_nothing(gated: str) -> None:
    """A column of empty cells has no type of its own in pandas."""
    needed = {name for e in expectations_of(gated) if "not_be_null" in e.type for name in e.columns}
    row = {name: value if name in needed else None for name, value in good_row(gated, 1).items()}
    if "direction" in row:
        row["direction"] = "inbound"
    assert failures_of(gated, frame_of(gated, [row])) == []
    assert failures_of(gated, frame_of(gated, [row, {**good_row(gated, 2), "force_id": "kent"}])) == []


@pytest.mark.parametrize("gated", ["bluesky/posts", "returns/messages", *RELEASE])
def test_great_expectations_says_the_same_by_its_own_way(gated: str) -> None:
    """It is slower, and public."""
    frame, _ = bad_frame(gated)
    ours = [(f.expectation.split("(")[0], f.rows) for f in failures_of(gated, frame)]
    import great_expectations as gx  # noqa: PLC0415 (validation.py has switched its telemetry off)

    asset = gx.get_context(mode="ephemeral").data_sources.add_pandas("pandas").add_dataframe_asset("frame")
    zoned = frame.with_columns(cs.datetime().dt.replace_time_zone("UTC")).to_pandas()
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": zoned})
    suite = gx.ExpectationSuite(name=gated, expectations=definitions_of(gated, logged_rows=frame.height))
    said = batch.validate(suite, result_format="COMPLETE").results
    theirs = [(r.expectation_config.type, r.result["unexpected_index_list"]) for r in said if not r.success]
    assert sorted(ours) == sorted(theirs)


def table_failures(gated: str, rows: list[Row] | pl.DataFrame, **parameters: Any) -> list[str]:
    frame = rows if isinstance(rows, pl.DataFrame) else frame_of(gated, rows)
    failures = failures_of(gated, frame, **parameters)
    assert all(failure.rows == [] for failure in failures)  # the table as a whole is to blame
    return [failure.expectation for failure in failures]


def test_a_bad_table_makes_its_expectation_fire_and_no_other() -> None:
    good = good_rows(VALUES)
    frame = frame_of(VALUES, good)
    column_list = next(e for e in ALL if e.type == "expect_table_columns_to_match_ordered_list")
    assert frame.columns == column_list.kwargs["column_list"]
    swapped = [*frame.columns[:-2], *frame.columns[:-3:-1]]
    posts = frame_of("mastodon/posts", good_rows("mastodon/posts"))
    cases = {
        "expect_table_columns_to_match_ordered_list": [
            table_failures(VALUES, frame.select(swapped)),
            table_failures(VALUES, frame.drop("note_detail")),
            table_failures(VALUES, frame.with_columns(extra=1)),
        ],
        "expect_table_row_count_to_be_between": [table_failures(VALUES, frame.clear())],
        "expect_table_row_count_to_equal": [
            table_failures("mastodon/posts", posts, logged_rows=11),
            table_failures("mastodon/posts", posts, logged_rows=13),
        ],
    }
    assert set(cases) == OF_TABLES == {e.type for e in ALL} & OF_TABLES
    for kind, fired in cases.items():
        assert [len(names) for names in fired] == [1] * len(fired)
        assert all(names[0].startswith(kind) for names in fired)


def test_an_expectation_under_a_condition_looks_at_its_own_rows_alone() -> None:
    with_limits, alone, reason = (good_row(VALUES, number) for number in range(300, 303))
    good = good_rows(VALUES)
    added: list[tuple[Row, str]] = [
        ({**reason, "value_note": None}, "expect_column_values_to_not_be_null(value_note)"),
        ({**alone, "value_note": "late"}, "expect_column_values_to_be_null(value_note)"),
        ({**alone, "value": 101.0}, "expect_column_values_to_be_between(value)"),
        ({**alone, "value": 101.0, "unit": "seconds"}, ""),
        ({**with_limits, "unit": "per 1,000 residents"}, ""),
        ({**alone, "value": -1.0}, "expect_column_values_to_be_between(value)"),
        ({**alone, "value": -99.0, "unit": "% change"}, ""),
        ({**alone, "value": 250.0, "unit": "% change"}, ""),
        ({**alone, "value": -101.0, "unit": "% change"}, "expect_column_values_to_be_between(value)"),
    ]
    days = [date(2020, 1, 1 + number) for number in range(len(added))]  # each a cell of its own
    rows = [{**row, "period_start": day} for (row, _), day in zip(added, days, strict=True)]
    failures = failures_of(VALUES, frame_of(VALUES, [*good, *rows]))
    fired = {number: name for number, (_, name) in enumerate(added, start=len(good)) if name}
    assert {row: failure.expectation for failure in failures for row in failure.rows} == fired


def test_a_time_beyond_what_nanoseconds_hold_is_in_the_future_all_the_same() -> None:
    row = {**good_row("mastodon/posts", 1), "created_at_utc": datetime(9999, 1, 1)}  # noqa: DTZ001
    (failure,) = failures_of("mastodon/posts", frame_of("mastodon/posts", [row]))
    assert failure.expectation == "expect_column_values_to_be_between(created_at_utc)"


def test_a_failure_that_cannot_be_computed_is_a_failure_of_the_whole_frame() -> None:
    frame = frame_of("youtube/profiles", good_rows("youtube/profiles")).drop("subscriber_count")
    (failure,) = failures_of("youtube/profiles", frame)
    assert failure.expectation == "expect_column_values_to_be_between(subscriber_count)"
    assert failure.rows == []
    assert '"subscriber_count" in BatchData does not exist' in str(failure)
    assert "Traceback" not in str(failure)


def test_a_failure_says_what_was_checked_and_why() -> None:
    rows = [*good_rows("youtube/posts"), {**good_row("youtube/posts", 99), "view_count": -1}]
    (failure,) = failures_of("youtube/posts", frame_of("youtube/posts", rows))
    assert str(failure).startswith("youtube/posts: expect_column_values_to_be_between(view_count) (")
    assert "unexpected_count 1, " in str(failure)
    assert "element_count 13, " in str(failure)
    assert str(failure).endswith("A counter below zero is a broken answer; no platform has one.")


def test_expectations_that_hold_of_one_frame_are_judged_anew_on_the_next() -> None:
    gated = "youtube/posts"
    good, bad = (frame_of(gated, [{**good_row(gated, 1), "view_count": n}]) for n in (1, -1))
    expectations = definitions_of(gated, logged_rows=1)
    found = [len(validate(gated, expectations, frame)) for frame in (good, bad, good, bad)]
    assert found == [0, 1, 0, 1]
    later = definitions_of(gated, logged_rows=1, latest="2000-01-01 00:00:00+00:00")
    assert [f.expectation for f in validate(gated, later, good)] == [
        "expect_column_values_to_be_between(published_at_utc)"
    ]
    assert PARAMETERS["latest"] > "2026"
