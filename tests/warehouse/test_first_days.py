"""A build on any day of the year passes its own checks: periods that begin, end or have one day so far."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from pipelines.settings import Profile
from tests.e2e.returning import POSTS, csv, warehouse

#: First days of a year, a quarter and a month, a last day, and those after both changes of the clocks.
DAYS = ("2026-01-01", "2026-01-31", "2026-02-01", "2026-03-30", "2026-04-01", "2026-10-26")


@pytest.mark.dbt
@pytest.mark.long
def test_a_build_passes_on_the_first_and_the_last_days_of_periods(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each on what the one before has built, of a return of the four weeks before."""
    made = warehouse(tmp_path / "home", monkeypatch)
    for number, day in enumerate(map(date.fromisoformat, DAYS)):
        monkeypatch.setattr(Profile, "today", lambda _, day=day: day)
        at = datetime.combine(day, time(1)) - timedelta(days=9)
        row = ("kent", "facebook", "kentpolice", f"p{number}", f"{at}Z", f"{day} 01:00", "post")
        period = str(day - timedelta(days=28)), str(day - timedelta(days=1))
        made.submit(csv(("force_id", *POSTS), [row]), *period, f"{day} 01:00")
        made.build()  # which fails where a check does
        (begun,) = made.ask(
            "select count(*) from fct_account_periods where account_id = 'facebook:kentpolice' "
            f"and period_type = 'month' and period_start = '{day.replace(day=1)}'"
        )
        assert begun == (1,), day
