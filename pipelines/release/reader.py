"""What the command line shows of a release: benchmark tables, each with what it means below it.

Belongs here: queries over published tables. Does not belong here: arithmetic on metrics (dbt), which period
a table is of (periods.py), what is said beside it (sentences.py), or how it looks (cli/display.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.release.cells import CELLS
from pipelines.release.opened import name_of, names, open_release, rows_of, usual_platform
from pipelines.release.peers import peers_named, peers_together
from pipelines.release.periods import NotFoundError, Period, choose
from pipelines.release.published import Release
from pipelines.release.sentences import (
    by_chance,
    definition,
    explained,
    finality,
    lower,
    made_from,
    no_account,
    pooled,
)
from pipelines.release.without_incidents import say_without_incidents
from pipelines.settings import Settings


@dataclass(frozen=True)
class Asked:
    """What a table is asked for, as it was typed.

    Without a platform: all of them together where that compares like with like; otherwise the one with the
    most numbers, and all together, which then compares nobody, only where no single one has any. A force's
    table has every platform. `peers_of`: of an indicator's table that force and its peers alone.
    `release`: official, working or an id; None is the official one where there is one.
    """

    indicator: str | None = None
    force: str | None = None
    platform: str | None = None
    scope: str = "all"
    period: str | None = None
    period_type: str | None = None
    peers_of: str | None = None
    release: str | None = None


@dataclass
class BenchmarkTable:
    """One indicator for every force, groups of forces last; or for `peers_of` and its peers, which stand last
    together; or one force's indicators.

    The rows of both have the same columns: the cell, its value with its uncertainty, the comparison, and a
    sentence where something is to be noted.
    """

    title: str
    above: list[str]
    below: list[str]
    rows: list[dict[str, Any]]
    is_of_force: bool
    peers_of: str | None = None

    @property
    def has_numbers(self) -> bool:
        return any(row["value"] is not None for row in self.rows)


def indicators(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every indicator with its name and unit."""
    sql = "select indicator_id, name, unit from dim_indicator order by position"
    return connection.sql(sql).pl().to_dicts()


def questions(release: Release, connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The questions that the benchmarks are to settle, each with its present answer or what is missing.

    Raises:
        NotFoundError: an earlier version published the release.
    """
    return rows_of(release, connection, "from bench_questions order by position")


def incidents(
    release: Release, connection: duckdb.DuckDBPyConnection, force: str | None = None
) -> list[dict[str, Any]]:
    """What was said, shared and gained in each declared incident: a row for each platform, and one for all.

    `audience_note`: why a row does not say how many followers there were.

    Raises:
        NotFoundError: no such force, or an earlier version published the release.
    """
    order = "from_date desc, incident_id, force_id, platform <> 'all', platform"
    return _of_force(release, connection, _INCIDENTS, force, order)


#: Why there are no followers is as the model has it: the accounts of the eve and of the last day.
_INCIDENTS = """(
    select i.*, case
        when i.follower_count_before is not null then null
        when i.platform = 'all' then 'not added up over platforms'
        when exists(
            select 1 from dim_account_event as e
            inner join dim_account as a on e.into_account_id = a.account_id
            where a.force_id = i.force_id and a.platform = i.platform
                and e.event_date between i.from_date - 28 and i.until_date
        ) then 'accounts were merged'
        when not exists(
            select 1 from dim_account as a where a.force_id = i.force_id and a.platform = i.platform
                and coalesce(a.opened_date < i.from_date, true)
                and coalesce(a.closed_date > i.until_date, true)
        ) then 'no account before and after'
        else 'not collected'
    end as audience_note
    from bench_incidents as i
)"""


def mergers(
    release: Release, connection: duckdb.DuckDBPyConnection, force: str | None = None
) -> list[dict[str, Any]]:
    """What changed with each merger or closing of accounts: a row for each outcome, the newest merger first.

    Raises:
        NotFoundError: no such force, or an earlier version published the release.
    """
    order = "event_date desc, force_id, platform, outcome"
    return _of_force(release, connection, "bench_merger_effects", force, order)


def _of_force(
    release: Release, connection: duckdb.DuckDBPyConnection, table: str, force: str | None, order: str
) -> list[dict[str, Any]]:
    """A table's rows of one force, or without one of all."""
    forces = names(connection, "area_id", "area_name", "dim_area where area_type = 'force'")
    sql = f"from {table} where force_id = coalesce($force, force_id) order by {order}"
    return rows_of(release, connection, sql, {"force": force and name_of(force, forces, "force")})


def table(settings: Settings, asked: Asked) -> BenchmarkTable:
    """A table of a release, as `table_of`.

    Raises:
        NotFoundError: nothing is published, no such release is kept, or as for `table_of`.
        DamagedReleaseError: what is published is damaged.
    """
    return table_of(*open_release(settings, asked.release), asked)


def table_of(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> BenchmarkTable:
    """The table of an indicator, of a force, or of one indicator of one force.

    Raises:
        NotFoundError: no such indicator, force, platform, scope or period; the message names those there are.
            A force has no peers, or they are asked for of a table of one force.
    """
    if asked.peers_of and (asked.force or not asked.indicator):
        raise NotFoundError("the peers of a force are compared by one indicator, and without --force")
    definitions = every = connection.sql("from dim_indicator order by position").pl().to_dicts()
    platforms = {"all": "All platforms"} | names(connection, "platform", "platform_name", "dim_platform")
    scopes = names(connection, "account_scope", "account_scope_name", "dim_account_scope")
    forces = names(connection, "area_id", "area_name", "dim_area where area_type = 'force'")
    force = asked.force and name_of(asked.force, forces, "force")
    peers_of = asked.peers_of and name_of(asked.peers_of, forces, "force")
    peers = _peers(release, connection, force or peers_of)
    if peers_of and not peers:
        raise NotFoundError(peers_named(forces[peers_of], peers, forces))
    areas = [peers_of, *(peer["peer_force_id"] for peer in peers)] if peers_of else [force] if force else None
    scope = name_of(asked.scope, scopes, "account scope")
    if asked.indicator:
        found = name_of(
            asked.indicator, {row["indicator_id"]: row["name"] for row in definitions}, "indicator"
        )
        definitions = [row for row in definitions if row["indicator_id"] == found]
    period = choose(connection, asked.period, asked.period_type or _own_period_type(asked, definitions[0]))
    definitions = [row for row in definitions if _is_made(connection, row["indicator_id"], period, scope)]
    if not definitions:
        raise NotFoundError(
            f"that is not made of {lower(scopes[scope])} for {period.period_type.replace('_', ' ')}s"
        )
    platform = asked.platform and name_of(asked.platform, platforms, "platform")
    if platform is None and force is None:
        platform = usual_platform(connection, definitions[0], period, scope)
    parameters = {
        "indicators": [row["indicator_id"] for row in definitions],
        "areas": areas or [*names(connection, "area_id", "area_name", "dim_area")],
        "is_of_force": force is not None,
        "platform": platform,
        "scope": scope,
        "no_account": no_account(scope, scopes[scope]),
        "period_type": period.period_type,
        "period_start": period.start,
        "period_end": period.end,
        "release_id": release.release_id,
        "release_label": release.label,
    }
    rows = rows_of(release, connection, CELLS, parameters)
    if not rows:
        what = definitions[0]["name"] if asked.indicator else "any indicator"
        raise NotFoundError(f"there is no table of {what} for {platforms[str(platform)]}")
    say_without_incidents(release, connection, rows)
    if peers_of:
        rows.append(peers_together(next(row for row in rows if row["area_id"] == peers_of)))
    about = [forces[force] if force else definitions[0]["name"]]
    about += [definitions[0]["name"]] if force and asked.indicator else []
    about += [platforms[platform]] if platform else []
    about += [lower(scopes[scope])] if scope != "all" else []
    about += [f"{forces[peers_of]} and its peers"] if peers_of else []
    return BenchmarkTable(
        title=f"{about[0]}: {', '.join([*about[1:], period.name])}",
        above=[period.remark, finality(rows)] if period.remark else [finality(rows)],
        below=[
            *(line for row in definitions for line in definition(row)),
            *explained(rows),
            *([peers_named(forces[one], peers, forces)] if (one := force or peers_of) else []),
            *([] if force else pooled(rows, every)),
            *([] if force else by_chance(rows)),
            made_from(release),
        ],
        rows=rows,
        is_of_force=force is not None,
        peers_of=peers_of,
    )


def _peers(
    release: Release, connection: duckdb.DuckDBPyConnection, force: str | None
) -> list[dict[str, Any]]:
    """The force's peers, nearest first; without a force nobody's."""
    sql = "from dim_peer where force_id = $force order by position"
    return rows_of(release, connection, sql, {"force": force}) if force else []


def _own_period_type(asked: Asked, definition: Mapping[str, Any]) -> str | None:
    """The type of period of an indicator that has not every type, where nobody asked for a period."""
    if not asked.indicator or asked.period:
        return None
    return (definition.get("period_types") or "").partition("|")[0] or None


def _is_made(connection: duckdb.DuckDBPyConnection, indicator: str, period: Period, scope: str) -> bool:
    """Whether an indicator exists for this type of period and scope: a median is made for weeks and months of
    all accounts. One that has no cell anywhere has its reasons."""
    row = connection.sql(
        "select count(*) = 0 or bool_or(period_type = $period_type and account_scope = $scope) "
        "from bench_values where indicator_id = $indicator",
        params={"indicator": indicator, "period_type": period.period_type, "scope": scope},
    ).fetchone()
    return bool(row and row[0])
