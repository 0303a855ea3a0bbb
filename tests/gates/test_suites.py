"""Tests of the tests: each expectation holds on good rows, and fires on a bad row made for it alone.

The bad rows of a suite are made from its expectations and checked together in one frame; each expectation
must then name exactly its own. What is about a table as a whole gets a frame of its own. An expectation
of a type that no bad row is known for fails here.
"""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import polars as pl
import pytest

from pipelines.gates.suites import SUITES, Failure, has_suite, validate
from tests.gates.good_rows import (
    ALL,
    LANDING,
    OF_TABLES,
    PARAMETERS,
    SUITE_NAMES,
    Expectation,
    Row,
    expectations_of,
    filled,
    frame_of,
    good_row,
    good_rows,
    schema_of,
)

OF_ROWS = [expectation for expectation in ALL if expectation.type not in OF_TABLES]


def _less(value: Any) -> Any:
    return value - (timedelta(days=1) if isinstance(value, date) else 1)


def _below_and_above(e: Expectation, row: Row) -> list[Row]:
    column, low, high = (
        e.kwargs["column"],
        filled(e.kwargs.get("min_value")),
        filled(e.kwargs.get("max_value")),
    )
    out = []
    if low is not None:
        out.append({column: low - 1})
    if high is not None:
        moment = isinstance(high, str)
        out.append({column: datetime.fromisoformat(high) + timedelta(seconds=1) if moment else high + 1})
    return out


BREAKS: dict[str, Callable[[Expectation, Row], list[Row]]] = {
    "expect_column_values_to_not_be_null": lambda e, row: [{e.kwargs["column"]: None}],
    "expect_column_values_to_be_null": lambda e, row: [{e.kwargs["column"]: "late"}],
    "expect_column_values_to_be_in_set": lambda e, row: [
        {e.kwargs["column"]: 99 if isinstance(row[e.kwargs["column"]], int) else "atlantis"}
    ],
    "expect_column_values_to_be_between": _below_and_above,
    "expect_column_pair_values_a_to_be_greater_than_b": lambda e, row: [
        {e.kwargs["column_A"]: _less(row[e.kwargs["column_B"]])}
    ],
}
#: Which kind of good cell (see `_value_or_reason`) a change of `value` or `value_note` begins with.
CELL_FOR = {"value": 1, "value_note": 2}


def bad_rows(e: Expectation, numbers: Callable[[int], int]) -> list[Row]:
    """Rows, each of which breaks `e`. `numbers(cell)` gives the next free number of a kind of cell."""
    if e.type in ("expect_compound_columns_to_be_unique", "expect_column_values_to_be_unique"):
        first = good_row(e.suite, numbers(0))
        return [first, {**good_row(e.suite, numbers(0)), **{name: first[name] for name in e.columns}}]
    cell = CELL_FOR.get(e.kwargs.get("column", ""), 0)
    if e.type == "expect_column_values_to_be_null":
        cell = 1
    changes = BREAKS[e.type](e, good_row(e.suite, numbers(cell)))
    return [{**good_row(e.suite, numbers(cell)), **change} for change in changes]


@cache
def broken(suite: str) -> tuple[dict[int, list[int]], list[Failure]]:
    """A suite's bad rows, by the expectation's place, and what the suite says of all in one frame."""
    rows, taken = good_rows(suite), 99

    def numbers(cell: int) -> int:
        nonlocal taken
        taken += 1
        while taken % 3 != cell:
            taken += 1
        return taken

    expected = {}
    for e in expectations_of(suite):
        if e.type not in OF_TABLES:
            bad = bad_rows(e, numbers)
            expected[e.place] = list(range(len(rows), len(rows) + len(bad)))
            rows += bad
    return expected, validate(suite, frame_of(suite, rows), PARAMETERS)


def named(e: Expectation) -> str:
    """The expectation as a failure names it."""
    columns = e.kwargs.get("column") or e.kwargs.get("column_list") or e.kwargs.get("column_A")
    return f"{e.type}({', '.join(columns) if isinstance(columns, list) else columns})"


# --- the tests


def test_every_landed_entity_has_a_suite_and_no_suite_is_of_nothing() -> None:
    entities = {f"landing_{name}_{e}" for name, e in LANDING.schemas if e not in ("requests", "verdicts")}
    assert set(SUITE_NAMES) == entities | {"release_bench_values", "release_bench_comparisons"}
    assert all(has_suite(suite) for suite in SUITE_NAMES)
    assert not has_suite("landing_youtube_requests")


@pytest.mark.parametrize("suite", SUITE_NAMES)
def test_good_rows_pass_and_every_expectation_says_why_it_is_there(suite: str) -> None:
    assert validate(suite, frame_of(suite, good_rows(suite)), PARAMETERS) == []
    for item in json.loads((SUITES / f"{suite}.json").read_text())["expectations"]:
        assert item["meta"]["why"].endswith(".")


@pytest.mark.parametrize("suite", [name for name in SUITE_NAMES if name.startswith("landing_")])
def test_every_counter_that_lands_is_checked_for_being_below_zero(suite: str) -> None:
    counters = {name for name in schema_of(suite) if name.endswith("_count")}
    between = [e for e in expectations_of(suite) if e.type == "expect_column_values_to_be_between"]
    assert {e.kwargs["column"] for e in between if e.kwargs.get("min_value") == 0} == counters


@pytest.mark.parametrize("expectation", OF_ROWS, ids=str)
def test_a_bad_row_makes_its_expectation_fire_and_no_other(expectation: Expectation) -> None:
    expected, failures = broken(expectation.suite)
    rows = expected[expectation.place]
    firing = [failure for failure in failures if set(failure.rows) & set(rows)]
    assert [(failure.expectation, failure.rows) for failure in firing] == [(named(expectation), rows)]
    assert f"unexpected_count {len(rows)}" in str(firing[0])


@pytest.mark.parametrize("suite", SUITE_NAMES)
def test_in_a_frame_of_bad_rows_every_expectation_about_rows_fires(suite: str) -> None:
    expected, failures = broken(suite)
    assert len(failures) == len(expected)


def table_failures(suite: str, rows: list[Row] | pl.DataFrame, **parameters: Any) -> list[str]:
    frame = rows if isinstance(rows, pl.DataFrame) else frame_of(suite, rows)
    failures = validate(suite, frame, PARAMETERS | parameters)
    assert all(failure.rows == [] for failure in failures)  # the table as a whole is to blame
    return [failure.expectation for failure in failures]


VALUES = "release_bench_values"


def test_a_bad_table_makes_its_expectation_fire_and_no_other() -> None:
    good = good_rows(VALUES)
    frame = frame_of(VALUES, good)
    column_list = next(e for e in ALL if e.type == "expect_table_columns_to_match_ordered_list")
    assert frame.columns == column_list.kwargs["column_list"]
    swapped = [*frame.columns[:-2], *frame.columns[:-3:-1]]
    cases = {
        "expect_table_columns_to_match_ordered_list": [
            table_failures(VALUES, frame.select(swapped)),
            table_failures(VALUES, frame.drop("note_detail")),
            table_failures(VALUES, frame.with_columns(extra=1)),
        ],
        "expect_table_row_count_to_be_between": [table_failures(VALUES, frame.clear(), areas=0)],
        "expect_column_unique_value_count_to_be_between": [
            table_failures(VALUES, [row for row in good if row["force_id"] != "national"]),
            table_failures(VALUES, [*good, {**good_row(VALUES, 99), "force_id": "atlantis"}]),
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
    ]
    days = [date(2020, 1, 1 + number) for number in range(len(added))]  # each a cell of its own
    rows = [{**row, "period_start": day} for (row, _), day in zip(added, days, strict=True)]
    failures = validate(VALUES, frame_of(VALUES, [*good, *rows]), PARAMETERS)
    fired = {number: name for number, (_, name) in enumerate(added, start=len(good)) if name}
    assert {row: failure.expectation for failure in failures for row in failure.rows} == fired


def test_a_failure_that_cannot_be_computed_is_a_failure_of_the_whole_frame() -> None:
    suite = "landing_youtube_profiles"
    frame = frame_of(suite, good_rows(suite)).drop("subscriber_count")
    (failure,) = validate(suite, frame, PARAMETERS)
    assert failure.expectation == "expect_column_values_to_be_between(subscriber_count)"
    assert failure.rows == []
    assert '"subscriber_count" in BatchData does not exist' in str(failure)
    assert "Traceback" not in str(failure)


def test_a_suite_that_is_not_there_is_an_error_and_no_pass() -> None:
    with pytest.raises(FileNotFoundError):
        validate("landing_atlantis_posts", pl.DataFrame(), {})
