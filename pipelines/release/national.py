"""The country at one glance: a few indicators side by side, a row for each force, and what stands out.

Belongs here: which indicators, which forces, and the cells. Does not belong here: the query (cells.py), what
is said of them (summary.py), or arithmetic on metrics (dbt).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from pipelines.release.cells import CELLS
from pipelines.release.opened import name_of, names, rows_of, usual_platform
from pipelines.release.periods import NotFoundError, Period, choose
from pipelines.release.published import Release
from pipelines.release.sentences import no_account
from pipelines.release.without_incidents import say_without_incidents

#: Questions answered, how soon, audience, response to posts, and how much is said. The first compares like
#: with like over all platforms, the others are of one.
HEADLINES = (
    "answered_1h_ratio",
    "answered_1h_pct",
    "median_first_reply_seconds",
    "followers_per_1k",
    "engagements_per_post",
    "posts_per_week",
)


@dataclass(frozen=True)
class NationalAsked:
    """As it was typed. `among`: a group of forces; `peers_of`: a force, which stands beside its peers."""

    platform: str | None = None
    scope: str = "all"
    period: str | None = None
    period_type: str | None = None
    among: str | None = None
    peers_of: str | None = None


@dataclass(frozen=True)
class NationalRow:
    """A force or a group, and its cell of each indicator by id; rows of CELLS."""

    area_id: str
    area_name: str
    area_type: str
    cells: dict[str, dict[str, Any]]

    @property
    def is_silent(self) -> bool:
        """It has no number in any of them."""
        return all(cell["value"] is None for cell in self.cells.values())


@dataclass(frozen=True)
class NationalTable:
    """`indicators`: rows of dim_indicator that have a number somewhere, with `platform_name`; `without`:
    names of those that have none. `rows`: forces by name, then groups."""

    period: Period
    platform: str
    platform_name: str
    scope: str
    among_name: str
    indicators: list[dict[str, Any]]
    without: list[str]
    rows: list[NationalRow]

    @property
    def forces(self) -> list[NationalRow]:
        return [row for row in self.rows if row.area_type == "force"]

    @property
    def silent(self) -> list[NationalRow]:
        return [row for row in self.forces if row.is_silent]


def national(release: Release, connection: duckdb.DuckDBPyConnection, asked: NationalAsked) -> NationalTable:
    """The headline indicators of every force, of a group's forces, or of one and its peers.

    Raises:
        NotFoundError: no such platform, scope, period, group or force; or the release has none of the
            indicators.
    """
    wanted = rows_of(release, connection, "from dim_indicator where list_contains($ids, indicator_id)",
                     {"ids": list(HEADLINES)})  # fmt: skip
    definitions = sorted(wanted, key=lambda row: HEADLINES.index(row["indicator_id"]))
    if not definitions:
        raise NotFoundError(f"release {release.release_id} has none of the headline indicators")
    period = choose(connection, asked.period, asked.period_type)
    scope_names = names(connection, "account_scope", "account_scope_name", "dim_account_scope")
    scope = name_of(asked.scope, scope_names, "account scope")
    platforms = names(connection, "platform", "platform_name", "dim_platform")
    chosen = asked.platform and name_of(asked.platform, platforms, "platform")
    of_one = [row for row in definitions if not row["is_standardised"]]
    platform = chosen or usual_platform(connection, (of_one or definitions)[0], period, scope)
    areas, among_name = _areas(release, connection, asked)
    cells: list[dict[str, Any]] = []
    for on, some in (("all", [d for d in definitions if d["is_standardised"]]), (platform, of_one)):
        parameters = {
            "indicators": [row["indicator_id"] for row in some],
            "areas": areas,
            "is_of_force": False,
            "platform": on,
            "scope": scope,
            "no_account": no_account(scope, scope_names[scope]),
            "period_type": period.period_type,
            "period_start": period.start,
            "period_end": period.end,
            "release_id": release.release_id,
            "release_label": release.label,
        }
        cells += rows_of(release, connection, CELLS, parameters)
        for row in some:
            row["platform_name"] = platforms.get(on, "All platforms")
    say_without_incidents(release, connection, cells)
    numbered = {cell["indicator_id"] for cell in cells if cell["value"] is not None}
    return NationalTable(
        period=period,
        platform=platform,
        platform_name=platforms.get(platform, "All platforms"),
        scope=scope,
        among_name=among_name,
        indicators=[row for row in definitions if row["indicator_id"] in numbered],
        without=[row["name"] for row in definitions if row["indicator_id"] not in numbered],
        rows=_by_area(cells),
    )


def final_periods(connection: duckdb.DuckDBPyConnection, period_type: str) -> list[tuple[date, date]]:
    """The periods of a type that are over, the newest first: what a reader may choose from."""
    sql = (
        "select period_start, period_end from dim_period "
        "where period_type = $period_type and is_complete order by period_start desc"
    )
    return connection.sql(sql, params={"period_type": period_type}).fetchall()


def _areas(
    release: Release, connection: duckdb.DuckDBPyConnection, asked: NationalAsked
) -> tuple[list[str], str]:
    """Which areas stand in the table, and what they are together."""
    areas = rows_of(release, connection, "select area_id, area_name, area_type from dim_area")
    if asked.peers_of:
        forces = {row["area_id"]: row["area_name"] for row in areas if row["area_type"] == "force"}
        force = name_of(asked.peers_of, forces, "force")
        peers = rows_of(release, connection, "from dim_peer where force_id = $force", {"force": force})
        if not peers:
            raise NotFoundError(f"{forces[force]} has no peers")
        return [force, *(row["peer_force_id"] for row in peers)], f"{forces[force]} and its peers"
    if asked.among is None:
        return [row["area_id"] for row in areas], "All forces"
    groups = {row["area_id"]: row["area_name"] for row in areas if row["area_type"] != "force"}
    group = name_of(asked.among, groups, "group of forces")
    members = rows_of(release, connection, "from dim_area_member where area_id = $group", {"group": group})
    return [group, *(row["force_id"] for row in members)], groups[group]


def _by_area(cells: Sequence[dict[str, Any]]) -> list[NationalRow]:
    rows: dict[str, NationalRow] = {}
    for cell in cells:
        new = NationalRow(cell["area_id"], cell["area_name"], cell["area_type"], {})
        rows.setdefault(cell["area_id"], new).cells[cell["indicator_id"]] = cell
    return sorted(
        rows.values(),
        key=lambda row: (row.area_type != "force", "" if row.area_type != "force" else row.area_name),
    )
