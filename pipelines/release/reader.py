"""What the command line reads: benchmark tables from the current release, status from the data folder.

Belongs here: queries over what is published and recorded. Does not belong here: arithmetic on metrics
(dbt), or how it looks (display.py).
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import polars as pl

from pipelines.gates.records import recorded, required_gates
from pipelines.landing.store import Landing
from pipelines.release.publish import Release, current, folder_of
from pipelines.settings import Settings
from pipelines.sources.catalogue import pulled_platforms
from pipelines.warehouse.build import current_build


class NotFoundError(Exception):
    """What was asked for is not in the release; the message says what there is."""


@dataclass
class BenchmarkTable:
    """One indicator for one platform and period: a row for each of the 48 forces."""

    title: str
    caption: str
    unit: str
    national_value: float | None
    rows: list[dict[str, Any]]


@dataclass
class Status:
    """What is published, pulled, missing and failed."""

    release: dict[str, Any] | None
    pulls: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    failed_gates: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Nothing throttled, failed or quarantined, no failed gate, something published."""
        bad = any(row["throttled"] or row["failed"] or row["quarantined"] for row in self.pulls)
        return self.release is not None and not bad and not self.failed_gates


def open_release(settings: Settings) -> tuple[Release, duckdb.DuckDBPyConnection]:
    """The current release and a connection with its tables as views.

    Raises:
        NotFoundError: nothing is published.
    """
    release = current(settings)
    if release is None:
        raise NotFoundError("nothing is published yet: `beatbook run` publishes")
    connection = duckdb.connect()
    for path in sorted((folder_of(settings, release) / "tables").glob("*.parquet")):
        connection.execute(f"create view {path.stem} as from '{path}'")
    return release, connection


def indicators(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every indicator with its name and unit."""
    sql = "select indicator_id, name, unit from bench_definitions order by indicator_id"
    return connection.sql(sql).pl().to_dicts()


def benchmark_table(
    settings: Settings, indicator: str, platform: str | None, period: str | None
) -> BenchmarkTable:
    """The table of an indicator. Without a platform: `all` where the indicator has it, else the one with
    the most numbers. Without a period: the newest with the most numbers. `period` is the day it begins
    (2026-10-19) for a week, or a month (2026-10).

    Raises:
        NotFoundError: no such indicator, platform or period; names those there are.
    """
    release, connection = open_release(settings)
    definitions = connection.sql("select * from bench_definitions").pl()
    known = definitions.filter(pl.col("indicator_id") == indicator)
    if known.is_empty():
        names = ", ".join(sorted(definitions["indicator_id"]))
        raise NotFoundError(f"there is no indicator {indicator}; there are: {names}")
    choices = connection.sql(
        "select platform, period_type, period_start, count(value) as number_count, "
        "coalesce(bool_or(value_note = 'provisional'), false) as is_provisional from bench_values "
        "where indicator_id = $indicator group by all",
        params={"indicator": indicator},
    ).pl()
    choices = _narrow(choices, "platform", platform)
    if period:
        kind, start = ("month", f"{period}-01") if len(period) == 7 else ("week", period)
        choices = _narrow(choices.filter(pl.col("period_type") == kind), "period_start", start)
    is_all = (pl.col("platform") == "all").cast(pl.Int8)
    is_week = (pl.col("period_type") == "week").cast(pl.Int8)
    has_numbers = (pl.col("number_count") > 0).cast(pl.Int8)
    is_over = (~pl.col("is_provisional")).cast(pl.Int8)
    order = [has_numbers, is_over, is_week, is_all, "period_start", "number_count", "platform"]
    chosen = choices.sort(order, descending=True).row(0, named=True)
    if not period:
        # The newest period in which as many forces have a number as in the best one, or nearly.
        same = choices.filter(
            (pl.col("platform") == chosen["platform"]) & (pl.col("period_type") == chosen["period_type"])
        )
        most = same["number_count"].max() or 0
        full = same.filter(pl.col("number_count") >= 0.9 * most)  # type: ignore[operator]
        full = full if most else full.filter(pl.col("is_provisional") == chosen["is_provisional"])
        chosen = full.sort("period_start").row(-1, named=True)
    where = {name: chosen[name] for name in ("platform", "period_type", "period_start")}
    rows = connection.sql(_TABLE, params={"indicator": indicator, **where}).pl()
    forces = rows.filter(pl.col("force_id") != "national").to_dicts()
    nation = rows.filter(pl.col("force_id") == "national").to_dicts()
    definition = known.row(0, named=True)
    on = "all platforms" if chosen["platform"] == "all" else chosen["platform"]
    title = f"{definition['name']}: {on}, {chosen['period_type']} from {chosen['period_start']}"
    value = nation[0]["value"] if nation else None
    caption = f"Release {release.release_id}. {release.note}"
    return BenchmarkTable(title, caption, definition["unit"], value, forces)


def _narrow(choices: pl.DataFrame, column: str, wanted: str | None) -> pl.DataFrame:
    if wanted is None:
        return choices
    found = choices.filter(pl.col(column).cast(pl.String) == wanted)
    if found.is_empty():
        there = ", ".join(sorted({str(value) for value in choices[column]}))
        raise NotFoundError(f"no {column} {wanted}; there are: {there}")
    return found


_TABLE = """
    select c.rank, c.ranked_of, v.force_id, coalesce(f.force_name, 'nation') as force_name, v.platform,
        v.period_type, v.period_start, v.period_end, v.value, v.unit, v.ci95_low, v.ci95_high, v.n,
        c.national_value, c.percentile, c.quintile, c.verdict, v.value_note, v.note_detail,
        v.is_provisional, v.is_invented
    from bench_values as v
    left join bench_comparisons as c
        using (indicator_id, force_id, platform, account_scope, period_type, period_start)
    left join dim_force as f using (force_id)
    where v.indicator_id = $indicator and v.platform = $platform
        and v.period_type = $period_type and v.period_start = $period_start
    order by c.rank nulls last, f.force_name
"""


def status(settings: Settings, landing: Landing) -> Status:
    """What is published and what the newest pull of each platform brought."""
    release = current(settings)
    told = Status(None)
    if release is not None:
        kept = ("release_id", "data_as_of_utc", "created_at_utc", "note", "code_version", "value_count")
        told.release = {name: getattr(release, name) for name in kept}
    build = current_build(settings)
    for source in sorted({source for source, _ in landing.schemas}):
        runs = list(landing.runs(source))
        if not runs:
            continue
        if source != "returns":
            _add_pull(told, landing, source, max(day for day, _ in runs))
    for gate, subject in required_gates(landing, build.build_id if build else None):
        result = recorded(settings.gates, gate, subject)
        if result is None:
            told.failed_gates.append(f"{gate} gate: no record for {subject}")
        elif not result.passed:
            told.failed_gates += [f"{gate} gate, {subject}: {failure}" for failure in result.failures]
    return told


def _add_pull(told: Status, landing: Landing, source: str, day: date) -> None:
    """The newest day of a platform: of several runs, each account's and force's last word."""
    runs = [run_id for run_day, run_id in landing.runs(source) if run_day == day]
    log = pl.concat([landing.read(source, "requests", day, run_id) for run_id in runs])
    verdicts = pl.concat([landing.read(source, "verdicts", day, run_id) for run_id in runs])
    log = log.sort("run_id").unique(["account_id", "entity"], keep="last")
    verdicts = verdicts.sort("run_id").unique(["platform", "force_id"], keep="last")
    quarantined = verdicts.filter(pl.col("verdict") != "passed").sort("force_id")
    bad = log.filter(~pl.col("status").is_in(["landed", "empty"])).sort("force_id", "account_id", "entity")
    counts = {
        name: bad.filter(pl.col("status") == name)["account_id"].n_unique()
        for name in ("refused", "throttled", "failed")
    }
    due = log["account_id"].n_unique()
    row = {"platform": source, "day": day.isoformat(), "due": due, **counts}
    row["quarantined"] = quarantined.height
    told.pulls.append(row | {"landed": due - bad["account_id"].n_unique()})
    told.missing += [
        f"{r['force_id']}: {r['account_id']} {r['entity']}: {r['reason']} ({r['detail']})"
        for r in bad.to_dicts()
    ]
    told.missing += [f"{r['force_id']}: {source} quarantined: {r['detail']}" for r in quarantined.to_dicts()]


def already_landed(settings: Settings, landing: Landing, day: date) -> bool:
    """Whether every pulled platform has a run of that day whose gate was passed."""
    return all(
        any(
            gate is not None and gate.passed
            for run_day, run_id in landing.runs(source)
            if run_day == day and (gate := recorded(settings.gates, "landing", f"{source}/{run_id}"))
        )
        for source in pulled_platforms()
    )
