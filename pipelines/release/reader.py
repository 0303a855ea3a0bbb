"""What the command line shows of the current release: benchmark tables, each with what it means below it.

Belongs here: queries over published tables. Does not belong here: arithmetic on metrics (dbt), which period
a table is of (periods.py), what is said beside it (sentences.py), or how it looks (cli/display.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.disk import as_sql
from pipelines.release.peers import peers_named, peers_together
from pipelines.release.periods import NotFoundError, Period, choose
from pipelines.release.published import Release, folder_of, served
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
from pipelines.settings import Settings


@dataclass(frozen=True)
class Asked:
    """What a table is asked for, as it was typed.

    Without a platform: all of them together where that compares like with like; otherwise the one with the
    most numbers, and all together, which then compares nobody, only where no single one has any. A force's
    table has every platform. `peers_of`: of an indicator's table that force and its peers alone.
    """

    indicator: str | None = None
    force: str | None = None
    platform: str | None = None
    scope: str = "all"
    period: str | None = None
    period_type: str | None = None
    peers_of: str | None = None


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


def open_release(settings: Settings) -> tuple[Release, duckdb.DuckDBPyConnection]:
    """The current release and a connection with its tables as views.

    Raises:
        NotFoundError: nothing is published.
        DamagedReleaseError: a table, release.json or the pointer is not what was published.
    """
    release = served(settings)
    if release is None:
        raise NotFoundError("nothing is published yet: `beatbook run` publishes")
    connection = duckdb.connect()
    for path in sorted((folder_of(settings, release) / "tables").glob("*.parquet")):
        connection.execute(f"create view {path.stem} as from {as_sql(path)}")
    return release, connection


def indicators(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every indicator with its name and unit."""
    sql = "select indicator_id, name, unit from dim_indicator order by position"
    return connection.sql(sql).pl().to_dicts()


def questions(release: Release, connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The questions that the benchmarks are to settle, each with its present answer or what is missing.

    Raises:
        NotFoundError: an earlier version published the release.
    """
    return _rows(release, connection, "from bench_questions order by position")


def incidents(
    release: Release, connection: duckdb.DuckDBPyConnection, force: str | None = None
) -> list[dict[str, Any]]:
    """What was said, shared and gained in each declared incident: a row for each platform, and one for all.

    Raises:
        NotFoundError: no such force, or an earlier version published the release.
    """
    forces = _names(connection, "area_id", "area_name", "dim_area where area_type = 'force'")
    sql = (
        "from bench_incidents where force_id = coalesce($force, force_id) "
        "order by from_date desc, incident_id, force_id, platform <> 'all', platform"
    )
    return _rows(release, connection, sql, {"force": force and _one_of(force, forces, "force")})


def _rows(
    release: Release, connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] = {}
) -> list[dict[str, Any]]:
    try:
        return connection.sql(sql, params=dict(parameters)).pl().to_dicts()
    except duckdb.CatalogException as error:
        raise NotFoundError(
            f"release {release.release_id} lacks a table: an earlier version published it, "
            "`beatbook build` publishes anew"
        ) from error


def table(settings: Settings, asked: Asked) -> BenchmarkTable:
    """The table of an indicator, of a force, or of one indicator of one force.

    Raises:
        NotFoundError: no such indicator, force, platform, scope or period; the message names those there are.
            A force has no peers, or they are asked for of a table of one force.
        DamagedReleaseError: what is published is damaged.
    """
    if asked.peers_of and (asked.force or not asked.indicator):
        raise NotFoundError("the peers of a force are compared by one indicator, and without --force")
    release, connection = open_release(settings)
    definitions = every = connection.sql("from dim_indicator order by position").pl().to_dicts()
    platforms = {"all": "All platforms"} | _names(connection, "platform", "platform_name", "dim_platform")
    scopes = _names(connection, "account_scope", "account_scope_name", "dim_account_scope")
    forces = _names(connection, "area_id", "area_name", "dim_area where area_type = 'force'")
    force = asked.force and _one_of(asked.force, forces, "force")
    peers_of = asked.peers_of and _one_of(asked.peers_of, forces, "force")
    peers = _peers(release, connection, force or peers_of)
    if peers_of and not peers:
        raise NotFoundError(peers_named(forces[peers_of], peers, forces))
    areas = [peers_of, *(peer["peer_force_id"] for peer in peers)] if peers_of else [force] if force else None
    scope = _one_of(asked.scope, scopes, "account scope")
    if asked.indicator:
        found = _one_of(
            asked.indicator, {row["indicator_id"]: row["name"] for row in definitions}, "indicator"
        )
        definitions = [row for row in definitions if row["indicator_id"] == found]
    period = choose(connection, asked.period, asked.period_type)
    definitions = [row for row in definitions if _is_made(connection, row["indicator_id"], period, scope)]
    if not definitions:
        raise NotFoundError(
            f"that is not made of {lower(scopes[scope])} for {period.period_type.replace('_', ' ')}s"
        )
    platform = asked.platform and _one_of(asked.platform, platforms, "platform")
    if platform is None and force is None:
        platform = _usual_platform(connection, definitions[0], period, scope)
    parameters = {
        "indicators": [row["indicator_id"] for row in definitions],
        "areas": areas or [*_names(connection, "area_id", "area_name", "dim_area")],
        "is_of_force": force is not None,
        "platform": platform,
        "scope": scope,
        "no_account": no_account(scope, scopes[scope]),
        "period_type": period.period_type,
        "period_start": period.start,
        "period_end": period.end,
        "release_id": release.release_id,
    }
    rows = _rows(release, connection, _CELLS, parameters)
    if not rows:
        what = definitions[0]["name"] if asked.indicator else "any indicator"
        raise NotFoundError(f"there is no table of {what} for {platforms[str(platform)]}")
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
    return _rows(release, connection, sql, {"force": force}) if force else []


def _names(connection: duckdb.DuckDBPyConnection, key: str, name: str, source: str) -> dict[str, str]:
    return dict(connection.sql(f"select distinct {key}, {name} from {source} order by 1").fetchall())


def _one_of(wanted: str, names: Mapping[str, str], what: str) -> str:
    """The key that was meant, given as it is or by its name, in any case."""
    for key, name in names.items():
        if wanted.casefold() in (key.casefold(), name.casefold()):
            return key
    raise NotFoundError(f"there is no {what} {wanted}; there are: {', '.join(names)}")


def _is_made(connection: duckdb.DuckDBPyConnection, indicator: str, period: Period, scope: str) -> bool:
    """Whether an indicator exists for this type of period and scope: a median is made for weeks and months of
    all accounts. One that has no cell anywhere has its reasons."""
    row = connection.sql(
        "select count(*) = 0 or bool_or(period_type = $period_type and account_scope = $scope) "
        "from bench_values where indicator_id = $indicator",
        params={"indicator": indicator, "period_type": period.period_type, "scope": scope},
    ).fetchone()
    return bool(row and row[0])


def _usual_platform(
    connection: duckdb.DuckDBPyConnection, definition: Mapping[str, Any], period: Period, scope: str
) -> str | None:
    row = connection.sql(
        "select platform from bench_values inner join dim_area using (area_id) "
        "where indicator_id = $indicator and account_scope = $scope and area_type = 'force' "
        "and period_type = $period_type and period_start = $period_start "
        "group by platform "
        "order by (platform = 'all') = $is_standardised and count(value) > 0 desc, count(value) desc, "
        "platform",
        params={
            "indicator": definition["indicator_id"],
            # A release of an earlier version says nothing of it.
            "is_standardised": bool(definition.get("is_standardised")),
            "scope": scope,
            "period_type": period.period_type,
            "period_start": period.start,
        },
    ).fetchone()
    if row:
        return str(row[0])
    wanted = (definition["platforms"] or "").split("|")[0]
    return wanted or str(connection.sql("select min(platform) from dim_platform").fetchall()[0][0])


#: One row for each cell that the indicators have in the period: of these areas; on all platforms, or
#: on one. What is not in bench_values has its reason in bench_not_available, the firmest where several hold;
#: what is in neither had no account.
_CELLS = """
    with platforms as (
        select platform, platform_name from dim_platform
        union all
        select 'all', 'All platforms'
    ),
    grid as (
        select i.indicator_id, i.name as indicator_name, i.unit, i.is_invented,
            i.position as indicator_position, a.area_id, a.area_name, a.area_type,
            a.position as area_position, p.platform, p.platform_name
        from dim_indicator as i
        cross join dim_area as a
        inner join platforms as p
            on case p.platform
                when 'all' then i.is_pooled
                else i.platforms is null or list_contains(string_split(i.platforms, '|'), p.platform)
            end
        where list_contains($indicators, i.indicator_id) and list_contains($areas, a.area_id)
            and p.platform = coalesce($platform, p.platform)
    ),
    reasons as (
        select r.indicator_id, r.area_id, r.platform, arg_max(r.value_note, n.position) as value_note
        from bench_not_available as r
        inner join dim_value_note as n on r.value_note = n.value_note
        where $period_end >= coalesce(r.from_date, $period_end)
            and (r.until_date is null or $period_end < r.until_date)
        group by all
    ),
    cells as (
        select grid.*, v.value, v.ci95_low, v.ci95_high, v.n, v.note_detail, v.area_id is not null as is_cell,
            coalesce(v.is_provisional, false) as is_provisional, r.value_note is not null as is_reason,
            case when v.area_id is null then coalesce(r.value_note, 'no_account') else v.value_note end
                as value_note
        from grid
        left join bench_values as v
            on grid.indicator_id = v.indicator_id and grid.area_id = v.area_id
                and grid.platform = v.platform and v.account_scope = $scope
                and v.period_type = $period_type and v.period_start = $period_start
        left join reasons as r
            on grid.indicator_id = r.indicator_id and grid.area_id = r.area_id and grid.platform = r.platform
    )
    select cells.indicator_id, cells.indicator_name, cells.area_id, cells.area_name, cells.area_type,
        cells.platform, cells.platform_name, $scope as account_scope, $period_type as period_type,
        cast($period_start as date) as period_start, cast($period_end as date) as period_end, c.rank,
        c.ranked_of, cells.value, cells.unit, cells.ci95_low, cells.ci95_high, cells.n,
        s.shrunk_value, h.previous_value, h.change, h.change95_low, h.change95_high, h.xmr_rule, h.is_trial,
        h.trend, r.rank95_low, r.rank95_high, r.top_quarter_probability, r.bottom_quarter_probability,
        everyone.value as all_forces_value, c.percentile, c.quintile, c.verdict, c.verdict_confidence,
        c.compared_of, p.peers_value, p.peers_count, p.peers_of, p.peers_missing, p.peers_verdict,
        p.peers_verdict_confidence, cells.is_provisional, cells.value_note,
        case
            when cells.value_note is null then upper(cells.note_detail[1]) || cells.note_detail[2:] || '.'
            when not cells.is_cell and not cells.is_reason then $no_account
            else coalesce(notes.name || ': ' || cells.note_detail || '.', notes.sentence)
        end as note,
        $release_id as release_id, cells.is_invented
    from cells
    left join dim_value_note as notes on cells.value_note = notes.value_note
    left join bench_comparisons as c
        on cells.indicator_id = c.indicator_id and cells.area_id = c.area_id and cells.platform = c.platform
            and c.account_scope = $scope and c.period_type = $period_type and c.period_start = $period_start
    left join bench_peer_comparisons as p
        on cells.indicator_id = p.indicator_id and cells.area_id = p.area_id and cells.platform = p.platform
            and p.account_scope = $scope and p.period_type = $period_type and p.period_start = $period_start
    left join bench_shrunk as s
        on cells.indicator_id = s.indicator_id and cells.area_id = s.area_id and cells.platform = s.platform
            and s.account_scope = $scope and s.period_type = $period_type and s.period_start = $period_start
    left join bench_ranks as r
        on cells.indicator_id = r.indicator_id and cells.area_id = r.area_id and cells.platform = r.platform
            and r.account_scope = $scope and r.period_type = $period_type and r.period_start = $period_start
    left join bench_changes as h
        on cells.indicator_id = h.indicator_id and cells.area_id = h.area_id and cells.platform = h.platform
            and h.account_scope = $scope and h.period_type = $period_type and h.period_start = $period_start
    left join bench_values as everyone
        on cells.indicator_id = everyone.indicator_id and everyone.area_id = 'all_forces'
            and cells.platform = everyone.platform and everyone.account_scope = $scope
            and everyone.period_type = $period_type and everyone.period_start = $period_start
    order by cells.indicator_position, cells.area_type, case when not $is_of_force then c.rank end nulls last,
        cells.area_position, cells.value is null, cells.platform <> 'all', cells.platform_name,
        cells.area_name
"""
