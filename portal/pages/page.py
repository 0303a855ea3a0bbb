"""What a page is, and what many of them offer to choose from.

Belongs here: the shape of a page and lists of choices. Does not belong here: any one page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.release.opened import names
from pipelines.release.periods import Period
from pipelines.release.published import Release

Asked = Mapping[str, str]
Made = dict[str, Any]
Make = Callable[[Release, duckdb.DuckDBPyConnection, Asked], Made]

PERIOD_TYPES = {
    "month": "Months",
    "week": "Weeks",
    "quarter": "Quarters",
    "year": "Years",
    "rolling_12_months": "Twelve months",
}


@dataclass(frozen=True)
class Page:
    """`name`: by which the rules of access know it. `make`: what the template needs, of a release. `usual`:
    which release it is of where nobody says; None is the official one where there is one."""

    path: str
    name: str
    template: str
    make: Make
    usual: str | None = None


def choices(connection: duckdb.DuckDBPyConnection, period: Period) -> Made:
    """What the form above a table offers: periods of the type that is shown, newest first, and the rest."""
    sql = (
        "select period_type, period_start, period_end from dim_period "
        "where period_type = $type order by period_start desc"
    )
    rows = connection.sql(sql, params={"type": period.period_type}).fetchall()
    return {
        "period": period,
        # The twelve months that end with a month are asked for by a day of that month.
        "periods": [
            (end if kind == "rolling_12_months" else start, Period(kind, start, end).name)
            for kind, start, end in rows
        ],
        "period_types": PERIOD_TYPES,
        "platforms": names(connection, "platform", "platform_name", "dim_platform"),
        "scopes": names(connection, "account_scope", "account_scope_name", "dim_account_scope"),
        "forces": names(connection, "area_id", "area_name", "dim_area where area_type = 'force'"),
        "groups": dict(
            connection.sql(
                "select area_id, area_name from dim_area where area_type <> 'force' order by position"
            ).fetchall()
        ),
    }


def only(asked: Asked, *wanted: str) -> dict[str, str]:
    """What was asked for of these names: a page's links carry nothing else on."""
    return {name: asked[name] for name in wanted if name in asked}
