"""The whole way of one published number: what it counts, of which accounts, by which formula, beside whom.

Belongs here: reading the number's own rows, and their sentences. Does not belong here: arithmetic on
metrics (dbt), or how it looks (cli/display.py). The number and its comparisons are the release's; what
accounts add to it is in no release, so it is read from the warehouse, if that is still the build that was
published.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isclose
from typing import Any

import duckdb

from pipelines.release.opened import name_of, names, open_release
from pipelines.release.periods import NotFoundError
from pipelines.release.published import Release
from pipelines.release.reader import Asked, table_of
from pipelines.release.sentences import definition, made_from
from pipelines.settings import Settings
from pipelines.warehouse.build import current_build

#: What must be known of an account's day before the day counts, by an indicator's `known_by`.
_KNOWN_DAYS = dict.fromkeys(("followers", "followers_both", "register", "collection"), "open_day_count")
#: Where the limits of a value come from (METHOD 1 and 4).
_METHODS = {
    "wilson": "Wilson's limits of a share, from the numerator and n",
    "byar": "Byar's limits of a count, from the numerator, divided like the value",
    "exact_poisson": "exact Poisson limits of a count under ten, divided like the value",
    "kaplan_meier_log_log": "limits of the survival curve on the log-log scale",
    "kaplan_meier_greenwood": "normal limits, from Greenwood's variance of the survival curve",
    "none": "none: counted whole, or made of events that are not independent",
}
#: And what a design effect adds to them, where the cell has one.
_CLUSTERED = {
    "wilson": ", both divided by the design effect",
    "byar": ", and as many times further off as the root of the design effect",
}


@dataclass(frozen=True)
class Explanation:
    """`sections`: a heading and its lines, in the order in which the number comes about.

    `accounts`: what each account adds, one row each; empty, and `no_accounts` says why, where that cannot be
    said. `made_from`: the release, and what has to be said of all its figures.
    """

    title: str
    sections: list[tuple[str, list[str]]]
    accounts: list[dict[str, Any]]
    no_accounts: str
    made_from: str


def explain(settings: Settings, asked: Asked) -> Explanation:
    """How the figure of one indicator, force, platform, account scope and period came about. It is the one of
    the indicator's table, on whose platform it is where none is named.

    Raises:
        NotFoundError: no such indicator, force, platform, scope or period; the message names those there are.
        DamagedReleaseError: what is published is damaged.
    """
    if asked.indicator is None or asked.force is None:
        raise NotFoundError("name an indicator and a force")
    release, connection = open_release(settings, asked.release)
    forces = names(connection, "area_id", "area_name", "dim_area where area_type = 'force'")
    force = name_of(asked.force, forces, "force")
    found = table_of(release, connection, replace(asked, force=None))
    row = next(row for row in found.rows if row["area_id"] == force)
    title, made = _title(row, is_named=asked.platform is not None), made_from(release)
    defined = _one(connection, "select * from dim_indicator where indicator_id = $indicator_id", row)
    cell = _one(connection, f"select * from bench_values where {_SAME_CELL}", row)
    sections = [("What it is", list(definition(defined))[:4])]
    if not cell:
        sections.append(("Why there is no number", [row["note"]]))
        return Explanation(title, sections, [], "", made)
    accounts, why_none = _accounts(settings, release, defined, cell, row)
    sections.append(("How it is worked out", _formula(defined, cell, row)))
    sections.append(("Beside the others", _beside(connection, row, defined["unit"])))
    sections.append(("What to know", [line for line in (row["note"], defined["caveats"]) if line]))
    return Explanation(title, sections, accounts, why_none, made)


_SAME_CELL = (
    "indicator_id = $indicator_id and area_id = $area_id and platform = $platform "
    "and account_scope = $account_scope and period_type = $period_type and period_start = $period_start"
)


def _one(connection: duckdb.DuckDBPyConnection, sql: str, row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("indicator_id", "area_id", "platform", "account_scope", "period_type", "period_start")
    parameters = {name: row[name] for name in names if f"${name}" in sql}
    rows = connection.sql(sql, params=parameters).pl().to_dicts()
    return rows[0] if rows else {}


def _title(row: Mapping[str, Any], *, is_named: bool) -> str:
    platform = row["platform_name"] + " (as `beatbook table` has it)" * (not is_named)
    scope = "" if row["account_scope"] == "all" else f", {row['account_scope']} accounts"
    days = f"{row['period_type'].replace('_', ' ')} from {row['period_start']} to {row['period_end']}"
    return f"{row['area_name']}: {row['indicator_name']}, {platform}{scope}, {days}"


def _accounts(
    settings: Settings,
    release: Release,
    defined: Mapping[str, Any],
    cell: Mapping[str, Any],
    row: Mapping[str, Any],
) -> tuple[list[dict[str, Any]], str]:
    """What each account of the force adds, or why that is not said."""
    if defined["known_by"] in ("messages", "direct_messages"):
        return [], "a single account may have been asked too few questions to show"
    build = current_build(settings)
    if build is None or all(gate.get("subject") != build.build_id for gate in release.gates):
        return [], "the warehouse is not the build that was published: `beatbook build` publishes it"
    measures = [defined["numerator_measure"], defined["denominator_measure"], defined["n_measure"]]
    known = _KNOWN_DAYS.get(defined["known_by"], "posts_known_day_count")
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        columns = {name for name, *_ in warehouse.sql("describe fct_account_periods").fetchall()}
        shown = [name for name in dict.fromkeys(measures) if name in columns]
        rows = warehouse.sql(
            f"select account_id, account_type, open_day_count as days_open, {known} as days_known, "
            f"{''.join(f'{name}, ' for name in shown)} last_reason as reason from fct_account_periods "
            "where force_id = $area_id and ($platform = 'all' or platform = $platform) "
            "and period_type = $period_type and period_start = $period_start and account_type in "
            "(select account_type from dim_account_scope where account_scope = $account_scope) "
            "order by account_id",
            params={name: row[name] for name in ("area_id", "platform", "account_scope", "period_type")}
            | {"period_start": row["period_start"]},
        )
        return rows.pl().to_dicts(), ""


def _named(measure: str | None) -> str:
    """A measure in brackets; what a model counts by itself has no name."""
    return f" ({measure})" if measure else ""


def _is_a_share(defined: Mapping[str, Any], cell: Mapping[str, Any]) -> bool:
    """Whether a model's value is its numerator over its denominator, as of a mix or of purposes."""
    over, under = cell["numerator"], cell["denominator"]
    return bool(over is not None and under) and isclose(cell["value"], defined["multiplier"] * over / under)


def _least(defined: Mapping[str, Any], cell: Mapping[str, Any]) -> str:
    """What n counts, and how many it has to be. A model that counts n by itself has its own least, which is
    not the definition's: its caveats say it."""
    if defined["kind"] == "ratio" or cell["ci_method"].startswith("kaplan_meier"):
        return f" ({defined['n_measure']}; at least {defined['minimum_n']})"
    return ", as in the denominator" if cell["n"] == cell["denominator"] else ""


def _formula(defined: Mapping[str, Any], cell: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    lines = []
    if cell["numerator"] is not None:
        lines.append(
            f"{defined['numerator']}: {cell['numerator']:,.10g}{_named(defined['numerator_measure'])}"
        )
    if cell["denominator"] is not None:
        vintage = cell["population_vintage"]
        source = f"{vintage} population" if vintage else defined["denominator_measure"]
        lines.append(f"{defined['denominator']}: {cell['denominator']:,.10g}{_named(source)}")
    if cell["value"] is None:
        return [*lines, f"No number: {row['note']}"]
    if cell["ci_method"] == "kaplan_meier_log_log":
        lines.append(
            f"read off the survival curve of the waits, the unanswered among them: {cell['value']:,.6g}"
        )
    elif defined["kind"] == "ratio" or _is_a_share(defined, cell):
        factor = f"{defined['multiplier']:,g} × " if defined["multiplier"] != 1 else ""
        lines.append(
            f"{factor}{cell['numerator']:,.10g} ÷ {cell['denominator']:,.10g} = {cell['value']:,.6g}"
        )
    else:
        lines.append(f"no ratio: {defined['numerator']}: {cell['value']:,.6g}")
    lines.append(f"n = {cell['n']:,}{_least(defined, cell)}")
    if cell["effective_n"] is not None:
        lines.append(
            f"effective n = {cell['n']:,} ÷ {cell['design_effect']:,.4g} = {cell['effective_n']:,.4g}: "
            "conversations under one post are alike"
        )
    elif cell["design_effect"] is not None:
        lines.append(f"posts vary over days {cell['design_effect']:,.4g} times as much as by chance alone")
    method = _METHODS.get(cell["ci_method"], cell["ci_method"])
    if cell["design_effect"] is not None:
        method += _CLUSTERED.get(cell["ci_method"], "")
    lines.append(f"Interval: {method}")
    for confidence, name in (("95%", "ci95"), ("99.8%", "ci998")):
        if cell[f"{name}_low"] is not None:
            high = cell[f"{name}_high"]
            upper = "not reached" if high is None else f"{high:,.6g}"
            lines.append(f"{confidence}: {cell[f'{name}_low']:,.6g} to {upper}")
    return lines


def _beside(connection: duckdb.DuckDBPyConnection, row: Mapping[str, Any], unit: str) -> list[str]:
    compared = _one(connection, f"select * from bench_comparisons where {_SAME_CELL}", row)
    funnel = _one(connection, f"select * from bench_funnels where {_SAME_CELL}", row)
    if not compared:
        return ["compared with nobody: there is no final number of its own or of five forces"]
    lines = []
    if compared["all_forces_value"] is not None:
        lines.append(f"all forces together: {compared['all_forces_value']:,.6g} {unit}")
    if funnel:
        lines += [
            f"the {funnel['compared_of'] - 1} others together: {funnel['others_value']:,.6g} {unit}",
            "not judged: it counts as fewer than ten independent conversations, or posts"
            if funnel["z"] is None
            else f"z = {funnel['z']:.3f} on the {funnel['scale'].replace('_', ' ')} scale, with what forces "
            f"differ by at all (φ = {funnel['phi']:.3f}, τ² = {funnel['tau2']:.5f})",
            f"similar from {funnel['funnel95_low']:,.6g} to {funnel['funnel95_high']:,.6g} (95%); "
            f"by chance alone from {funnel['plain95_low']:,.6g} to {funnel['plain95_high']:,.6g}",
        ]
    lines.append(f"verdict: {compared['verdict'].replace('_', ' ')}")
    if row["peers_value"] is not None:
        lines.append(
            f"{row['peers_count']} of {row['peers_of']} peers together: {row['peers_value']:,.6g} {unit}; "
            f"verdict against them: {row['peers_verdict'].replace('_', ' ')}"
        )
    if compared["rank"]:
        lines.append(f"rank {compared['rank']} of {compared['ranked_of']}")
        if row["rank95_low"] is not None:
            lines.append(f"its true rank: {row['rank95_low']:g} to {row['rank95_high']:g} (95%)")
    return lines
