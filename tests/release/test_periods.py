"""Which period a table is of: what was asked for, in any form, or the newest that is final for all."""

from datetime import date

import pytest

from pipelines.release.opened import open_release
from pipelines.release.periods import NotFoundError, Period, choose
from pipelines.settings import Settings
from tests.release.small_release import (
    LAST_WEEK,
    OCTOBER,
    SEPTEMBER,
    WEEK,
    Cell,
    cell,
    end_of,
    everywhere,
    publish_small,
)


def chosen(
    settings: Settings, cells: list[Cell], asked: str | None = None, period_type: str | None = None
) -> Period:
    publish_small(settings, cells)
    _, connection = open_release(settings)
    return choose(connection, asked, period_type)


def test_the_newest_final_month_is_the_default(settings: Settings) -> None:
    found = chosen(settings, everywhere(SEPTEMBER) + everywhere(OCTOBER))
    assert (found.period_type, found.start, found.end) == ("month", OCTOBER, date(2026, 10, 31))
    assert found.remark == "The newest month that is final for all indicators."


@pytest.mark.parametrize("value", [None, 2.0])
def test_a_month_with_a_provisional_cell_of_any_indicator_is_not_final(
    settings: Settings, value: float | None
) -> None:
    unsure = cell("answered", "essex", OCTOBER, value, platform="all", is_provisional=True)
    assert chosen(settings, [*everywhere(SEPTEMBER), *everywhere(OCTOBER), unsure]).start == SEPTEMBER


@pytest.mark.parametrize(
    "unsure",
    [
        cell("followers", "kent", OCTOBER, platform="x", is_provisional=True),
        cell("answered", "england", OCTOBER, 2.0, platform="all", is_provisional=True),
        cell(
            "answered", "essex", OCTOBER, 2.0, platform="all", is_provisional=True, account_scope="officers"
        ),
    ],
    ids=["a platform where the indicator has no number", "a group", "another scope"],
)
def test_what_is_provisional_elsewhere_does_not_count(settings: Settings, unsure: Cell) -> None:
    assert chosen(settings, [*everywhere(OCTOBER), unsure]).start == OCTOBER


def test_a_month_from_before_something_was_collected_is_not_the_default(settings: Settings) -> None:
    """Nothing in October is provisional, but views are known of its last weeks alone."""
    october = [
        cell("followers", "kent", OCTOBER, 1.0),
        cell("views", "kent", OCTOBER, platform="youtube"),
    ]
    weeks = everywhere(LAST_WEEK, period_type="week") + everywhere(WEEK, period_type="week")
    found = chosen(settings, october + weeks)
    assert (found.period_type, found.start) == ("week", WEEK)
    assert found.remark == "No month is final for all indicators yet: this is the newest week that is."


def test_a_metric_that_is_gone_does_not_hold_the_default_back(settings: Settings) -> None:
    later = [one for one in everywhere(OCTOBER) if one["indicator_id"] != "views"]
    gone = cell("views", "kent", OCTOBER, platform="youtube")
    assert chosen(settings, [*everywhere(SEPTEMBER), *later, gone]).start == OCTOBER


def test_when_nothing_is_final_the_newest_week_that_is_over_says_so(settings: Settings) -> None:
    open_weeks = [
        one
        for start in (WEEK, date(2026, 11, 30))
        for one in everywhere(start, period_type="week", is_provisional=True)
    ]
    found = chosen(settings, open_weeks)
    assert found.start == WEEK
    assert found.remark == "No week is final for all indicators yet: this is the newest that is over."


def test_of_a_type_that_is_asked_for_the_newest_final_one(settings: Settings) -> None:
    weeks = everywhere(LAST_WEEK, period_type="week")
    weeks += everywhere(WEEK, period_type="week", is_provisional=True)
    found = chosen(settings, [*everywhere(OCTOBER), *weeks], period_type="week")
    assert found.start == LAST_WEEK
    assert found.remark == "The newest week that is final for all indicators."


def test_a_quarter_that_is_not_over_is_shown_and_says_so(settings: Settings) -> None:
    cells = everywhere(date(2026, 10, 1), period_type="quarter", is_provisional=True)
    found = chosen(settings, cells, period_type="quarter")
    assert found.remark == "No quarter is final for all indicators yet: this is the newest."


PERIODS = {
    "week": WEEK,
    "month": OCTOBER,
    "quarter": OCTOBER,
    "year": date(2026, 1, 1),
    "rolling_12_months": date(2025, 11, 1),
}


@pytest.mark.parametrize(
    ("asked", "period_type", "expected", "name"),
    [
        ("2026-10-21", None, "month", "October 2026"),
        ("2026-10-21", "week", "week", "week of 19 to 25 October 2026"),
        ("2026-10-19", "week", "week", "week of 19 to 25 October 2026"),
        ("2026-10-25", "week", "week", "week of 19 to 25 October 2026"),
        ("2026-10-21", "quarter", "quarter", "2026-Q4"),
        ("2026-10", None, "month", "October 2026"),
        ("2026-Q4", None, "quarter", "2026-Q4"),
        ("2026-q4", None, "quarter", "2026-Q4"),
        ("2026", None, "year", "2026"),
        ("2026-10", "rolling_12_months", "rolling_12_months", "twelve months to October 2026"),
        ("2026-10-21", "rolling_12_months", "rolling_12_months", "twelve months to October 2026"),
    ],
)
def test_a_period_is_asked_for_in_any_form(
    settings: Settings, asked: str, period_type: str | None, expected: str, name: str
) -> None:
    cells = [one for each, start in PERIODS.items() for one in everywhere(start, period_type=each)]
    found = chosen(settings, cells, asked, period_type)
    assert (found.period_type, found.start) == (expected, PERIODS[expected])
    assert (found.name, found.remark) == (name, "")


@pytest.mark.parametrize(
    ("asked", "period_type", "message"),
    [
        (
            "2026-10-32",
            None,
            "2026-10-32 is no day (2026-10-21), month (2026-10), quarter (2026-Q4) or year (2026)",
        ),
        ("October", None, "October is no day"),
        ("2026-Q5", None, "2026-Q5 is no day"),
        ("2026-10", "week", "2026-10 is a month and no week: give a day that is in the week"),
        ("2025-01", None, "the release has no month with 2025-01; there are: 2026-10-01 to 2026-10-31"),
        ("2026", None, "the release has no year with 2026"),
    ],
)
def test_what_is_no_period_of_the_release_is_named(
    settings: Settings, asked: str, period_type: str | None, message: str
) -> None:
    with pytest.raises(NotFoundError) as refused:
        chosen(settings, everywhere(OCTOBER), asked, period_type)
    assert str(refused.value).startswith(message)


def test_a_week_over_two_months_names_both() -> None:
    start = date(2026, 10, 26)
    assert Period("week", start, end_of("week", start)).name == "week of 26 October to 1 November 2026"
