"""What a release would lose or change against the last one: numbers, platforms, forces, residents.

Belongs here: the comparison, and the limit of each loss. Does not belong here: what is compared within one
release (release_gate.py), or which cells were revised (release/revisions.py).
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.disk import as_sql

#: Of the numbers of periods that both have. A late answer or a correction takes some back; a tenth is an
#: accident until shown otherwise.
MAX_VALUES_LOST_SHARE = 0.1
#: Of the forces, and of the residents, with a number on a platform in its newest week. Fewer would make a
#: table of the country that is none; what one bad day costs is less, for later pulls know the days before.
MAX_FORCES_LOST_SHARE = 0.1
MAX_RESIDENTS_LOST_SHARE = 0.1
#: Offices revise a year's residents by parts of a hundredth; a tenth is a wrong figure until shown otherwise.
MAX_POPULATION_CHANGE = 0.1
#: What is read of the last release.
OF_LAST = tuple(f"tables/{name}.parquet" for name in ("bench_values", "dim_force", "dim_force_population"))


def losses(connection: duckdb.DuckDBPyConnection, previous: Path) -> Iterator[tuple[str, str]]:
    """Rule and sentence of each loss or change over its limit.

    `connection`: to the build; `previous`: the folder of the last release.
    """
    for name in OF_LAST:
        view, file = f"previous_{Path(name).stem}", as_sql(previous / name)
        connection.execute(f"create or replace temp view {view} as from read_parquet({file})")
    before, lost = connection.sql(_VALUES).fetchone() or (0, 0)
    if lost > MAX_VALUES_LOST_SHARE * before:
        yield "values_lost", f"{lost} of {before} numbers of the last release are gone"
    for rule, column in (("platforms_lost", "platform"), ("forces_lost", "area_id")):
        gone = [name for (name,) in connection.sql(_GONE.format(column=column)).fetchall()]
        if gone:
            yield rule, f"not one number is left of {', '.join(gone)}"
    for platform, *figures in connection.sql(_COVERAGE).fetchall():
        forces_before, forces, residents_before, residents = figures
        if forces < (1 - MAX_FORCES_LOST_SHARE) * forces_before:
            said = f"{platform}: {forces} forces have a number in its newest week, {forces_before} had"
            yield "forces_covered", said
        if residents < (1 - MAX_RESIDENTS_LOST_SHARE) * residents_before:
            said = f"{platform}: forces of {residents:,} residents have a number in its newest week"
            yield "residents_covered", f"{said}, of {residents_before:,} had"
    for force_id, year, vintage, population, population_before in connection.sql(_POPULATIONS).fetchall():
        said = f"residents of {force_id} in {year} are {population:,} ({vintage}), but {population_before:,}"
        wrong = f"more than {MAX_POPULATION_CHANGE:.0%} apart (force_populations.csv)"
        yield "populations_changed", f"{said} in the last release: {wrong}"


_KEYS = "indicator_id, area_id, platform, account_scope, period_type, period_start"

#: Weeks end after 53; what is not kept any more is not lost.
_VALUES = f"""
    with kept as (select distinct period_type, period_start from bench_values)
    select count(*), count(*) filter (present.value is null)
    from previous_bench_values as previous
    inner join kept using (period_type, period_start)
    left join bench_values as present using ({_KEYS})
    where previous.value is not null
"""

_GONE = """
    select distinct {column} from previous_bench_values where value is not null
    except
    select {column} from bench_values where value is not null
    order by 1
"""


_POPULATIONS = f"""
    select now.force_id, now.from_year, now.vintage, now.population, before.population
    from dim_force_population as now
    inner join previous_dim_force_population as before
        on now.force_id = before.force_id and now.from_year = before.from_year
    where abs(now.population - before.population) > {MAX_POPULATION_CHANGE} * before.population
    order by now.force_id, now.from_year
"""


def _covered(cells: str, forces: str) -> str:
    """For each platform the forces, and their residents, with a number in the newest week that has any."""
    return f"""
        select platform, count(*) as forces, coalesce(sum(population), 0)::bigint as residents
        from (
            select distinct platform, area_id
            from {cells} inner join {forces} on area_id = force_id
            where period_type = 'week' and value is not null
            qualify period_start = max(period_start) over (partition by platform)
        ) inner join {forces} on area_id = force_id
        group by platform
    """


_COVERAGE = f"""
    with previous as ({_covered("previous_bench_values", "previous_dim_force")}),
    present as ({_covered("bench_values", "dim_force")})
    select
        platform,
        previous.forces,
        coalesce(present.forces, 0),
        previous.residents,
        coalesce(present.residents, 0)
    from previous left join present using (platform)
    order by platform
"""
