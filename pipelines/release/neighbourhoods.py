"""A force's neighbourhoods in a period: who has an account, and what it has for each 1,000 residents.

Belongs here: reading them from a release. Does not belong here: the figures (dbt/models/benchmarks/
bench_neighbourhoods), or how a page shows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.release.figures import number
from pipelines.release.opened import rows_of
from pipelines.release.periods import NotFoundError, Period
from pipelines.release.published import Release
from pipelines.words import many

#: The figures of bench_neighbourhoods, with the heads of their columns: each for 1,000 residents.
FIGURES = {
    "followers_per_1k": "Followers",
    "views_7d_per_1k": "Views",
    "impressions_7d_per_1k": "Impressions",
    "gross_reach_7d_per_1k": "Gross reach",
    "engagements_per_1k": "Engagements",
}
NO_RESIDENTS = {"zero": "given as 0", "not_a_number": "not given as a number", "not_stated": "not given"}


@dataclass(frozen=True)
class Neighbourhoods:
    """`sentence`: how many, and whose residents are known. `figures`: name and head of those that any of them
    could have. `rows`: a neighbourhood and platform with an account each, `residents` and each figure
    (`…_shown`) in words. `without`: those without an account, likewise."""

    sentence: str
    figures: dict[str, str]
    rows: list[dict[str, Any]]
    without: list[dict[str, Any]]

    @property
    def with_count(self) -> int:
        """How many have an account."""
        return len({row["neighbourhood_id"] for row in self.rows})

    @property
    def is_any_shared(self) -> bool:
        """Whether an account serves several of them."""
        return any(row["served_count"] > 1 for row in self.rows)


def neighbourhoods(
    release: Release, connection: duckdb.DuckDBPyConnection, force: str, period: Period
) -> Neighbourhoods | None:
    """Those of a force in a week or month; None in other periods, where none were in the register, or where
    an earlier version published the release."""
    sql = """
        select n.*, p.platform_name, f.population, f.population_vintage
        from bench_neighbourhoods as n
        inner join dim_force as f on n.force_id = f.force_id
        left join dim_platform as p on n.platform = p.platform
        where n.force_id = $force and n.period_type = $type and n.period_start = $start
        order by n.neighbourhood_id, n.platform
    """
    asked = {"force": force, "type": period.period_type, "start": period.start}
    try:
        found = rows_of(release, connection, sql, asked)
    except NotFoundError:
        return None
    if not found:
        return None
    notes = dict(connection.sql("select value_note, name from dim_value_note").fetchall())
    every = [_worded(row, notes) for row in found if row["platform"] == "all"]
    rows = [_worded(row, notes) for row in found if row["platform"] != "all"]
    without = [row for row in every if row["account_count"] == 0]
    figures = {
        name: head
        for name, head in FIGURES.items()
        if any(row[f"{name}_note"] != "not_offered" for row in rows)
    }
    return Neighbourhoods(_sentence(every, without), figures, rows, without)


def _worded(row: Mapping[str, Any], notes: Mapping[str, str]) -> dict[str, Any]:
    known = row["resident_count"] is not None
    why = NO_RESIDENTS.get(row["no_residents_because"] or "", "not known")
    shown = {
        f"{name}_shown": number(row[name])
        if row[name] is not None
        else notes.get(row[f"{name}_note"] or "", "")
        for name in FIGURES
    }
    return {**row, **shown, "residents": number(row["resident_count"]) if known else why}


def _sentence(every: list[dict[str, Any]], without: list[dict[str, Any]]) -> str:
    """In words: how many are without an account, and how many of the force's residents theirs add up to."""
    known = [row for row in every if row["resident_count"] is not None]
    residents = sum(row["resident_count"] for row in known)
    have = "has" if len(without) == 1 else "have"
    said = f"{len(without)} of {many(len(every), 'neighbourhood')} {have} no account on any platform. "
    if not known:
        return said + "data.police.uk gives a usable number of residents for none of them."
    said += f"data.police.uk gives residents for {len(known)} of them, {number(residents)} together"
    population = every[0]["population"]
    if population:
        share = 100 * residents / population
        said += f": {share:.0f}% of the force's {number(population)} ({every[0]['population_vintage']}). "
        said += "The two are counted apart and of different years, so that this may be under or over 100%"
    return said + "."
