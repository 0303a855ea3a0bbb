"""What could be worked out: the attack on suppressed counts of conversations, from what is published alone.

Belongs here: the additive relations between published counts, as a linear program, and what it finds. Does
not belong here: those of nights, days and staffed accounts (parts.py), which cells are suppressed
(dbt/models/marts/fct_response_headlines), or what a failure does (release_gate.py). METHOD 1: no suppressed
count may be bounded within ±4.

The relations: accounts of different scopes add up to all accounts, nights and days to all conversations, and
so do weekends and weekdays; weeks and months are made of the same days; longer periods, all platforms and
groups of forces are sums of shown cells. A sum that is more than its shown parts (old tables, a fault) is
more by those that are not shown.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice, pairwise

import duckdb

from pipelines.gates.bounds import Row, bounds
from pipelines.gates.parts import of_parts, of_staffed
from pipelines.gates.relations import Cell, Key, Relations

#: A count that is known to within ±4 is recovered; one that is surely ten or more is no small count.
WIDTH, SMALL = 8, 10
LONGER = ("quarter", "year", "rolling_12_months")
#: So many are named: one is enough to stop a release.
NAMED = 20
#: Of a cell whose n leaves out whom nobody followed so long, n is the least that it can be.
FOLLOWED = "%not followed so long are left out%"
#: Of a cell in staffed time, that some accounts of the force are not in it (bench_remarks).
LEFT_OUT = "%accounts without declared hours are left out%"


def attack(connection: duckdb.DuckDBPyConnection) -> tuple[int, list[str]]:
    """How many suppressed counts there are, and a sentence for each of the first that can be recovered.

    `connection`: to a build or to a release's tables: bench_values, dim_area, dim_area_member, dim_indicator.
    """
    cells = _cells(connection)
    suppressed_count = sum(cell.is_suppressed for cell in cells.values())
    return suppressed_count, list(islice(_recoverable(connection, cells), NAMED))


def _recoverable(connection: duckdb.DuckDBPyConnection, cells: dict[Key, Cell]) -> Iterator[str]:
    """A sentence for each suppressed count that published ones bound within ±4, and what it follows from."""
    members: dict[str, list[str]] = {}
    for area_id, force_id in connection.sql(_MEMBERS).fetchall():
        members.setdefault(area_id, []).append(force_id)
    relations = Relations()
    expressions = _of_forces(cells, members, relations)
    of_parts(cells, expressions, relations)
    of_staffed(cells, expressions, relations)
    _of_longer(cells, expressions, relations)
    suppressed = {
        key: expressions[key] for key, cell in cells.items() if cell.is_suppressed and key in expressions
    }
    # Sums over platforms and forces tie everything together: they are held against the rest where they add to
    # it, and only once each force by itself tells nothing.
    found = False
    before = -1
    for tie in (None, _of_platforms, _of_groups):
        if tie is not None:
            tie(cells, members, expressions, relations)
        if len(relations.rows) == before:
            continue
        before = len(relations.rows)
        for key, least, greatest, labels in bounds(relations.rows, suppressed, WIDTH, SMALL):
            found = True
            if greatest < least:
                yield f"{key}: the counts around it contradict each other ({_listed(labels)})"
            else:
                yield f"{key}: suppressed, but known to within ±4 from {_listed(labels)}"
        if found:
            return


def _cells(connection: duckdb.DuckDBPyConnection) -> dict[Key, Cell]:
    return {
        Key(*key): Cell(total, least or 0, bool(is_suppressed) and not least, bool(leaves_out))
        for *key, total, least, is_suppressed, leaves_out in connection.sql(_CELLS).fetchall()
    }


def _of_forces(
    cells: dict[Key, Cell], members: dict[str, list[str]], relations: Relations
) -> dict[Key, list[int]]:
    """Each force's weeks and months as sums of pieces of time and scopes; other cells as a variable each."""
    series: dict[tuple[str, str, str], list[Key]] = {}
    expressions = {}
    for key, cell in cells.items():
        if key.area_id in members:
            continue
        if key.platform == "all" or key.period_type not in ("week", "month") or key.part != "all":
            expressions[key] = [relations.variable(key)]
            _say(relations, key, cell, expressions[key])
        else:
            series.setdefault((key.channel, key.area_id, key.platform), []).append(key)
    for name, keys in series.items():
        scopes = sorted({key.account_scope for key in keys} - {"all"}) or ["all"]
        edges = sorted({edge for key in keys for edge in (key.period_start, key.period_end + timedelta(1))})
        for first, after in pairwise(edges):
            for scope in scopes:
                relations.days[relations.variable((name, scope, first))] = (first, after - timedelta(1))
        of_all = {(key.period_start, key.period_end) for key in keys if key.account_scope == "all"}
        for key in keys:
            inside = [edge for edge in edges if key.period_start <= edge <= key.period_end]
            own = scopes if key.account_scope == "all" else [key.account_scope]
            expressions[key] = [relations.variable((name, scope, edge)) for scope in own for edge in inside]
            _say(relations, key, cells[key], expressions[key])
        # A scope that has no cell beside that of all accounts has no accounts.
        there = {(key.account_scope, key.period_start, key.period_end) for key in keys}
        for start, end in sorted(of_all):
            for scope in scopes:
                if scope != "all" and (scope, start, end) not in there:
                    inside = [edge for edge in edges if start <= edge <= end]
                    none = [relations.variable((name, scope, edge)) for edge in inside]
                    relations.rows.append(Row(none, 0, 0, f"no {scope} accounts of {name[1]}"))
    return expressions


def _of_longer(cells: dict[Key, Cell], expressions: dict[Key, list[int]], relations: Relations) -> None:
    """Quarters, years and twelve months against the months in them."""
    months: dict[tuple[str, ...], list[Key]] = {}
    weeks: dict[tuple[str, ...], list[Key]] = {}
    for key, cell in cells.items():
        if key in expressions and key.period_type == "month" and key.platform != "all":
            months.setdefault(_place(key), []).append(key)
        elif key in expressions and key.period_type == "week" and cell.least:
            weeks.setdefault(_place(key), []).append(key)
    # What is told of months together is told once: quarters first, then years, then twelve months.
    longer = (key for key in expressions if key.period_type in LONGER and key.platform != "all")
    together: dict[tuple[str, ...], list[tuple[Key, set[Key], int]]] = {}
    for key in sorted(longer, key=lambda key: (LONGER.index(key.period_type), key.period_start)):
        inside = [
            month
            for month in months.get(_place(key), [])
            if key.period_start <= month.period_start <= key.period_end
        ]
        beside = weeks.get(_place(key), [])
        told = [
            part
            for part in together.get(_place(key), [])
            if part[0].period_end <= key.period_end and part[1].issubset(inside)
        ]
        possible = [
            month
            for month in inside
            if not any(month in part[1] for part in told)
            and not any(_overlap(month, week) for week in beside)
        ]
        known = sum(part[2] for part in told)
        excess = _add(key, cells[key], inside, possible, cells, expressions, relations, known)
        if excess and key.period_type != "rolling_12_months":
            of_months = {month for month in possible if cells[month].is_suppressed}
            together.setdefault(_place(key), []).append((key, of_months, excess))


def _of_platforms(
    cells: dict[Key, Cell],
    members: dict[str, list[str]],
    expressions: dict[Key, list[int]],
    relations: Relations,
) -> None:
    """All platforms together against each."""
    platforms: dict[Key, list[Key]] = {}
    for key in cells:
        if key.platform != "all" and key.area_id not in members:
            platforms.setdefault(key._replace(platform="all"), []).append(key)
    for key, parts in platforms.items():
        if key in cells:
            _add(key, cells[key], parts, parts, cells, expressions, relations)


def _of_groups(
    cells: dict[Key, Cell],
    members: dict[str, list[str]],
    expressions: dict[Key, list[int]],
    relations: Relations,
) -> None:
    """Groups against their forces."""
    forces: dict[Key, list[Key]] = {}
    for key in cells:
        if key.area_id not in members:
            forces.setdefault(key._replace(area_id=""), []).append(key)
    for key, cell in cells.items():
        if key.area_id in members:
            inside = set(members[key.area_id])
            parts = [part for part in forces.get(key._replace(area_id=""), []) if part.area_id in inside]
            _add(key, cell, parts, parts, cells, expressions, relations)


def _add(
    key: Key,
    cell: Cell,
    parts: list[Key],
    possible: list[Key],
    cells: dict[Key, Cell],
    expressions: dict[Key, list[int]],
    relations: Relations,
    told: int = 0,
) -> int:
    """What a sum has beyond its known parts is of those that are not: of the suppressed ones at most that.

    `told`: what is known of some parts together. Returns what is beyond all that, 0 where that says nothing.
    """
    known = told + sum(cells[part].total or cells[part].least for part in parts)
    suppressed = [part for part in possible if cells[part].is_suppressed]
    others = [part for part in parts if cells[part].total is None and not cells[part].is_suppressed]
    if cell.total is None or cell.total <= known or not suppressed:
        return 0
    excess = cell.total - known
    variables = [variable for part in suppressed for variable in expressions[part]]
    relations.rows.append(Row(variables, 0 if others else excess, excess, f"{key} and its parts"))
    return excess


def _say(relations: Relations, key: Key, cell: Cell, variables: list[int]) -> None:
    if cell.total is not None:
        relations.rows.append(Row(variables, cell.total, cell.total, str(key)))
    elif cell.least:
        relations.rows.append(Row(variables, cell.least, None, str(key)))


def _place(key: Key) -> tuple[str, ...]:
    return key.channel, key.area_id, key.platform, key.account_scope, key.part


def _overlap(one: Key, other: Key) -> bool:
    return one.period_start <= other.period_end and other.period_start <= one.period_end


def _listed(labels: list[str]) -> str:
    return "; ".join(labels[:4]) or "nothing"


_MEMBERS = """
    select members.area_id, members.force_id
    from dim_area_member as members
    inner join dim_area using (area_id)
    where area_type = 'group'
    order by 1, 2
"""

#: Of the newest months, and those that their twelve months reach back to; what is older was looked at when it
#: was new. What an indicator of its own holds
#: back (a median of under twenty) is no suppressed count: the shares have it.
_CELLS = f"""
    select
        case known_by when 'messages' then 'public' else 'direct' end as channel,
        area_id, platform, account_scope, period_type, period_start, period_end,
        coalesce(part, 'all') as part,
        max(n) filter (note_detail is null or note_detail not like '{FOLLOWED}') as total,
        max(n) as least,
        bool_or(value_note = 'suppressed' and minimum_n = least_minimum) as is_suppressed,
        bool_or(note_detail like '{LEFT_OUT}') as leaves_out
    from bench_values
    inner join (
        select *, min(minimum_n) over (partition by known_by) as least_minimum
        from dim_indicator
        where known_by in ('messages', 'direct_messages')
    ) using (indicator_id)
    where period_end >= (select max(period_start) from bench_values) - interval 26 months
    group by all
    order by all
"""
