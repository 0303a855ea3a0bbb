"""The landing gate: checks what one run landed, and quarantines a force whose rows are wrong.

Belongs here: what a failed expectation leads to. Does not belong here: the expectations themselves
(expectations/), running them (suites.py) or Dagster (orchestration/).
"""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from pipelines.gates.records import GateResult
from pipelines.gates.suites import Failure, has_suite, validate
from pipelines.landing.store import Landing
from pipelines.sources.account_pull import Row

#: A fault at more than a quarter of the country's forces is the platform's or ours, not the forces'.
MAX_HELD_SHARE = 0.25


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
