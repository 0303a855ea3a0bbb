"""Which snapshots of a post land, whenever the pulls happen."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.landing.rule import DAILY_UNTIL, MESSAGES_KNOWN_FOR, is_landed
from pipelines.registry import load
from pipelines.settings import LONDON, PULL_TIME, SEEDS
from pipelines.sources.account_pull import MESSAGE_HORIZON, POST_HORIZON

AGES = load(SEEDS, SEEDS).post_ages
HOUR = timedelta(hours=1)
TWO_HOURS = 120  # minutes
FIRST = date(2026, 10, 10)  # London's clocks go back on the 25th
DAYS = 45


def pulls(shifts: list[int]) -> list[datetime]:
    """One pull a day, so many minutes from 05:30 in London."""
    usual = [datetime.combine(FIRST + n * 24 * HOUR, PULL_TIME, LONDON).astimezone(UTC) for n in range(DAYS)]
    return [at + timedelta(minutes=shift) for at, shift in zip(usual, shifts, strict=True)]


any_shifts = st.lists(st.integers(-TWO_HOURS, TWO_HOURS), min_size=DAYS, max_size=DAYS)
any_birth = st.integers(0, 10 * 24 * 60).map(
    lambda minutes: datetime(2026, 10, 10, tzinfo=UTC) + timedelta(minutes=minutes)
)


def ages(born: datetime, moments: list[datetime]) -> list[float]:
    """The ages in hours at which a post is landed."""
    return [(at - born) / HOUR for at in moments if at >= born and is_landed(at - born, AGES)]


def in_window(hours: list[float], first: float, end: float) -> list[float]:
    return [age for age in hours if first <= age < end]


@given(any_birth, any_shifts)
def test_every_post_has_its_seven_days_and_both_later_ages(born: datetime, shifts: list[int]) -> None:
    landed = ages(born, pulls(shifts))
    for first, end in ((168, 216), (336, 384), (672, 720)):
        assert 1 <= len(in_window(landed, first, end)) <= 3


@given(any_birth, any_shifts, st.integers(0, DAYS - 1))
def test_one_missed_day_costs_no_post_its_seven_days(born: datetime, shifts: list[int], missed: int) -> None:
    moments = pulls(shifts)
    around = moments[missed - 1 : missed + 2] if missed else []
    del moments[missed]
    # The window is 48 hours long, so the pull after the gap must come within 48 hours of the one before it.
    if around and around[-1] - around[0] > 48 * HOUR:
        return
    assert in_window(ages(born, moments), 168, 216)


@given(any_birth, any_shifts, st.sets(st.integers(0, DAYS - 1), max_size=DAYS - 1))
def test_whatever_is_missed_a_pull_within_the_seven_days_is_never_left_out(
    born: datetime, shifts: list[int], missed: set[int]
) -> None:
    moments = [at for n, at in enumerate(pulls(shifts)) if n not in missed]
    seen = [(at - born) / HOUR for at in moments]
    assert in_window(ages(born, moments), 168, 216) == in_window(seen, 168, 216)


@given(any_birth, any_shifts)
def test_nothing_else_is_landed(born: datetime, shifts: list[int]) -> None:
    landed = ages(born, pulls(shifts))
    expected = [
        age
        for age in ((at - born) / HOUR for at in pulls(shifts))
        if 0 <= age < 216 or 336 <= age < 384 or 672 <= age < 720
    ]
    assert landed == expected
    assert len(set(landed)) == len(landed)


@pytest.mark.parametrize(
    ("hours", "lands"),
    [
        (-0.1, True),  # a platform's clock may be ahead of ours
        (0, True),
        (215.99, True),
        (216, False),
        (335.99, False),
        (336, True),
        (383.99, True),
        (384, False),
        (671.99, False),
        (672, True),
        (720, False),
    ],
)
def test_the_edges(hours: float, lands: bool) -> None:
    assert is_landed(hours * HOUR, AGES) is lands


def test_a_pull_asks_for_as_long_as_something_can_land_and_knows_what_it_sees_again() -> None:
    assert DAILY_UNTIL in {rung.age for rung in AGES}
    assert max(rung.late_after_hours for rung in AGES) * HOUR == POST_HORIZON
    assert MESSAGES_KNOWN_FOR > MESSAGE_HORIZON
