"""Forces: which there are, and everything of one beside all forces and its peers.

Belongs here: the choices of these pages. Does not belong here: the table (pipelines/release/reader.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from pipelines.release.neighbourhoods import neighbourhoods
from pipelines.release.opened import rows_of
from pipelines.release.periods import Period
from pipelines.release.published import Release
from pipelines.release.reader import table_of
from pipelines.release.sentences import reasons
from portal.pages.indicators import table_asked
from portal.pages.page import Asked, Made, Page, choices, only
from portal.pages.themes import themed

NAMES = ("platform", "scope", "period", "period_type")
#: What says when somebody answers, in the order of its table. Which of the 168 hours are covered is not
#: published: few write in one hour of one force, and what is few could be found from it.
WHEN = (
    "hours_covered_pct",
    *("answered_1h_day_pct", "answered_1h_night_pct"),
    *("answered_1h_weekday_pct", "answered_1h_weekend_pct"),
)


def index(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    """Every force with its country, residents, open accounts, and what was last collected of it."""
    sql = """
        select f.force_id, f.force_name, f.country, f.force_type, f.population, f.population_vintage,
            a.accounts, a.platforms, c.collected_date
        from dim_force as f
        left join (
            select force_id, count(*) as accounts, count(distinct platform) as platforms
            from dim_account where closed_date is null and merged_date is null
            group by force_id
        ) as a on f.force_id = a.force_id
        left join (
            select force_id, max(collected_date) as collected_date
            from fct_collection where status in ('landed', 'empty')
            group by force_id
        ) as c on f.force_id = c.force_id
        order by f.force_name
    """
    return {"forces": rows_of(release, connection, sql), "asked": {}}


def one(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    """A force's indicators with a number, and once each why the others have none; its accounts and events."""
    table = table_of(release, connection, table_asked(asked, force=asked["force"]))
    first = table.rows[0]
    force_id = first["area_id"]
    period = Period(first["period_type"], first["period_start"], first["period_end"])
    accounts = rows_of(
        release,
        connection,
        "from dim_account where force_id = $force order by platform, account_type, handle",
        {"force": force_id},
    )
    indicators = rows_of(release, connection, "select indicator_id, known_by from dim_indicator")
    known_by = {row["indicator_id"]: row["known_by"] for row in indicators}
    events = rows_of(
        release,
        connection,
        "from dim_account_event where force_id = $force order by event_date desc, account_id",
        {"force": force_id},
    )
    return {
        "table": table,
        "force_id": force_id,
        "force_name": table.rows[0]["area_name"],
        "themes": themed((row for row in table.rows if row["value"] is not None), known_by),
        "clocks": clocks(table.rows),
        "reasons": reasons(table.rows),
        "hours": hours(table.rows),
        "neighbourhoods": neighbourhoods(release, connection, force_id, period),
        "accounts": accounts,
        "events": events,
        "worse": _worse(release, connection, force_id, period.period_type, period.start),
        "chart": {
            "force": force_id,
            "period_type": period.period_type,
            "period": str(period.end),
            "scope": asked.get("scope", "all"),
            **only(asked, "platform"),
        },
        "asked": only(asked, *NAMES),
        **choices(connection, period),
    }


def clocks(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The platforms with a figure in staffed time, each with that of the elapsed clock, or None without one.

    What staffed time means is the indicator's definition; here both stand side by side, so that short hours
    are not taken for quick answers.
    """
    shares = {(row["indicator_id"], row["platform"]): row for row in rows if row["value"] is not None}
    return [
        {"staffed": row, "elapsed": shares.get(("answered_1h_pct", platform))}
        for (indicator, platform), row in shares.items()
        if indicator == "answered_1h_staffed_pct"
    ]


def hours(rows: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """A line for each platform with a number in one of `WHEN`: its rows of those of them that the period has,
    in their order. Weeks have no parts of the day."""
    made = [name for name in WHEN if any(row["indicator_id"] == name for row in rows)]
    by_platform: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        if row["indicator_id"] in made:
            by_platform.setdefault(row["platform"], {})[row["indicator_id"]] = row
    return [
        [of_one[name] for name in made]
        for of_one in by_platform.values()
        if len(of_one) == len(made) and any(row["value"] is not None for row in of_one.values())
    ]


def _worse(
    release: Release, connection: duckdb.DuckDBPyConnection, force: str, period_type: str, start: Any
) -> dict[str, Any] | None:
    sql = (
        "from bench_cusum where force_id = $force and period_type = $type and period_start = $start "
        "and is_worse"
    )
    rows = rows_of(release, connection, sql, {"force": force, "type": period_type, "start": start})
    return rows[0] if rows else None


PAGES = [
    Page("/forces", "force", "forces.html", index),
    Page("/forces/{force}", "force", "force.html", one),
]
