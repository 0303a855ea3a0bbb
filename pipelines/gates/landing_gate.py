"""The landing gate: checks what one run landed, and quarantines a force whose rows are wrong.

Belongs here: what a failed expectation leads to, and what a suite can ask for. Does not belong here: the
expectations themselves (expectations/), running them (validation.py) or Dagster (orchestration/).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from pipelines.gates.records import GateResult
from pipelines.gates.suites import expectations_of, landing_suite
from pipelines.gates.validation import Failure, validate
from pipelines.landing.store import LOG, Landing
from pipelines.returns.kinds import KINDS
from pipelines.sources.account_pull import COUNT, Row, Schema

#: A fault at more than a quarter of all forces is the platform's or ours, not the forces'.
MAX_QUARANTINED_SHARE = 0.25

#: The platform's own id of an entity's rows, and the time at which, by its clock, each came to be.
KEYS = {
    "youtube": {"profiles": "channel_id", "posts": "video_id", "messages": "comment_id"},
    "bluesky": {"profiles": "did", "posts": "uri", "messages": "uri"},
    "mastodon": {"profiles": "id", "posts": "id", "messages": "id"},
}
TIMES = {
    "youtube": dict.fromkeys(("profiles", "posts", "messages"), "published_at_utc"),
    # created_at_utc of a post is what its author's device says.
    "bluesky": {"profiles": "created_at_utc", "posts": "indexed_at_utc", "messages": "indexed_at_utc"},
    "mastodon": dict.fromkeys(("profiles", "posts", "messages"), "created_at_utc"),
}


def landing_gate(
    landing: Landing, source: str, day: date, run_id: str, force_ids: Sequence[str]
) -> GateResult:
    """Check what one run landed, and land a verdict for each of its forces.

    A force with a bad row is quarantined alone. The gate fails, and quarantines every force of the run, when
    a frame as a whole is wrong or more than `MAX_QUARANTINED_SHARE` of all forces are quarantined. Judging a
    run again replaces its verdict, as when a suite was wrong and a past day cannot be pulled again.
    """
    result = GateResult("landing", f"{source}/{run_id}", passed=True)
    log = landing.read(source, "requests", day, run_id)
    forces = sorted(log["force_id"].unique())
    of_run: dict[str, Any] = {"force_ids": sorted(force_ids), "latest": _end_of(log)}
    for (landed_by, entity), schema in landing.schemas.items():
        if landed_by != source or entity in LOG:
            continue
        frame = landing.read(source, entity, day, run_id)
        logged = int(log.filter(pl.col("entity") == entity)["row_count"].sum())
        result.checked_rows[entity] = frame.height
        if frame.is_empty() and not logged:
            continue
        parameters = of_run | {"logged_rows": logged} | of_entity(source, entity, schema)
        expectations = expectations_of(landing_suite(source, entity), parameters)
        for failure in validate(f"{source}/{entity}", expectations, frame):
            result.failures.append(str(failure))
            for force_id in _blamed(failure, frame, forces):
                result.quarantined.setdefault(force_id, str(failure))
    if len(result.quarantined) > MAX_QUARANTINED_SHARE * len(force_ids):
        result.passed = False
        share = f"{len(result.quarantined)} of {len(forces)}"
        why = f"{share} forces in the run fail: it is quarantined as a whole"
        result.failures.append(why)
        result.quarantined = {force_id: result.quarantined.get(force_id, why) for force_id in forces}
    landing.judge(source, day, run_id, _verdicts(log, result))
    return result


def of_entity(source: str, entity: str, schema: Schema) -> dict[str, Any]:
    """What a suite can ask of an entity: its columns, counters and key, and the words defined for it."""
    counts = [name for name, kind in schema.items() if kind == COUNT]
    columns: dict[str, Any] = {"columns": list(schema), "counts": counts}
    if source != "returns":
        return columns | {"key": KEYS[source][entity], "time": TIMES[source][entity]}
    (kind,) = (kind for kind in KINDS if kind.name == entity)
    choices = {f"{column.name}_choices": list(column.choices) for column in kind.columns if column.choices}
    required = [column.output for column in kind.columns if column.required and column.output in kind.schema]
    return columns | choices | {"key": list(kind.key), "required": [c for c in required if c != "force_id"]}


def _end_of(log: pl.DataFrame) -> str:
    """The last moment of the run and an hour: a platform's clock may be a little ahead of ours."""
    latest = log.select(pl.col("pulled_at_utc").dt.replace_time_zone("UTC").max()).item()
    return str(latest + timedelta(hours=1)) if latest is not None else ""


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
        why = result.quarantined.get(str(force_id))
        rows.append(
            {
                "platform": platform,
                "force_id": force_id,
                "account_id": "",
                "pulled_at_utc": group["pulled_at_utc"].max(),
                "verdict": "quarantined" if why else "passed",
                "expectation": (why or "").split(" (")[0],
                "detail": why or "",
                "row_count": int(group["row_count"].sum()),
            }
        )
    return rows
