"""Declared staffed hours: a row that cannot be what it says is refused by file, line and column."""

from pathlib import Path

import pytest

from pipelines.registry import RegistryError, check_staffed_hours
from pipelines.registry.staffed_hours import FILE, NONE, minute
from pipelines.settings import SEEDS
from sandbox.register import account_events_csv, accounts_csv, staffed_hours_csv

GOOD = {
    "force_id": "kent",
    "account_id": "",
    "valid_from_date": "2026-01-05",
    "valid_until_date": "2026-06-30",
    "weekdays": "mon|tue|wed|thu|fri",
    "opens_at": "09:00",
    "closes_at": "17:00",
    "is_bank_holiday_staffed": "false",
    "declared_by": "Communications",
    "declared_date": "2026-01-02",
    "source": "rota",
}


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """The sandbox's accounts, with hours still to be written."""
    (tmp_path / "accounts.csv").write_text(accounts_csv(7))
    (tmp_path / "account_events.csv").write_text(account_events_csv(7))
    return tmp_path


def write(folder: Path, *rows: dict[str, str]) -> None:
    (folder / FILE).write_text(NONE + "".join(",".join((GOOD | row).values()) + "\n" for row in rows))


def refusal(folder: Path, *rows: dict[str, str]) -> tuple[int, str, str]:
    write(folder, *rows)
    with pytest.raises(RegistryError) as refused:
        check_staffed_hours(folder, SEEDS)
    return refused.value.line, refused.value.column, refused.value.problem


def test_the_seed_as_committed_declares_nothing() -> None:
    assert (SEEDS / FILE).read_text() == NONE
    assert check_staffed_hours(SEEDS, SEEDS) == []


def test_those_of_the_sandbox_are_what_a_register_may_hold(register: Path) -> None:
    (register / FILE).write_text(staffed_hours_csv())
    hours = check_staffed_hours(register, SEEDS)
    assert {"essex", "hampshire", "bluesky:lancashire"} < {row.owner_id for row in hours}
    assert max(minute(row.closes_at) for row in hours) == 26 * 60


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"force_id": "kint"}, "force_id", "'kint' is not in the register"),
        ({"account_id": "bluesky:nobody"}, "account_id", "'bluesky:nobody' is no account of kent"),
        ({"account_id": "bluesky:essex"}, "account_id", "'bluesky:essex' is no account of kent"),
        ({"valid_from_date": "5 January"}, "valid_from_date", "date"),
        ({"valid_until_date": "2026-01-04"}, "valid_until_date", "2026-01-04 is before valid_from_date"),
        ({"weekdays": "mon|teu"}, "weekdays", "'teu' is no weekday: mon|tue|wed|thu|fri|sat|sun"),
        ({"weekdays": "mon-fri"}, "weekdays", "'mon-fri' is no weekday"),
        ({"weekdays": "mon|tue|mon"}, "weekdays", "mon is there twice"),
        ({"opens_at": "9:00"}, "opens_at", "'9:00' is no time: HH:MM, for instance 09:00"),
        ({"closes_at": "17:60"}, "closes_at", "'17:60' is no time"),
        ({"closes_at": "midnight"}, "closes_at", "'midnight' is no time"),
        ({"opens_at": "24:00", "closes_at": "30:00"}, "opens_at", "write it on the next weekday"),
        ({"closes_at": "09:00"}, "closes_at", "09:00 is not after opens_at, 09:00: midnight is 24:00"),
        (
            {"opens_at": "18:00", "closes_at": "02:00"},
            "closes_at",
            "two in the morning of the next day is 26:00",
        ),
        ({"closes_at": "33:01"}, "closes_at", "33:01 is more than a day after opens_at, 09:00"),
        ({"is_bank_holiday_staffed": "perhaps"}, "is_bank_holiday_staffed", "true or false"),
        ({"is_bank_holiday_staffed": ""}, "is_bank_holiday_staffed", "empty"),
        ({"source": ""}, "source", "empty"),
    ],
)
def test_a_wrong_cell_is_named(register: Path, cells: dict[str, str], column: str, problem: str) -> None:
    line, found, said = refusal(register, {"force_id": "essex"}, cells)
    assert (line, found) == (3, column)
    assert problem in said


@pytest.mark.parametrize(
    ("above", "below", "day"),
    [
        ({}, {}, "mon"),
        ({}, {"weekdays": "fri", "opens_at": "16:59", "closes_at": "20:00"}, "fri"),
        ({"weekdays": "tue", "closes_at": "25:00"}, {"weekdays": "wed", "opens_at": "00:59"}, "wed"),
        ({"weekdays": "sun", "closes_at": "25:00"}, {"weekdays": "mon", "opens_at": "00:59"}, "mon"),
        ({"weekdays": "mon", "opens_at": "00:59"}, {"weekdays": "sun", "closes_at": "25:00"}, "sun"),
        ({"valid_until_date": ""}, {"valid_from_date": "2026-06-30", "valid_until_date": ""}, "mon"),
        ({"account_id": "bluesky:kent"}, {"account_id": "bluesky:kent"}, "mon"),
    ],
)
def test_no_hour_has_two_rows(register: Path, above: dict[str, str], below: dict[str, str], day: str) -> None:
    assert refusal(register, above, below) == (3, "opens_at", f"overlaps line 2 on {day}")


@pytest.mark.parametrize(
    "below",
    [
        {"opens_at": "17:00", "closes_at": "33:00"},
        {"weekdays": "sat|sun"},
        {"weekdays": "sun", "closes_at": "33:00"},
        {"valid_from_date": "2026-07-01", "valid_until_date": ""},
        {"valid_from_date": "2025-01-01", "valid_until_date": "2026-01-04"},
        {"account_id": "bluesky:kent"},
        {"force_id": "essex"},
    ],
)
def test_what_lies_beside_is_no_overlap(register: Path, below: dict[str, str]) -> None:
    write(register, {}, below)
    assert len(check_staffed_hours(register, SEEDS)) == 2
