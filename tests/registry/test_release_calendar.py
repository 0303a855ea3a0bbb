"""The calendar of official releases: each date that cannot stand is refused by line, column and reason."""

import csv
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.registry import RegistryError, check_release_calendar
from pipelines.registry.release_calendar import FILE, FINAL_AFTER, ReleaseDate, coming, due, ends
from pipelines.returns.sent import DUE_DAY
from pipelines.settings import SEEDS

NOVEMBER = {
    "month": "2026-11-01",
    "release_date": "2026-12-21",
    "preview_date": "2026-12-11",
    "announced_date": "2026-11-22",
    "reason": "",
}
DECEMBER = NOVEMBER | {"month": "2026-12-01", "release_date": "2027-01-11", "preview_date": "2027-01-05"}


def write(folder: Path, *rows: dict[str, str]) -> Path:
    shutil.copy(SEEDS / "bank_holidays.csv", folder)
    with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(NOVEMBER))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_the_calendar_as_committed_holds_and_reaches_a_year_ahead_of_its_first_day() -> None:
    dates = check_release_calendar(SEEDS)
    assert len(dates) >= 12
    announced = datetime.combine(min(row.announced_date for row in dates), datetime.min.time(), UTC)
    assert dates[-1].at - announced >= timedelta(days=365)


def test_a_month_is_final_when_the_last_snapshot_and_the_last_return_are_there() -> None:
    with (SEEDS / "post_ages.csv").open(encoding="utf-8") as file:
        hours = {row["age"]: float(row["late_after_hours"]) for row in csv.DictReader(file)}
    assert timedelta(hours=hours["7d"]) < FINAL_AFTER
    assert timedelta(days=DUE_DAY) <= FINAL_AFTER


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"month": "2026-12-02"}, "month", "2026-12-02 is not the first day of a month"),
        (
            {"month": "2027-01-01", "release_date": "2027-02-10", "preview_date": "2027-02-03"},
            "month",
            "follow",
        ),
        ({"release_date": ""}, "release_date", "empty"),
        ({"release_date": "2027-01-16"}, "release_date", "2027-01-16 is a Saturday"),
        ({"release_date": "2027-03-17"}, "release_date", "2027-03-17 is a bank holiday: St Patrick"),
        (
            {"release_date": "2027-01-08"},
            "release_date",
            "December 2026 is not final on 2027-01-08: not before",
        ),
        ({"release_date": "2035-01-10"}, "release_date", "bank_holidays.csv has none of 2035"),
        ({"preview_date": "2027-01-04"}, "preview_date", "2027-01-04 is a bank holiday"),
        ({"preview_date": "2027-01-11"}, "preview_date", "is not between the month and its release"),
        ({"preview_date": "2026-12-31"}, "preview_date", "is not between the month and its release"),
        ({"announced_date": "2026-12-15"}, "announced_date", "2026-12-15 is less than four weeks before"),
        ({"reason": "The office is shut."}, "reason", "no date of December 2026 stands above"),
    ],
)
def test_a_date_that_cannot_stand_is_named(
    tmp_path: Path, cells: dict[str, str], column: str, problem: str
) -> None:
    write(tmp_path, NOVEMBER, DECEMBER | cells)
    with pytest.raises(RegistryError, match=problem) as refused:
        check_release_calendar(tmp_path)
    assert (refused.value.file, refused.value.line, refused.value.column) == (FILE, 3, column)


MOVED = NOVEMBER | {"release_date": "2026-12-22", "announced_date": "2026-12-18", "reason": "A late return."}


def test_a_date_is_moved_by_a_row_with_a_reason_before_it_has_come(tmp_path: Path) -> None:
    (stands,) = check_release_calendar(write(tmp_path, NOVEMBER, MOVED))
    assert (stands.release_date, stands.reason) == (date(2026, 12, 22), "A late return.")


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"reason": ""}, "reason", "a date is moved with a reason"),
        ({"announced_date": "2026-12-21"}, "announced_date", "2026-12-21: a past date is not moved"),
        ({"announced_date": "2026-11-21"}, "announced_date", "the date above was announced later"),
        ({"release_date": "2027-01-11"}, "release_date", "2027-01-11 is there twice"),
        ({"release_date": "2027-01-12"}, "release_date", "2027-01-11 is before that of the month before"),
    ],
)
def test_a_date_is_not_moved_otherwise(
    tmp_path: Path, cells: dict[str, str], column: str, problem: str
) -> None:
    write(tmp_path, NOVEMBER, DECEMBER, MOVED | cells)
    with pytest.raises(RegistryError, match=problem) as refused:
        check_release_calendar(tmp_path)
    assert refused.value.column == column


def test_releases_come_out_at_half_past_nine_in_london(tmp_path: Path) -> None:
    dates = check_release_calendar(SEEDS)
    by_month = {row.month: row for row in dates}
    assert by_month[date(2026, 11, 1)].at == datetime(2026, 12, 21, 9, 30, tzinfo=UTC)
    assert by_month[date(2027, 5, 1)].at == datetime(2027, 6, 10, 8, 30, tzinfo=UTC)
    assert by_month[date(2027, 5, 1)].when == "10 June 2027, 09:30"


def test_what_is_due_and_what_is_next(tmp_path: Path) -> None:
    dates = check_release_calendar(write(tmp_path, NOVEMBER, DECEMBER))
    november, december = dates

    def found(now: datetime) -> tuple[ReleaseDate | None, ReleaseDate | None]:
        return due(dates, now), coming(dates, now)

    minute = timedelta(minutes=1)
    assert found(november.at - minute) == (None, november)
    assert found(november.at) == (november, december)
    assert found(december.at) == (december, None)


def test_a_calendar_that_ends_soon_is_said(tmp_path: Path) -> None:
    dates = check_release_calendar(SEEDS)
    assert ends(dates, dates[-1].at - timedelta(days=331)) is None
    said = ends(dates, dates[-1].at - timedelta(days=329))
    assert said
    assert "announce the year ahead in release_calendar.csv" in said
    assert ends([], datetime(2026, 11, 22, tzinfo=UTC))
