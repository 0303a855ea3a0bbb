"""The two gates: what landed, and what would be published. Each leaves a record that publishing reads.

Belongs here: what a failed expectation leads to. Does not belong here: the expectations themselves
(expectations/), Dagster (assets/), or dbt's tests (dbt/), whose outcome is recorded here all the same.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.expectations import Failure, has_suite, validate
from pipelines.landing import Landing
from pipelines.sources.pull import Row

#: A fault at more than a quarter of the country's forces is the platform's or ours, not the forces'.
MAX_HELD_SHARE = 0.25
#: With fewer than four fifths of the forces that are due collected, a national table would mislead.
MIN_COLLECTED_SHARE = 0.8
#: A release in which a tenth of the values of the last one are gone is an accident until shown otherwise.
MAX_VALUES_LOST_SHARE = 0.1

RELEASE_TABLES = ("bench_values", "bench_comparisons")


@dataclass
class GateResult:
    """One gate's verdict. `subject` is what was gated: `youtube/<run_id>`, or a build's id."""

    gate: str
    subject: str
    passed: bool
    failures: list[str] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)  # force_id → why
    checked_rows: dict[str, int] = field(default_factory=dict)


def landing_gate(
    landing: Landing, source: str, day: date, run_id: str, force_ids: Sequence[str]
) -> GateResult:
    """Check what one run landed, and land a verdict for each of its forces.

    A force with a bad row is held alone. The gate fails, and holds every force of the run, when a frame
    as a whole is wrong or more than `MAX_HELD_SHARE` of all forces are held. Judging a run again
    replaces its verdict, as when a suite was wrong and a past day cannot be pulled again.
    """
    result = GateResult("landing", f"{source}/{run_id}", passed=True)
    log = landing.read(source, "requests", day, run_id)
    forces = sorted(log["force_id"].unique())
    # Clocks differ: a platform may stamp a post a little later than our own time of asking.
    parameters = {"force_ids": sorted(force_ids), "latest": _end_of(log)}
    for entity in (e for s, e in landing.schemas if s == source):
        suite = f"landing_{source}_{entity}"
        if not has_suite(suite):
            continue
        frame = landing.read(source, entity, day, run_id)
        result.checked_rows[entity] = frame.height
        if frame.is_empty():
            continue
        for failure in validate(suite, frame, parameters):
            result.failures.append(str(failure))
            for force_id in _blamed(failure, frame, forces):
                result.held.setdefault(force_id, str(failure))
    if len(result.held) > MAX_HELD_SHARE * len(force_ids):
        result.passed = False
        why = f"{len(result.held)} of {len(forces)} forces in the run fail: it is held as a whole"
        result.failures.append(why)
        result.held = {force_id: result.held.get(force_id, why) for force_id in forces}
    landing.judge(source, day, run_id, _verdicts(log, result))
    return result


def _end_of(log: pl.DataFrame) -> str:
    latest = log["pulled_at_utc"].max()
    return str(latest + timedelta(hours=1)) if latest is not None else ""  # type: ignore[operator]


def _blamed(failure: Failure, frame: pl.DataFrame, forces: Sequence[str]) -> list[str]:
    """The forces whose rows broke an expectation; all of the run's, when no rows can be named."""
    if not failure.rows:
        return list(forces)
    named = set(frame["force_id"][failure.rows].to_list())
    # A row with a force nobody knows is nobody's fault in particular.
    return sorted(named & set(forces)) if named <= set(forces) else list(forces)


def _verdicts(log: pl.DataFrame, result: GateResult) -> list[Row]:
    rows: list[Row] = []
    keys = ("platform", "force_id")
    for (platform, force_id), group in log.sort(keys).group_by(keys, maintain_order=True):
        why = result.held.get(str(force_id))
        rows.append(
            {
                "platform": platform,
                "force_id": force_id,
                "account_id": "",
                "pulled_at_utc": group["pulled_at_utc"].max(),
                "verdict": "held" if why else "passed",
                "expectation": (why or "").split(" (")[0],
                "detail": why or "",
                "row_count": int(group["row_count"].sum()),
            }
        )
    return rows


def release_gate(warehouse: Path, build_id: str, previous_values: int | None) -> GateResult:
    """Check the benchmark tables of a build before they are published.

    `previous_values`: how many numbers the current release holds, None when there is none.
    """
    result = GateResult("release", build_id, passed=True)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        frames = {name: connection.table(name).pl() for name in RELEASE_TABLES}
        collected = connection.sql(_COLLECTED).fetchone() or (0, 0)
        force_count = (connection.sql("select count(*) from dim_force").fetchone() or (0,))[0]
    parameters = {"force_count": force_count, "areas": force_count + 1}  # and the nation
    for name, frame in frames.items():
        result.checked_rows[name] = frame.height
        result.failures += map(str, validate(f"release_{name}", frame, parameters))
    due, got = collected
    if due and got < MIN_COLLECTED_SHARE * due:
        result.failures.append(f"only {got} of {due} forces that are due were collected on the newest day")
    values = int(frames["bench_values"]["value"].is_not_null().sum())
    if previous_values and values < (1 - MAX_VALUES_LOST_SHARE) * previous_values:
        result.failures.append(f"{values} numbers, but the current release has {previous_values}")
    result.passed = not result.failures
    return result


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


def dbt_gate(run_results: Mapping[str, Any], build_id: str) -> GateResult:
    """dbt's own outcome (its run_results.json) as a gate: every model built, every test passed."""
    bad = [
        f"{item['unique_id']}: {item['status']}: {' '.join(str(item.get('message')).split())}"
        for item in run_results["results"]
        if item["status"] not in ("success", "pass", "warn", "no-op")
    ]
    tested = sum(item["unique_id"].startswith("test.") for item in run_results["results"])
    if not tested:
        bad.append("no dbt test was run")
    return GateResult("dbt", build_id, not bad, bad, checked_rows={"tests": tested})


def record(folder: Path, result: GateResult) -> Path:
    """Write the verdict where publishing and `beatbook status` read it; a later one replaces it."""
    path = folder / result.gate / f"{result.subject.replace('/', '--')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    beside.write_text(json.dumps(asdict(result), indent=1, sort_keys=True))
    beside.replace(path)
    return path


def recorded(folder: Path, gate: str, subject: str) -> GateResult | None:
    """The recorded verdict, None when the gate was never run on that subject."""
    path = folder / gate / f"{subject.replace('/', '--')}.json"
    return GateResult(**json.loads(path.read_text())) if path.exists() else None
