"""Beside a figure that a declared incident is in: what it is without the incident's days.

Belongs here: finding it and saying it at the cell. Does not belong here: the arithmetic (dbt,
bench_without_incidents).
"""

from typing import Any

import duckdb

from pipelines.release import figures
from pipelines.release.opened import rows_of
from pipelines.release.periods import NotFoundError
from pipelines.release.published import Release


def say_without_incidents(
    release: Release, connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]
) -> None:
    """Give each row of a table (cells.py, all of one period) its `value_without_incidents`, in its own unit
    and None where there is none, and a sentence in its note."""
    found = _found(release, connection, rows)
    for row in rows:
        without = found.get((row["indicator_id"], row["area_id"], row["platform"]))
        if without and row["value"] is not None:
            row["value_without_incidents"] = without["value_without"]
            row["note"] = " ".join(filter(None, [row["note"], _sentence(without)]))


def _found(
    release: Release, connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]
) -> dict[tuple[str, str, str], dict[str, Any]]:
    if not rows or rows[0]["account_scope"] != "all":
        return {}
    sql = "from bench_without_incidents where period_type = $type and period_start = $start"
    wanted = {"type": rows[0]["period_type"], "start": rows[0]["period_start"]}
    try:
        lines = rows_of(release, connection, sql, wanted)
    except NotFoundError:  # an earlier version's release says nothing of it
        return {}
    return {(line["indicator_id"], line["area_id"], line["platform"]): line for line in lines}


def _sentence(without: dict[str, Any]) -> str:
    """`Without Toddbrook: 3.1.`"""
    if without["value_without"] is None:
        return f"Without {without['incidents']} too little is left for a figure."
    return f"Without {without['incidents']}: {figures.amount(without['value_without'], without['unit'])}."
