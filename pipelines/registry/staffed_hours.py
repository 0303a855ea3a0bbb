"""Declared staffed hours, refused where a row cannot be what it says.

Belongs here: reading staffed_hours.csv, and what must hold in it. Does not belong here: how long anybody
waited in them (dbt/models/intermediate/int_conversations__staffed), or writing them (people do, in a review).
"""

import re
from datetime import date
from pathlib import Path

from pipelines.registry.register import load
from pipelines.registry.seed_rows import Row, Rows, Where, read_rows

FILE = "staffed_hours.csv"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
WEEK = 7 * DAY


class StaffedHours(Row, frozen=True, kw_only=True):
    """Hours of all accounts of a force, or of one account, in London time.

    `closes_at` counts from the midnight on which the weekday begins: 26:00 is two in the morning of the next
    day.
    """

    force_id: str
    account_id: str | None = None
    valid_from_date: date
    valid_until_date: date | None = None
    weekdays: str
    opens_at: str
    closes_at: str
    is_bank_holiday_staffed: bool
    declared_by: str
    declared_date: date
    source: str

    @property
    def owner_id(self) -> str:
        """Whose schedule it is part of."""
        return self.account_id or self.force_id

    def minutes(self) -> dict[str, tuple[int, int]]:
        """First minute and the one after the last, from Monday at midnight, by weekday."""
        opens, closes = minute(self.opens_at), minute(self.closes_at)
        starts = {day: WEEKDAYS.index(day) * DAY for day in self.weekdays.split("|")}
        return {day: (start + opens, start + closes) for day, start in starts.items()}


#: The file without hours.
NONE = ",".join(StaffedHours.__struct_fields__) + "\n"


def minute(time: str) -> int:
    """Minutes since midnight of HH:MM, where the hour may be over 23."""
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)


def check_staffed_hours(register_dir: Path, seeds_dir: Path) -> list[StaffedHours]:
    """All hours of the register, in the order of the file.

    Raises:
        RegistryError: a cell is empty, wrong or names what does not exist, a weekday is misspelt, hours or
            days are the wrong way round, or two rows say the same hours of the same accounts.
    """
    rows = read_rows(register_dir / FILE, StaffedHours)
    register = load(register_dir, seeds_dir)
    for where, row in rows:
        if row.force_id not in register.forces:
            raise where.error("force_id", f"{row.force_id!r} is not in the register")
        if row.account_id is not None:
            account = register.accounts.get(row.account_id)
            if account is None or account.force_id != row.force_id:
                raise where.error("account_id", f"{row.account_id!r} is no account of {row.force_id}")
        _check_days(where, row)
        _check_times(where, row)
    _check_once(rows)
    return [row for _, row in rows]


def _check_days(where: Where, row: StaffedHours) -> None:
    if row.valid_until_date is not None and row.valid_until_date < row.valid_from_date:
        raise where.error(
            "valid_until_date", f"{row.valid_until_date} is before valid_from_date, {row.valid_from_date}"
        )
    days = row.weekdays.split("|")
    for nth, day in enumerate(days):
        if day not in WEEKDAYS:
            raise where.error("weekdays", f"{day!r} is no weekday: {'|'.join(WEEKDAYS)}")
        if day in days[:nth]:
            raise where.error("weekdays", f"{day} is there twice")


def _check_times(where: Where, row: StaffedHours) -> None:
    for column in ("opens_at", "closes_at"):
        if not re.fullmatch(r"\d\d:[0-5]\d", time := getattr(row, column)):
            raise where.error(column, f"{time!r} is no time: HH:MM, for instance 09:00")
    opens, closes = minute(row.opens_at), minute(row.closes_at)
    if opens >= DAY:
        raise where.error("opens_at", f"{row.opens_at} is after midnight: write it on the next weekday")
    if closes <= opens:
        raise where.error(
            "closes_at",
            f"{row.closes_at} is not after opens_at, {row.opens_at}: midnight is 24:00, and what lies across "
            "it goes on counting (two in the morning of the next day is 26:00)",
        )
    if closes > opens + DAY:
        raise where.error("closes_at", f"{row.closes_at} is more than a day after opens_at, {row.opens_at}")


def _check_once(rows: Rows[StaffedHours]) -> None:
    """No hour of a week has two rows of one owner that hold on the same day."""
    for nth, (where, row) in enumerate(rows):
        for above, other in rows[:nth]:
            if row.owner_id != other.owner_id or not _hold_together(row, other):
                continue
            for day, (opens, closes) in row.minutes().items():
                for start, end in other.minutes().values():
                    # What lies across Sunday midnight is on Monday, at either end of the week.
                    if any(opens + turn < end and start < closes + turn for turn in (-WEEK, 0, WEEK)):
                        raise where.error("opens_at", f"overlaps line {above.line} on {day}")


def _hold_together(one: StaffedHours, other: StaffedHours) -> bool:
    return (one.valid_until_date or date.max) >= other.valid_from_date and (
        other.valid_until_date or date.max
    ) >= one.valid_from_date
