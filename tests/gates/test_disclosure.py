"""The attack on suppressed counts: what can be worked out from published ones is found, and nothing else."""

from datetime import date, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.gates import disclosure
from pipelines.gates.disclosure import attack

SCHEMA = {
    **dict.fromkeys(("indicator_id", "area_id", "platform", "account_scope", "period_type"), pl.String),
    **dict.fromkeys(("period_start", "period_end"), pl.Date),
    "n": pl.Int64,
    **dict.fromkeys(("value_note", "note_detail"), pl.String),
}
Cell = dict[str, Any]
ENDS = {"week": 7, "quarter": 92, "year": 365, "rolling_12_months": 365}


def cell(n: int | None, **more: Any) -> Cell:
    """Kent's October on Bluesky, unless said otherwise; without `n` it is suppressed."""
    row = {
        "indicator_id": "answered_1h_pct",
        "area_id": "kent",
        "platform": "bluesky",
        "account_scope": "all",
        "period_type": "month",
        "period_start": date(2026, 10, 1),
        "n": n,
        "value_note": None if n is not None else "suppressed",
        "note_detail": None,
        **more,
    }
    start = row["period_start"]
    end = start + timedelta(ENDS.get(row["period_type"], 0))
    if row["period_type"] == "month":
        end = (start + timedelta(32)).replace(day=1)
    return {"period_end": end - timedelta(1), **row}


def weeks(*counts: int | None, start: date = date(2026, 10, 5)) -> list[Cell]:
    return [
        cell(n, period_type="week", period_start=start + timedelta(7 * nth)) for nth, n in enumerate(counts)
    ]


def staffed(n: int | None, lost: int = 0, *, leaves_out: bool = True) -> Cell:
    """Of Kent's accounts those whose hours are declared; `lost`: how many were not followed."""
    details = [f"{lost} conversations that were not followed so long are left out"] * bool(lost)
    details += ["accounts without declared hours are left out"] * leaves_out
    return cell(n, indicator_id="staffed", note_detail="; ".join(details) or None)


def months(*counts: int | None) -> list[Cell]:
    return [cell(n, period_start=date(2026, 7 + nth, 1)) for nth, n in enumerate(counts)]


def recovered(*cells: Cell) -> list[str]:
    """What of each suppressed count that is recovered tells it from Kent's October on Bluesky."""
    with duckdb.connect() as connection:
        values = pl.DataFrame(cells, schema=SCHEMA, orient="row")
        connection.register("bench_values", values)
        connection.execute(
            "create table dim_area as from (values ('all_forces', 'group'), ('without_essex', 'group'), "
            "('kent', 'force'), ('essex', 'force'), ('surrey', 'force')) as t (area_id, area_type)"
        )
        connection.execute(
            "create table dim_area_member as from (values ('all_forces', 'kent'), ('all_forces', 'essex'), "
            "('all_forces', 'surrey'), ('without_essex', 'kent'), ('without_essex', 'surrey')) "
            "as t (area_id, force_id)"
        )
        connection.execute(
            "create table dim_indicator as from (values ('answered_1h_pct', 'messages', 10, null), "
            "('answered_24h_pct', 'messages', 10, null), ('median', 'messages', 20, null), "
            "('night', 'messages', 10, 'night'), ('day', 'messages', 10, 'day'), "
            "('weekend', 'messages', 10, 'weekend'), ('weekday', 'messages', 10, 'weekday'), "
            "('staffed', 'messages', 10, 'staffed')) "
            "as t (indicator_id, known_by, minimum_n, part)"
        )
        return [line.partition(":")[0] for line in attack(connection)[1]]


def parts(start: date = date(2026, 10, 1), **counts: int | None) -> list[Cell]:
    return [cell(n, indicator_id=part, period_start=start) for part, n in counts.items()]


AUGUST, JUNE = date(2026, 8, 1), date(2026, 6, 1)
SCOPES = [cell(30), cell(26, account_scope="official"), cell(None, account_scope="officers")]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        # A scope is all accounts less the others.
        (SCOPES, ["kent, bluesky, officers accounts, month of 2026-10-01 (public)"]),
        ([*SCOPES, cell(None, account_scope="neighbourhood")], ["officers", "neighbourhood"]),
        # Platforms and forces: the sums of old pooled what they suppressed.
        ([cell(34, platform="all"), cell(30), cell(None, platform="mastodon")], ["kent, mastodon"]),
        (
            [
                cell(64, area_id="all_forces"),
                cell(30),
                cell(30, area_id="essex"),
                cell(None, area_id="surrey"),
            ],
            ["surrey"],
        ),
        # One group less another is one force.
        (
            [
                cell(60, area_id="all_forces"),
                cell(56, area_id="without_essex"),
                cell(50),
                cell(None, area_id="essex"),
                cell(None, area_id="surrey"),
            ],
            ["essex", "surrey"],
        ),
        # A longer period less its months.
        (
            [cell(67, period_type="quarter", period_start=date(2026, 7, 1)), *months(30, None, 33)],
            ["2026-08-01"],
        ),
        # A month less its weeks: what is left is of all days that they do not cover.
        ([cell(38), *weeks(12, 11, None)], []),
        ([cell(38), *weeks(15, 20, None)], ["week of 2026-10-19"]),
        # A week that lies in two months is what both have beside their weeks, at most.
        (
            [
                cell(20, period_start=date(2026, 9, 1)),
                cell(38),
                *weeks(18, None, 12, 12, 12, start=date(2026, 9, 21)),
            ],
            ["week of 2026-09-28"],
        ),
        # Night is all less day, and weekends all less weekdays.
        ([cell(40), *parts(night=None, day=36)], ["month of 2026-10-01 (public, night)"]),
        ([cell(40), *parts(weekend=36, weekday=None)], ["month of 2026-10-01 (public, weekday)"]),
        # All is both.
        ([cell(None), *parts(night=4, day=5)], ["month of 2026-10-01 (public)"]),
        # Nights of a longer period less those of its months, and a group's less its forces'.
        (
            [
                cell(24, indicator_id="night", period_type="quarter", period_start=date(2026, 7, 1)),
                *parts(date(2026, 7, 1), night=20, day=30),
                *parts(AUGUST, night=None, day=None),
            ],
            ["month of 2026-08-01 (public, night)"],
        ),
        (
            [
                cell(24, indicator_id="night", area_id="all_forces"),
                *parts(night=20, day=30),
                cell(None, indicator_id="night", area_id="essex"),
            ],
            ["essex, bluesky, all accounts, month of 2026-10-01 (public, night)"],
        ),
        # A month whose first days are a weekend and whose last is a bank holiday, or that ends on a Tuesday:
        # these have no more than its weekends, or its weekdays, and the week that is left has the rest.
        (
            [
                cell(47, period_start=AUGUST),
                *weeks(None, 12, 12, 11, start=date(2026, 8, 3)),
                *parts(AUGUST, weekend=7, weekday=40),
            ],
            ["week of 2026-08-03"],
        ),
        (
            [
                cell(47, period_start=JUNE),
                *weeks(12, 12, 11, None, start=JUNE),
                *parts(JUNE, weekend=40, weekday=7),
            ],
            ["week of 2026-06-22"],
        ),
        # Accounts without declared hours have what all have beside those with them, at most.
        ([cell(40), staffed(36)], ["month of 2026-10-01 (public, left out)"]),
        ([cell(40), staffed(33, lost=3)], ["month of 2026-10-01 (public, left out)"]),
    ],
)  # fmt: skip
def test_what_can_be_worked_out_is_found(cells: list[Cell], found: list[str]) -> None:
    lines = recovered(*cells)
    assert len(lines) == len(found)
    for wanted in found:
        assert any(wanted in line for line in lines), (wanted, lines)


@pytest.mark.parametrize(
    "cells",
    [
        # Two together have twelve.
        [cell(42), cell(30, account_scope="official"), *(cell(None, account_scope=s) for s in ("a", "b"))],
        # What is left out of a sum is not in it.
        [cell(30, platform="all"), cell(30), cell(None, platform="mastodon")],
        [cell(60, area_id="all_forces"), cell(30), cell(30, area_id="essex"), cell(None, area_id="surrey")],
        [cell(63, period_type="quarter", period_start=date(2026, 7, 1)), *months(30, None, 33)],
        # Surrey's are not collected and in the group: whose the rest is nobody can say.
        [
            cell(70, area_id="all_forces"),
            cell(30),
            cell(None, area_id="essex"),
            cell(None, area_id="surrey", value_note="not_collected"),
        ],
        # A median of under twenty is held back; its count stands beside it.
        [*SCOPES[:2], cell(12, account_scope="b"), cell(None, account_scope="b", indicator_id="median")],
        # A count that was not followed so long is the least that it can be.
        [
            cell(30, note_detail="4 conversations that were not followed so long are left out"),
            *SCOPES[1:],
        ],
        # Of two parts neither is shown, and longer periods have the months in which both are.
        [cell(40), *parts(night=None, day=None)],
        [
            cell(20, indicator_id="night", period_type="quarter", period_start=date(2026, 7, 1)),
            *parts(date(2026, 7, 1), night=20, day=30),
            *parts(AUGUST, night=None, day=None),
            cell(40, period_start=AUGUST),
        ],
        # Ten are left to the weekends; and in Scotland the last of August is a Monday like any other.
        [
            cell(47, period_start=AUGUST),
            *weeks(None, 12, 12, 11, start=date(2026, 8, 3)),
            *parts(AUGUST, weekend=10, weekday=37),
        ],
        [
            {**one, "area_id": "police-scotland"}
            for one in (
                cell(47, period_start=AUGUST),
                *weeks(None, 12, 12, 11, start=date(2026, 8, 3)),
                *parts(AUGUST, weekend=7, weekday=40),
            )
        ],
        # Ten are left to the accounts without declared hours, or there are none, or nobody says how many.
        [cell(40), staffed(30)],
        [cell(40), staffed(37, lost=3, leaves_out=False)],
        [cell(40), staffed(None)],
        [cell(None), staffed(30)],
        # Nothing is around it.
        [cell(None)],
    ],
)
def test_nothing_else_is_found(cells: list[Cell]) -> None:
    assert recovered(*cells) == []


def test_a_count_that_is_surely_no_small_one_may_be_known() -> None:
    """It was kept back for a smaller one's sake."""
    cells = [cell(60), cell(30, account_scope="official"), cell(None, account_scope="officers")]
    assert recovered(*cells) == []


def test_counts_that_contradict_each_other_are_named() -> None:
    assert recovered(cell(20), cell(30, account_scope="official"), cell(None, account_scope="officers"))


def test_only_so_many_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "NAMED", 1)
    assert len(recovered(*SCOPES, cell(None, account_scope="neighbourhood"))) == 1
