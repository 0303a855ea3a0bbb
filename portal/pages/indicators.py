"""Indicators: which there are, and one for every force, with its definition and its charts.

Belongs here: the choices of these pages. Does not belong here: the table (pipelines/release/reader.py).
"""

import duckdb

from pipelines.release.opened import rows_of
from pipelines.release.periods import Period, choose
from pipelines.release.published import Release
from pipelines.release.reader import Asked as Table
from pipelines.release.reader import table_of
from portal.pages.page import Asked, Made, Page, choices, only
from portal.pages.themes import themed

NAMES = ("platform", "scope", "period", "period_type", "peers_of")


def index(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    """Every indicator, with the number of forces that have a number of it in the newest final period."""
    period = choose(connection, asked.get("period"), asked.get("period_type"))
    sql = """
        select i.*, (
            select count(distinct v.area_id)
            from bench_values as v
            inner join dim_area as a on v.area_id = a.area_id and a.area_type = 'force'
            where v.indicator_id = i.indicator_id and v.value is not null
                and v.period_type = $type and v.period_start = $start
        ) as forces
        from dim_indicator as i
        order by i.position
    """
    rows = rows_of(release, connection, sql, {"type": period.period_type, "start": period.start})
    known_by = {row["indicator_id"]: row["known_by"] for row in rows}
    return {
        "period": period,
        "themes": themed((row for row in rows if row["forces"]), known_by),
        "without": [row for row in rows if not row["forces"]],
        "asked": only(asked, "period", "period_type"),
    }


def table_asked(asked: Asked, indicator: str | None = None, force: str | None = None) -> Table:
    """What the reader is asked for by an address."""
    return Table(
        indicator=indicator,
        force=force,
        platform=asked.get("platform"),
        scope=asked.get("scope", "all"),
        period=asked.get("period"),
        period_type=asked.get("period_type"),
        peers_of=asked.get("peers_of"),
    )


def one(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    """One indicator of every force, best first."""
    table = table_of(release, connection, table_asked(asked, asked["indicator"]))
    [definition] = rows_of(
        release,
        connection,
        "from dim_indicator where indicator_id = $id",
        {"id": table.rows[0]["indicator_id"]},
    )
    first = table.rows[0]
    period = Period(first["period_type"], first["period_start"], first["period_end"])
    forces = [row for row in table.rows if row["area_type"] == "force"]
    trend_of = table.peers_of or "all_forces"
    weeks = rows_of(
        release,
        connection,
        "from bench_values where indicator_id = $indicator and platform = $platform and area_id = $area "
        "and account_scope = $scope and period_type = 'week' and value is not null limit 2",
        {
            "indicator": first["indicator_id"],
            "platform": first["platform"],
            "area": trend_of,
            "scope": first["account_scope"],
        },
    )
    return {
        "table": table,
        "definition": definition,
        "first": first,
        "with_numbers": [row for row in forces if row["value"] is not None],
        "without": [row for row in forces if row["value"] is None],
        "others": [row for row in table.rows if row["area_type"] != "force"],
        "chart": {
            "indicator": first["indicator_id"],
            "platform": first["platform"],
            "scope": first["account_scope"],
            "period_type": period.period_type,
            "period": str(first["period_end"]),
            **only(asked, "peers_of"),
        },
        "has_funnel": any(row["compared_of"] for row in forces) and not table.peers_of,
        "has_trend": len(weeks) > 1,
        "trend_of": trend_of,
        "trend_name": next((row["area_name"] for row in table.rows if row["area_id"] == trend_of), ""),
        "asked": only(asked, *NAMES),
        **choices(connection, period),
    }


PAGES = [
    Page("/indicators", "indicator", "indicators.html", index),
    Page("/indicators/{indicator}", "indicator", "indicator.html", one),
]
