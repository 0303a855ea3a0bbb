"""Neighbourhoods of the register: a row that cannot be what it says is refused by file, line and column."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.registry import RegistryError, check_neighbourhoods
from pipelines.registry.neighbourhoods import FILE, NONE
from pipelines.settings import SEEDS
from sandbox.register import NEIGHBOURHOOD_COLUMNS, account_events_csv, accounts_csv, neighbourhoods_csv

ACCOUNTS = """\
account_id,force_id,platform,handle,platform_account_id,account_type,url,source,source_date,note
x:deal,kent,x,deal,,neighbourhood,,made up,2026-01-01,
x:dover,kent,x,dover,,neighbourhood,,made up,2026-01-01,
x:kent,kent,x,kent,,corporate,,made up,2026-01-01,
x:lewes,sussex,x,lewes,,neighbourhood,,made up,2026-01-01,
"""
EVENTS = "account_id,event_type,event_date,new_handle,into_account_id,source,note\n"
GOOD = {
    "force_id": "kent",
    "neighbourhood_id": "AB1",
    "neighbourhood_name": "Deal",
    "resident_count": "30000",
    "no_residents_because": "",
    "account_ids": "x:deal|x:dover",
    "valid_from_date": "2026-04-01",
    "valid_until_date": "",
    "source": "data.police.uk",
    "source_date": "2026-04-01",
}
OTHER = {"neighbourhood_id": "AB2", "neighbourhood_name": "Dover", "account_ids": "x:dover"}
ENDED = {"valid_until_date": "2026-06-30"}


def write(folder: Path, *rows: dict[str, str]) -> None:
    (folder / "accounts.csv").write_text(ACCOUNTS)
    (folder / "account_events.csv").write_text(EVENTS)
    (folder / FILE).write_text(NONE + "".join(",".join((GOOD | row).values()) + "\n" for row in rows))


def refused(folder: Path, *rows: dict[str, str]) -> RegistryError:
    write(folder, *rows)
    with pytest.raises(RegistryError) as found:
        check_neighbourhoods(folder, SEEDS)
    assert found.value.file == FILE
    return found.value


def test_the_seed_as_committed_has_none() -> None:
    """Nobody has read them yet, and none is made up."""
    assert (SEEDS / FILE).read_text() == NONE
    assert check_neighbourhoods(SEEDS, SEEDS) == []


def test_those_of_the_sandbox_have_every_defect_and_say_that_they_are_invented(tmp_path: Path) -> None:
    assert ",".join(NEIGHBOURHOOD_COLUMNS) + "\n" == NONE
    (tmp_path / "accounts.csv").write_text(accounts_csv(7))
    (tmp_path / "account_events.csv").write_text(account_events_csv(7))
    (tmp_path / FILE).write_text(neighbourhoods_csv(7))
    found = check_neighbourhoods(tmp_path, SEEDS)
    assert {row.source for row in found} == {"sandbox (invented)"}
    assert {row.no_residents_because for row in found} == {None, "zero", "not_a_number"}
    served = [account_id for row in found for account_id in row.accounts]
    assert len(set(served)) < len(served), "an account serves two"
    on_bluesky = [sum(one.startswith("bluesky:") for one in row.accounts) for row in found]
    assert {0, 1, 2} == set(on_bluesky)


def test_a_neighbourhood_that_is_redrawn_is_two_rows(tmp_path: Path) -> None:
    write(tmp_path, ENDED, {"valid_from_date": "2026-07-01", "account_ids": ""}, OTHER)
    old, new, _ = check_neighbourhoods(tmp_path, SEEDS)
    assert (old.accounts, new.accounts) == (("x:deal", "x:dover"), ())
    assert [old.holds_on(date(2026, month, 1)) for month in (3, 4, 7)] == [False, True, False]
    assert new.holds_on(date(2030, 1, 1))


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"force_id": "kant"}, "force_id", "'kant' is not in the register"),
        ({"neighbourhood_id": ""}, "neighbourhood_id", "empty"),
        ({"neighbourhood_name": ""}, "neighbourhood_name", "empty"),
        ({"resident_count": "unknown"}, "resident_count", "holds 'unknown', and should hold a whole number"),
        ({"resident_count": "0"}, "resident_count", "of 1 or more, or nothing"),
        ({"resident_count": "-7"}, "resident_count", "of 1 or more, or nothing"),
        ({"resident_count": "1200.5"}, "resident_count", "a whole number"),
        ({"resident_count": ""}, "no_residents_because", "goes with an empty resident_count"),
        ({"no_residents_because": "zero"}, "no_residents_because", "only with an empty one"),
        (
            {"resident_count": "", "no_residents_because": "lost"},
            "no_residents_because",
            "holds 'lost', and should hold one of: not_a_number, not_stated, zero, or nothing",
        ),
        ({"account_ids": "x:nobody"}, "account_ids", "'x:nobody' is not in the register"),
        ({"account_ids": "x:lewes"}, "account_ids", "x:lewes is an account of sussex"),
        ({"account_ids": "x:kent"}, "account_ids", "x:kent is no neighbourhood's: corporate"),
        ({"account_ids": "x:deal|x:deal"}, "account_ids", "x:deal is there twice"),
        ({"valid_from_date": "1 April"}, "valid_from_date", "should hold a date like 2026-10-31"),
        ({"valid_from_date": "0001-01-01"}, "valid_from_date", "0001-01-01 is before 2000-01-01"),
        ({"valid_until_date": "2099-12-31"}, "valid_until_date", "2099-12-31 is over 10 years ahead"),
        ({"neighbourhood_name": "Deal\0"}, "neighbourhood_name", "a control character (U+0000)"),
        (
            {"neighbourhood_name": "D" * 5_000_000},
            "neighbourhood_name",
            "has 5,000,000 characters, and 5,000",
        ),
        ({"valid_until_date": "2026-03-31"}, "valid_until_date", "2026-03-31 is before valid_from_date"),
        ({"source": ""}, "source", "empty"),
        ({"source_date": ""}, "source_date", "empty"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, cells: dict[str, str], column: str, problem: str) -> None:
    found = refused(tmp_path, OTHER, cells)
    assert (found.line, found.column) == (3, column)
    assert problem in found.problem


@pytest.mark.parametrize("cells", [{}, {"valid_from_date": "2026-06-30"}, {"valid_from_date": "2026-01-01"}])
def test_a_neighbourhood_has_one_row_on_a_day(tmp_path: Path, cells: dict[str, str]) -> None:
    found = refused(tmp_path, ENDED, OTHER, cells)
    assert (found.line, found.column) == (4, "valid_from_date")
    assert found.problem == "AB1 holds already: line 2"


def test_ids_are_a_forces_own(tmp_path: Path) -> None:
    write(tmp_path, {}, {"force_id": "sussex", "account_ids": "x:lewes"})
    assert len(check_neighbourhoods(tmp_path, SEEDS)) == 2


def test_neighbourhoods_have_no_more_residents_than_their_force_and_a_tenth(tmp_path: Path) -> None:
    """Kent has 1,931,700: what ended counts no more, and whose number nobody knows not at all."""
    unknown = {"neighbourhood_id": "AB3", "resident_count": "", "no_residents_because": "zero"}
    most = {"resident_count": "2094000"}
    write(tmp_path, ENDED | most, {"valid_from_date": "2026-07-01"} | most, OTHER, unknown)
    assert len(check_neighbourhoods(tmp_path, SEEDS)) == 4
    found = refused(tmp_path, most, OTHER | {"resident_count": "300000"})
    assert (found.line, found.column) == (3, "resident_count")
    assert "of kent have 2,394,000 residents on 2026-04-01, over 10% more than the force's" in found.problem


def test_a_force_without_residents_has_no_neighbourhoods_with_any(tmp_path: Path) -> None:
    found = refused(tmp_path, {"force_id": "btp", "account_ids": ""})
    assert (found.line, found.column) == (2, "resident_count")
    assert "btp has no residents" in found.problem
