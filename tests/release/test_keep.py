"""Which releases are kept: 30 days of them, then the last of each month, and always the current one."""

from datetime import date, timedelta

import pytest

from pipelines.release.keep import Made, superseded


def made(day: str, number: int = 1) -> Made:
    return Made(f"{day}T05:30:00Z", f"{day}T06:{number:02}:00Z", f"{day}-{number}")


def kept(releases: list[Made], *read: str) -> list[str]:
    removed = superseded(releases, set(read))
    return [release.release_id for release in releases if release.release_id not in removed]


def test_of_two_years_of_days_thirty_are_kept_and_then_one_for_each_month() -> None:
    days = [date(2024, 11, 10) + timedelta(days=n) for n in range(730)]
    days_kept = [date.fromisoformat(release_id[:10]) for release_id in kept([made(str(day)) for day in days])]
    newest = days[-1]
    thirty = [newest - timedelta(days=n) for n in range(29, -1, -1)]
    assert days_kept[-30:] == thirty
    ends = days_kept[:-30]
    assert len(ends) == 23
    assert all((day + timedelta(days=1)).day == 1 for day in ends)
    assert ends == sorted(set(ends))


@pytest.mark.parametrize(("day", "is_kept"), [("2026-10-11", True), ("2026-10-10", False)])
def test_the_thirtieth_day_is_the_last_that_is_kept_whole(day: str, is_kept: bool) -> None:
    releases = [made(day, 1), made(day, 2), made("2026-10-31"), made("2026-11-09")]
    assert (f"{day}-1" in kept(releases), f"{day}-2" in kept(releases)) == (is_kept, is_kept)


def test_a_months_last_release_is_that_of_its_last_day_however_late_an_earlier_one_was_made() -> None:
    again = Made("2026-08-30T05:30:00Z", "2026-10-02T09:00:00Z", "made again")
    assert kept([again, made("2026-08-31"), made("2026-11-09")]) == ["2026-08-31-1", "2026-11-09-1"]


def test_of_a_day_that_was_published_twice_the_later_one_ends_the_month() -> None:
    assert kept([made("2026-08-31", 1), made("2026-08-31", 2), made("2026-11-09")]) == [
        "2026-08-31-2",
        "2026-11-09-1",
    ]


def test_the_current_release_is_kept_whatever_its_day() -> None:
    releases = [made("2026-08-04"), made("2026-08-31"), made("2026-11-09")]
    assert kept(releases, "2026-08-04-1") == [release.release_id for release in releases]
