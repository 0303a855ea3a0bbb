"""What stands out in the national table, as a few sentences made of its numbers.

Belongs here: choosing and saying. Does not belong here: the table (national.py), or arithmetic on metrics:
what is a difference, a change or a decline was decided by dbt (verdicts, limits of changes, the CUSUM).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import duckdb

from pipelines.release import figures
from pipelines.release.national import NationalTable
from pipelines.release.opened import rows_of
from pipelines.release.periods import NotFoundError
from pipelines.release.published import Release
from pipelines.words import many

#: Names that stand for the rest.
NAMED = 3


def summary(release: Release, connection: duckdb.DuckDBPyConnection, table: NationalTable) -> list[str]:
    """The widest gap, the clearest change, who answers less, who merged, who is silent, and incidents."""
    said: list[str] = []
    for sentences in (
        _gap(table),
        _change(table),
        _worse(release, connection, table),
        _merged(release, connection, table),
        _silent(table),
        _incidents(release, connection, table),
    ):
        try:
            said += sentences
        except NotFoundError:  # an earlier version's release says nothing of it
            continue
    return said


def _gap(table: NationalTable) -> Iterator[str]:
    """Of the first indicator that forces are compared by: from whom to whom, and how many truly differ."""
    for indicator in table.indicators:
        cells = [row.cells[indicator["indicator_id"]] for row in table.forces]
        ranked = sorted((cell for cell in cells if cell["rank"]), key=lambda cell: cell["rank"])
        if len(ranked) < 2:
            continue
        best, last = ranked[0], ranked[-1]
        apart = [cell for cell in ranked if cell["verdict"] not in {None, "similar", "not_compared"}]
        yield (
            f"{_named(indicator)}: from {_amount(best)} ({best['area_name']}) to {_amount(last)} "
            f"({last['area_name']}). "
            + (
                f"{len(apart)} of {len(ranked)} forces {_verb(apart, 'differs', 'differ')} from the others "
                f"by more than forces usually do{_list(cell['area_name'] for cell in apart)}."
                if apart
                else f"None of {len(ranked)} forces differs from the others by more than forces usually do."
            )
        )
        return


def _change(table: NationalTable) -> Iterator[str]:
    """The change whose interval lies furthest from none, in halves of its own width."""
    real = [
        (indicator, cell)
        for indicator in table.indicators
        for row in table.forces
        if (cell := row.cells[indicator["indicator_id"]])["change95_low"] is not None
        and cell["change95_low"] * cell["change95_high"] > 0
    ]
    with_limits = [
        cell for row in table.forces for cell in row.cells.values() if cell["change95_low"] is not None
    ]
    if with_limits and not real:
        yield "No force's figure changed by more than chance since the period before."
    if real:
        indicator, cell = max(real, key=lambda each: _clarity(each[1]))
        yield (
            f"Clearest change since the period before: {cell['area_name']}, {_named(indicator).lower()}, "
            f"by {figures.change(cell)} to {_amount(cell)}. {many(len(real), 'figure')} changed by more "
            "than chance; of a hundred that had not, about five would be called so."
        )


def _clarity(cell: Mapping[str, Any]) -> float:
    return float(abs(cell["change"]) / (cell["change95_high"] - cell["change95_low"] or 1e-9))


def _shown(
    release: Release, connection: duckdb.DuckDBPyConnection, table: NationalTable, sql: str
) -> list[dict[str, Any]]:
    """The rows of a query about the period (`$start`, `$end`) that are of the table's forces, with names."""
    forces = {row.area_id: row.area_name for row in table.forces}
    asked = {"start": table.period.start, "end": table.period.end}
    rows = rows_of(release, connection, sql, asked)
    return [row | {"force": forces[row["force_id"]]} for row in rows if row["force_id"] in forces]


def _worse(release: Release, connection: duckdb.DuckDBPyConnection, table: NationalTable) -> Iterator[str]:
    sql = (
        "from bench_cusum where is_worse and period_start = $start and period_end = $end "
        "order by worse_since_date, force_id"
    )
    if worse := _shown(release, connection, table, sql):
        since = (f"{row['force']} since {_date(row['worse_since_date'])}" for row in worse)
        answer = _verb(worse, "answers", "answer")
        yield f"{many(len(worse), 'force')} {answer} less within the hour than before{_list(since)}."


def _merged(release: Release, connection: duckdb.DuckDBPyConnection, table: NationalTable) -> Iterator[str]:
    sql = (
        "select force_id, event_date, count(*) as accounts from dim_account_event "
        "where event_type = 'merged_into' and event_date between $start and $end "
        "group by all order by event_date, force_id"
    )
    if rows := _shown(release, connection, table, sql):
        who = (
            f"{row['force']} ({many(row['accounts'], 'account')}, {_date(row['event_date'])})" for row in rows
        )
        forces = {row["force_id"] for row in rows}
        yield f"Accounts were merged by {many(len(forces), 'force')}{_list(who)}."


def _silent(table: NationalTable) -> Iterator[str]:
    if table.silent:
        yield (
            f"{len(table.silent)} of {len(table.forces)} forces {_verb(table.silent, 'has', 'have')} "
            "no figure here"
            f"{_list(row.area_name for row in table.silent)}."
        )


def _incidents(
    release: Release, connection: duckdb.DuckDBPyConnection, table: NationalTable
) -> Iterator[str]:
    sql = (
        "from bench_incidents where platform = 'all' and from_date <= $end and until_date >= $start "
        "and share_count_7d is not null order by share_count_7d desc, incident_id, force_id"
    )
    for row in _shown(release, connection, table, sql)[:1]:
        were = "was" if row["post_count"] == 1 else "were"
        yield (
            f"{row['incident_name']}, {row['force']}: {many(row['post_count'], 'post')} {were} shared "
            f"{many(row['share_count_7d'], 'time')}."
        )


def _named(indicator: Mapping[str, Any]) -> str:
    return f"{indicator['name']} ({indicator['platform_name']})"


def _amount(cell: Mapping[str, Any]) -> str:
    return figures.amount(cell["value"], cell["unit"])


def _verb(those: Sequence[object], of_one: str, of_more: str) -> str:
    return of_one if len(those) == 1 else of_more


def _list(parts: Iterable[str]) -> str:
    """`: A, B, C and 4 more`."""
    every = list(parts)
    more = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
    return f": {', '.join(every[:NAMED])}{more}"


def _date(day: Any) -> str:
    return f"{day.day} {day:%B %Y}"
