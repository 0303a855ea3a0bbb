"""The release gate: what would be published, checked by GX, and what dbt's own tests said of the build.

Belongs here: rules that need more than one frame, and the limits they use. Does not belong here: the
expectations themselves (expectations/), the comparison with the last release (losses.py, prices.py), dbt's
tests (dbt/) or Dagster (orchestration/).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import polars as pl

from pipelines.disk import as_sql
from pipelines.gates.disclosure import attack
from pipelines.gates.losses import OF_LAST, losses
from pipelines.gates.overrides import Override
from pipelines.gates.prices import OF_LAST as PRICES_OF_LAST
from pipelines.gates.prices import price_changes
from pipelines.gates.records import GateResult
from pipelines.gates.suites import digest_of, expectations_of
from pipelines.gates.validation import Gated, validate
from pipelines.settings import PROJECT, SEEDS
from pipelines.warehouse.run_dbt import Node

#: With fewer than four fifths of the forces that are due collected, a table of all forces would mislead.
MIN_COLLECTED_SHARE = 0.8

RELEASE_TABLES = ("bench_values", "bench_comparisons", "bench_not_available")
#: What the record says beside them: how many suppressed counts the attack was made on.
SUPPRESSED = "suppressed_counts"
#: What is read of the last release.
COMPARED = (*OF_LAST, "tables/bench_comparisons.parquet")
#: And where it has them.
ALSO_COMPARED = (PRICES_OF_LAST,)
#: What makes a cell of a table that has periods.
KEY = "indicator_id, area_id, platform, account_scope, period_type, period_start"
CONTRACTS = PROJECT / "dbt" / "models" / "benchmarks" / "_bench.yml"


def release_gate(
    warehouse: Path,
    build_id: str,
    previous: Path | None,
    allowed: Mapping[str, Override] | None = None,
    *,
    is_judged: bool = False,
) -> GateResult:
    """Check the benchmark tables of a build before they are published.

    `previous`: the folder of the last release, None when there is none. `allowed`: by rule, the overrides
    that hold. `is_judged`: the last release was made of the same models, seeds and register and judged by the
    same expectations: cells that stand in it are not judged again.
    """
    result = GateResult("release", build_id, passed=True, suites=release_suites())
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = list(of_tables(connection, previous if is_judged else None))
        for name in RELEASE_TABLES:
            result.checked_rows[name] = len(connection.sql(_newest(name)))
        due, got = connection.sql(_COLLECTED).fetchone() or (0, 0)
        lost = [area for (area,) in connection.sql(_LOST).fetchall()]
        broken = [*losses(connection, previous), *price_changes(connection, previous)] if previous else []
        suppressed, disclosed = attack(connection)
    for table in tables:
        result.failures += map(str, validate(*table))
    result.failures += [f"disclosure: {said}" for said in disclosed]  # nobody can let it pass
    result.checked_rows[SUPPRESSED] = suppressed
    if lost:
        result.failures.append(f"neither a number nor a reason for {', '.join(lost)}")
    if due and got < MIN_COLLECTED_SHARE * due:
        said = f"only {got} of {due} forces that are due were collected on the newest day"
        broken.append(("forces_collected", said))
    for rule, said in broken:
        override = (allowed or {}).get(rule)
        if override is None:
            result.failures.append(f"{rule}: {said}")
        else:
            result.overridden.append(f"{said} ({override})")
    result.passed = not result.failures
    return result


def of_tables(connection: duckdb.DuckDBPyConnection, judged: Path | None = None) -> Iterator[Gated]:
    """What is expected of each table of figures in a build. `judged`: see `_not_judged`."""
    areas = connection.sql("select area_id, area_type from dim_area order by area_id").pl()
    parameters: dict[str, Any] = {
        "area_ids": areas["area_id"].to_list(),
        "force_count": areas.filter(pl.col("area_type") == "force").height,
        "value_notes": pl.read_csv(SEEDS / "value_notes.csv")["value_note"].to_list(),
    }
    for name in RELEASE_TABLES:
        columns = {"columns": list(contract(name))}
        expectations = expectations_of(f"release_{name}", parameters | columns)
        rows = _newest(name) if judged is None else _not_judged(name, judged)
        yield Gated(name, expectations, connection.sql(rows).pl())


@cache
def release_suites() -> str:
    """A digest of the suites of this gate, which publishing compares with that of the verdict."""
    return digest_of("release*.json")


def is_complete(result: GateResult) -> bool:
    """Whether a verdict is on all that is gated, suppressed counts included, by the expectations of now."""
    return result.suites == release_suites() and set(result.checked_rows) == {*RELEASE_TABLES, SUPPRESSED}


def contract(table: str) -> dict[str, str]:
    """The columns of a benchmark table, in order, and the type of each, as dbt's contract has them."""
    (model,) = (m for m in msgspec.yaml.decode(CONTRACTS.read_bytes())["models"] if m["name"] == table)
    return {column["name"]: column["data_type"] for column in model["columns"]}


def _newest(table: str) -> str:
    """The rows that GX looks at: of cells those of the newest thirteen months, however long history is.

    What is older was looked at when it was new.
    """
    if "period_start" not in contract(table):
        return f"from {table}"
    newest = f"select max(period_start) from {table}"
    return f"from {table} where period_end >= ({newest}) - interval 13 months"


def _not_judged(table: str, judged: Path) -> str:
    """Of cells those that are not, to the last digit, in the release that was judged before, whose folder
    `judged` is. Of a table that has not changed one row stands for all.

    A cell is there with all of its rows: one that came beside an old one is a second one.
    """
    if "period_start" not in contract(table):
        return _newest(table)
    row, old = f"hash({', '.join(contract(table))})", as_sql(judged / "tables" / f"{table}.parquet")
    return f"""
        with judged as (select distinct {row} as digest from {old}),
        rows as ({_newest(table)})
        select rows.*
        from rows
        where ({KEY}) in (
            select ({KEY}) from rows where {row} not in (select digest from judged)
            union all
            select min(({KEY})) from rows
        )
    """


#: Areas that a reader would look for in vain.
_LOST = """
    select area_id
    from dim_area
    where area_id not in (select area_id from bench_values union select area_id from bench_not_available)
    order by area_id
"""

#: Forces with an account due on the newest day that is pulled, and those of them with one that landed. An
#: account that the platform took down, or that we have no token for, cannot be collected by pulling again.
_COLLECTED = """
    select
        count(distinct force_id) as due,
        count(distinct force_id) filter (status in ('landed', 'empty')) as got
    from fct_collection
    where is_due and not is_absent and reason is distinct from 'not_authorised'
        and collected_date = (select max(collected_date) from fct_collection)
"""


def dbt_gate(nodes: Sequence[Node], expected: Collection[str], build_id: str) -> GateResult:
    """dbt's own outcome as a gate: every model, seed and test that is `expected` was run, and passed.

    `expected`: unique ids, as `manifest.built_by_dbt` reads them.
    """
    bad = [
        f"{node.unique_id}: {node.status}: {node.message}"
        for node in nodes
        if node.status not in ("success", "pass", "warn", "no-op")
    ]
    ran = {node.unique_id for node in nodes}
    bad += [f"{unique_id}: was not run" for unique_id in sorted(set(expected) - ran)]
    tested = sum(unique_id.startswith("test.") for unique_id in ran)
    if not tested:
        bad.append("no dbt test was run")
    return GateResult("dbt", build_id, not bad, bad, checked_rows={"tests": tested})
