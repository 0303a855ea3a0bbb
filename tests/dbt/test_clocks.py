"""London's clock, at every quarter of an hour of the nights on which it changes and of the turns of the year:
as Python's own time zones have it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.dbt.conftest import Project

LONDON = ZoneInfo("Europe/London")
#: The day of each change of the clock, and each first of January.
NIGHTS = [
    *("2024-03-31 2024-10-27 2025-03-30 2025-10-26 2026-03-29 2026-10-25 2027-03-28 2027-10-31").split(),
    *("2025-01-01 2026-01-01 2027-01-01 2028-01-01").split(),
]


@pytest.fixture(scope="module")
def moments() -> list[datetime]:
    """UTC, without a zone as the warehouse has it: three hours before each midnight to six after."""
    midnights = [datetime.fromisoformat(night) for night in NIGHTS]
    return [at + timedelta(minutes=15 * n) for at in midnights for n in range(-12, 24)]


def test_a_moment_falls_into_its_day_and_hour_in_london(project: Project, moments: list[datetime]) -> None:
    asked = project.expression(
        "select moment, {{ to_london_date('moment') }}, {{ london_hour('moment') }} from moments"
    )
    found = project.run(asked, moments=f"select unnest({[str(at) for at in moments]}::timestamp[]) as moment")
    wanted = [(at, at.replace(tzinfo=UTC).astimezone(LONDON)) for at in moments]
    assert sorted(found) == sorted((at, there.date(), there.hour) for at, there in wanted)
    # 01:30 comes twice in October, an hour apart, and not at all in March.
    half_past = [at for at, there in wanted if (there.hour, there.minute) == (1, 30)]
    by_night = [sum(str(at.date()) == night for at in half_past) for night in NIGHTS]
    assert by_night == [0, 2, 0, 2, 0, 2, 0, 2, 1, 1, 1, 1]


def test_a_time_that_comes_twice_is_its_first_and_one_that_is_left_out_is_the_change(
    project: Project,
) -> None:
    asked = project.expression("select night, minute, {{ london_to_utc('night', 'minute') }} from times")
    nights = ", ".join(f"date '{night}'" for night in NIGHTS)
    times = f"select unnest([{nights}]) as night, minute from (select unnest(range(0, 360, 15)) as minute)"
    for night, minute, found in project.run(asked, times=times):
        at = datetime.combine(night, datetime.min.time(), LONDON) + timedelta(minutes=minute)
        there = at.replace(fold=0).astimezone(UTC)
        is_left_out = there.astimezone(LONDON).replace(tzinfo=None) != at.replace(tzinfo=None)
        wanted = there.replace(minute=0) if is_left_out else there
        assert found == wanted.replace(tzinfo=None), at
        assert is_left_out == (night.month == 3 and 60 <= minute < 120)
