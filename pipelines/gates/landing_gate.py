"""The landing gate: judges what one run brought before it lands; accounts with wrong rows are quarantined.

Belongs here: what a failed expectation leads to, and what a suite can ask for. Does not belong here: the
expectations themselves (expectations/), running them (validation.py), what a day's verdicts come to together
(landing/quarantine.py) or Dagster (orchestration/).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl

from pipelines.gates.suites import SUITES, expectations_of, landing_suite
from pipelines.gates.validation import Failure, validate
from pipelines.landing.manifest import Refused
from pipelines.landing.store import LOG, Landing
from pipelines.returns.kinds import KINDS
from pipelines.sources import catalogue
from pipelines.sources.account_pull import COUNT, Row, Schema


def land(
    landing: Landing,
    source: str,
    day: date,
    run_id: str,
    rows: Mapping[str, Sequence[Row]],
    force_ids: Iterable[str],
) -> list[Refused]:
    """Judge what a run brought, and land it with the verdict, as one. `force_ids`: the register's.

    Returns the accounts that are quarantined.

    Raises:
        polars.exceptions.PolarsError: a row does not fit the entity's schema.
        FileExistsError: the run has landed already.
    """
    frames = landing.frames(source, run_id, rows)
    refused = judge(landing, source, frames, force_ids)
    landing.write(source, day, run_id, frames, refused, suites_digest())
    return refused


def judge_again(
    landing: Landing, source: str, day: date, run_id: str, force_ids: Iterable[str]
) -> list[Refused]:
    """Judge a run that has landed by the expectations of now, as when one was wrong: a past day cannot be
    pulled again.

    Raises:
        DamagedError: a file of the run is not what was landed.
    """
    before = landing.manifest(source, day, run_id)
    if before.suites == suites_digest():
        return before.quarantined
    frames = {entity: landing.read(source, entity, day, run_id) for entity in before.files}
    refused = judge(landing, source, frames, force_ids)
    landing.judge(source, day, run_id, refused, suites_digest())
    return refused


def judge(
    landing: Landing, source: str, frames: Mapping[str, pl.DataFrame], force_ids: Iterable[str]
) -> list[Refused]:
    """The accounts that have a row which breaks an expectation, and which one; all that were asked, when a
    frame as a whole is wrong."""
    log = frames["requests"]
    asked = log.select("platform", "force_id", "account_id").unique(maintain_order=True)
    of_run: dict[str, Any] = {"force_ids": sorted(force_ids), "latest": _end_of(log)}
    refused: dict[tuple[str, ...], Refused] = {}
    for (landed_by, entity), schema in landing.schemas.items():
        if landed_by != source or entity in LOG:
            continue
        frame = frames.get(entity, pl.DataFrame(schema=schema))
        logged = int(log.filter(pl.col("entity") == entity)["row_count"].sum())
        if frame.is_empty() and not logged:
            continue
        parameters = of_run | {"logged_rows": logged} | of_entity(source, entity, schema)
        expectations = expectations_of(landing_suite(source, entity), parameters)
        for failure in validate(f"{source}/{entity}", expectations, frame):
            for platform, force_id, account_id in _blamed(failure, frame, asked).iter_rows():
                found = Refused(platform, force_id, account_id, failure.title, str(failure))
                refused.setdefault((platform, force_id, account_id), found)
    return sorted(refused.values())


@cache
def suites_digest() -> str:
    """A digest of all landing suites: a run that was judged by other ones can be judged again."""
    digest = hashlib.sha256()
    for path in sorted(SUITES.glob("landing*.json")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def of_entity(source: str, entity: str, schema: Schema) -> dict[str, Any]:
    """What a suite can ask of an entity: its columns, counters and key, and the words defined for it."""
    counts = [name for name, kind in schema.items() if kind == COUNT]
    columns: dict[str, Any] = {"columns": list(schema), "counts": counts}
    if source != "returns":
        offered = catalogue.source(source)
        return columns | {"key": offered.KEYS[entity], "time": offered.TIMES[entity]}
    (kind,) = (kind for kind in KINDS if kind.name == entity)
    choices = {f"{column.name}_choices": list(column.choices) for column in kind.columns if column.choices}
    required = [column.output for column in kind.columns if column.required and column.output in kind.schema]
    return columns | choices | {"key": list(kind.key), "required": [c for c in required if c != "force_id"]}


def _end_of(log: pl.DataFrame) -> str:
    """The last moment of the run and an hour: a platform's clock may be a little ahead of ours."""
    latest = log.select(pl.col("pulled_at_utc").dt.replace_time_zone("UTC").max()).item()
    return str(latest + timedelta(hours=1)) if latest is not None else ""


def _blamed(failure: Failure, frame: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """The accounts whose rows broke an expectation; all that were asked, when no rows can be named.

    A row of a force or an account that was not asked is nobody's fault in particular.
    """
    if not failure.rows:
        return asked
    keys = ["force_id", "account_id"]
    named = frame[failure.rows].select(keys).unique()
    known = asked.join(named, on=keys, how="semi")
    return known if known.select(keys).unique().height == named.height else asked
