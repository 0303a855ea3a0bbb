"""When official releases come out, refused where a row cannot be what it says.

Belongs here: reading release_calendar.csv, what must hold in it, and which date is next. Does not belong
here: making a release official (release/official.py), or writing the dates (people do, in a review).

The rules are those of UK official statistics (Code of Practice for Statistics, T3: a calendar published in
advance, exact dates at least four weeks before, 09:30, and a reason for each change).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from pipelines.registry.seed_rows import Row, Where, read_rows
from pipelines.settings import LONDON

FILE = "release_calendar.csv"
RELEASE_TIME = time(9, 30)  # Europe/London
ANNOUNCED = timedelta(weeks=4)
#: The last day's posts have their value at seven days by the ninth day after it (post_ages.csv), threads are
#: read for eight, and returns are due on the tenth: then the morning's build has all of the month.
FINAL_AFTER = timedelta(days=10)
#: The calendar reaches a year ahead when it is written; with less than this left, somebody is told.
REACHES = timedelta(days=330)


class ReleaseDate(Row, frozen=True, kw_only=True):
    month: date
    release_date: date
    preview_date: date
    announced_date: date
    reason: str = ""

    @property
    def at(self) -> datetime:
        """The moment at which it comes out (UTC)."""
        return datetime.combine(self.release_date, RELEASE_TIME, LONDON).astimezone(UTC)

    @property
    def preview_from(self) -> datetime:
        """The moment from which forces see their own figures (UTC): that day's midnight in London."""
        return datetime.combine(self.preview_date, time(), LONDON).astimezone(UTC)

    @property
    def when(self) -> str:
        """`21 December 2026, 09:30`."""
        return f"{self.release_date.day} {self.release_date:%B %Y}, {RELEASE_TIME:%H:%M}"

    @property
    def month_name(self) -> str:
        """`November 2026`."""
        return _month(self.month)


class _Holiday(Row, frozen=True, kw_only=True):
    holiday_date: date
    name: str


def check_release_calendar(seeds_dir: Path) -> list[ReleaseDate]:
    """The date that stands for each month, in order.

    Raises:
        RegistryError: a cell is empty or wrong; a day is a weekend or a bank holiday, or stands for two
            months; the month cannot be final by then; it was announced less than four weeks before; a date
            was moved without a reason, or when it was past; a month is left out, or an earlier one is later.
    """
    rows = read_rows(seeds_dir / FILE, ReleaseDate)
    holidays = {row.holiday_date: row.name for _, row in read_rows(seeds_dir / "bank_holidays.csv", _Holiday)}
    standing: dict[date, tuple[Where, ReleaseDate]] = {}
    for where, row in rows:
        _check_days(where, row, holidays)
        if row.month in standing:
            _check_move(where, standing[row.month][1], row)
        elif row.reason:
            raise where.error("reason", f"no date of {_month(row.month)} stands above that could be moved")
        elif row.announced_date + ANNOUNCED > row.release_date:
            raise where.error("announced_date", f"{row.announced_date} is less than four weeks before")
        elif standing and row.month != month_after(max(standing)):
            raise where.error("month", f"{row.month} does not follow {max(standing)}: one month is one row")
        standing[row.month] = (where, row)
    dated: dict[date, ReleaseDate] = {}
    for month in sorted(standing):
        where, row = standing[month]
        if row.release_date in dated:
            raise where.error("release_date", f"{row.release_date} is there twice")
        if dated and row.release_date < max(dated):
            raise where.error("release_date", f"{row.release_date} is before that of the month before")
        dated[row.release_date] = row
    return list(dated.values())


def _check_days(where: Where, row: ReleaseDate, holidays: dict[date, str]) -> None:
    if row.month.day != 1:
        raise where.error("month", f"{row.month} is not the first day of a month")
    for column, day in (("release_date", row.release_date), ("preview_date", row.preview_date)):
        if day.weekday() > 4:
            raise where.error(column, f"{day} is a {day:%A}")
        if day in holidays:
            raise where.error(column, f"{day} is a bank holiday: {holidays[day]}")
        if not any(holiday.year == day.year for holiday in holidays):
            raise where.error(column, f"bank_holidays.csv has none of {day.year}: enter them first")
    first = month_after(row.month) - timedelta(days=1) + FINAL_AFTER
    if row.release_date < first:
        raise where.error(
            "release_date", f"{_month(row.month)} is not final on {row.release_date}: not before {first}"
        )
    if not month_after(row.month) <= row.preview_date < row.release_date:
        raise where.error("preview_date", f"{row.preview_date} is not between the month and its release")


def _check_move(where: Where, before: ReleaseDate, row: ReleaseDate) -> None:
    if not row.reason:
        raise where.error("reason", f"{_month(row.month)} has a date above: a date is moved with a reason")
    if row.announced_date >= before.release_date:
        raise where.error(
            "announced_date",
            f"{before.release_date} was past on {row.announced_date}: a past date is not moved",
        )
    if row.announced_date < before.announced_date:
        raise where.error("announced_date", f"the date above was announced later, {before.announced_date}")


def all_dates(seeds_dir: Path) -> list[ReleaseDate]:
    """Every row, those that were moved too.

    Raises:
        RegistryError: a cell is empty or of the wrong type.
    """
    return [row for _, row in read_rows(seeds_dir / FILE, ReleaseDate)]


def due(dates: Sequence[ReleaseDate], now: datetime) -> ReleaseDate | None:
    """The newest date that has come; None before the first."""
    return next((row for row in reversed(dates) if row.at <= now), None)


def coming(dates: Sequence[ReleaseDate], now: datetime) -> ReleaseDate | None:
    """The next date; None where the calendar has ended."""
    return next((row for row in dates if row.at > now), None)


def ends(dates: Sequence[ReleaseDate], now: datetime) -> str | None:
    """A sentence where the calendar does not reach far enough ahead; None where it does."""
    if dates and dates[-1].at - now >= REACHES:
        return None
    last = f"ends with {dates[-1].when}" if dates else "is empty"
    return f"the calendar of official releases {last}: announce the year ahead in {FILE}"


def month_after(month: date) -> date:
    """The first day of the month after that of a day."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _month(month: date) -> str:
    return f"{month:%B %Y}"
