"""What stands out in a national table is said from its numbers, and nothing is said of what is not there."""

from datetime import date
from typing import Any

import duckdb
import pytest

from pipelines.release.national import NationalRow, NationalTable
from pipelines.release.periods import Period
from pipelines.release.published import Release
from pipelines.release.summary import summary

RELEASE = Release("20261201T0530-0123456789", "2026-12-01T05:30:00Z", "", "sandbox", True, "", "", "", 1)
OCTOBER = Period("month", date(2026, 10, 1), date(2026, 10, 31))
FORCES = {
    "kent": "Kent Police",
    "essex": "Essex Police",
    "surrey": "Surrey Police",
    "wales": "North Wales Police",
}


def cell(area: str, value: float | None, **more: Any) -> dict[str, Any]:
    row = dict.fromkeys(("rank", "verdict", "change", "change95_low", "change95_high"))
    return {**row, "area_name": FORCES[area], "value": value, "unit": "%", **more}


def table(cells: dict[str, dict[str, Any]]) -> NationalTable:
    indicator = {"indicator_id": "answered", "name": "Answered", "platform_name": "Bluesky"}
    rows = [NationalRow(area, FORCES[area], "force", {"answered": own}) for area, own in cells.items()]
    return NationalTable(OCTOBER, "bluesky", "Bluesky", "all", "All forces", [indicator], [], rows)


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute(
        "create table bench_cusum (force_id text, is_worse boolean, period_start date, period_end date, "
        "worse_since_date date)"
    )
    made.execute("create table dim_account_event (force_id text, event_type text, event_date date)")
    made.execute(
        "create table bench_incidents (incident_id text, incident_name text, force_id text, platform text, "
        "from_date date, until_date date, post_count bigint, share_count_7d bigint)"
    )
    return made


def test_nothing_is_said_of_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    assert summary(RELEASE, connection, table({"kent": cell("kent", 1.0)})) == []


def test_the_gap_names_both_ends_and_who_truly_differs(connection: duckdb.DuckDBPyConnection) -> None:
    cells = {
        "kent": cell("kent", 60.0, rank=1, verdict="better"),
        "essex": cell("essex", 40.0, rank=2, verdict="similar"),
        "surrey": cell("surrey", 10.0, rank=3, verdict="not_compared"),
    }
    [said] = summary(RELEASE, connection, table(cells))
    assert said == (
        "Answered (Bluesky): from 60.0% (Kent Police) to 10.0% (Surrey Police). 1 of 3 forces differs from "
        "the others by more than forces usually do: Kent Police."
    )
    cells["kent"]["verdict"] = "similar"
    [said] = summary(RELEASE, connection, table(cells))
    assert said.endswith("None of 3 forces differs from the others by more than forces usually do.")


def test_a_change_counts_where_its_interval_is_on_one_side_of_none(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    by_chance = {"change": 9.0, "change95_low": -1.0, "change95_high": 19.0}
    cells = {"kent": cell("kent", 60.0, **by_chance)}
    assert summary(RELEASE, connection, table(cells)) == [
        "No force's figure changed by more than chance since the period before."
    ]
    small_and_sure = {"change": -4.0, "change95_low": -5.0, "change95_high": -3.0}
    large_and_unsure = {"change": 12.0, "change95_low": 1.0, "change95_high": 23.0}
    cells |= {
        "essex": cell("essex", 40.0, **small_and_sure),
        "surrey": cell("surrey", 9.0, **large_and_unsure),
    }
    [said] = summary(RELEASE, connection, table(cells))
    assert said.startswith(
        "Clearest change since the period before: Essex Police, answered (bluesky), by -4.00"
    )
    assert "2 figures changed by more than chance" in said


def test_who_is_silent_worse_merged_or_in_an_incident_is_named(connection: duckdb.DuckDBPyConnection) -> None:
    month = "date '2026-10-01', date '2026-10-31'"
    connection.execute(f"insert into bench_cusum values ('kent', true, {month}, date '2026-10-09')")
    connection.execute(f"insert into bench_cusum values ('essex', false, {month}, null)")
    connection.execute(
        "insert into bench_cusum values ('surrey', true, '2026-09-01', '2026-09-30', '2026-09-02')"
    )
    connection.execute(
        "insert into dim_account_event select 'kent', 'merged_into', date '2026-10-12' from range(3) "
        "union all select 'elsewhere', 'merged_into', date '2026-10-12' "
        "union all select 'essex', 'renamed', date '2026-10-12'"
    )
    connection.execute(
        "insert into bench_incidents values "
        "('dam', 'The dam', 'kent', 'all', '2026-10-03', '2026-10-08', 147, 21000), "
        "('fire', 'The fire', 'essex', 'all', '2026-10-03', '2026-10-08', 9, 30000), "
        "('flood', 'The flood', 'kent', 'all', '2026-11-03', '2026-11-08', 9, 90000), "
        "('storm', 'The storm', 'kent', 'x', '2026-10-03', '2026-10-08', 9, 90000)"
    )
    cells = {area: cell(area, 1.0 if area in {"kent", "essex"} else None) for area in FORCES}
    assert summary(RELEASE, connection, table(cells)) == [
        "1 force answers less within the hour than before: Kent Police since 9 October 2026.",
        "Accounts were merged by 1 force: Kent Police (3 accounts, 12 October 2026).",
        "2 of 4 forces have no figure here: Surrey Police, North Wales Police.",
        "The fire, Essex Police: 9 posts were shared 30,000 times.",
    ]


def test_a_release_of_an_earlier_version_says_what_it_can() -> None:
    cells = {"kent": cell("kent", None), "essex": cell("essex", 1.0)}
    assert summary(RELEASE, duckdb.connect(), table(cells)) == [
        "1 of 2 forces has no figure here: Kent Police."
    ]
