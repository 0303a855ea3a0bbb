"""The landing gate: judges what one run brought before it lands; accounts with wrong rows are quarantined.

Belongs here: what a failed expectation leads to, and what a suite can ask for. Does not belong here: the
expectations themselves (expectations/), running them (validation.py), what a day's verdicts come to together
(landing/quarantine.py) or Dagster (orchestration/).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import polars as pl

from pipelines.gates.plausibility import frames_of
from pipelines.gates.suites import digest_of, expectations_of, landing_suite
from pipelines.gates.validation import Failure, Gated, validate
from pipelines.gates.weekdays import weekday_frames
from pipelines.landing.manifest import Refused
from pipelines.landing.store import LOG, Landing, is_pulse
from pipelines.returns.kinds import KINDS
from pipelines.sources import catalogue
from pipelines.sources.account_pull import COUNT, Row, Schema

PART_ROWS = 10_000  # of a return; as many as are held in memory while it is read


def land(
    landing: Landing,
    source: str,
    day: date,
    run_id: str,
    rows: Mapping[str, Sequence[Row] | pl.DataFrame],
    force_ids: Iterable[str],
) -> list[Refused]:
    """Judge what a run brought, and land it with the verdict, as one. `force_ids`: the register's.

    Returns the accounts that are quarantined.

    Raises:
        polars.exceptions.PolarsError: a row does not fit the entity's schema.
        FileExistsError: the run has landed already.
    """
    frames = landing.frames(source, run_id, rows)
    refused = judge(landing, source, day, frames, force_ids)
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
    if before.suites == suites_digest() or before.decision:
        return before.quarantined
    frames = {entity: landing.read(source, entity, day, run_id) for entity in before.files}
    refused = judge(landing, source, day, frames, force_ids)
    landing.judge(source, day, run_id, refused, suites_digest())
    return refused


def judge(
    landing: Landing,
    source: str,
    day: date,
    frames: Mapping[str, pl.DataFrame],
    force_ids: Iterable[str],
) -> list[Refused]:
    """The accounts that have a row which breaks an expectation, and which one; all that answered, when a
    frame as a whole is wrong."""
    answered = frames["requests"].filter(pl.col("status").is_in(["landed", "empty"]))
    answered = answered.select("platform", "force_id", "account_id").unique(maintain_order=True)
    refused: dict[tuple[str, str], Refused] = {}
    for rows in of_rows(landing, source, frames, force_ids):
        _refuse(refused, answered, rows)
    # Where everybody is refused there is nothing left to hold against the past.
    if len(refused) < answered.height:
        for figures in of_past(landing, source, day, frames):
            _refuse(refused, answered, figures)
    return sorted(refused.values())


def of_rows(
    landing: Landing, source: str, frames: Mapping[str, pl.DataFrame], force_ids: Iterable[str]
) -> Iterator[Gated]:
    """What is expected of the rows of each entity, by themselves."""
    log = frames["requests"]
    of_run: dict[str, Any] = {"force_ids": sorted(force_ids), **_times_of(log)}
    for (landed_by, entity), schema in landing.schemas.items():
        if landed_by != source or entity in LOG:
            continue
        frame = frames.get(entity, pl.DataFrame(schema=schema))
        logged = int(log.filter(pl.col("entity") == entity)["row_count"].sum())
        if frame.is_empty() and not logged:
            continue
        parameters = of_run | of_entity(source, entity, schema)
        for part, logged_rows in _parts(frame, logged) if source == "returns" else [(frame, logged)]:
            wanted = parameters | {"logged_rows": logged_rows}
            yield Gated(f"{source}/{entity}", expectations_of(landing_suite(source, entity), wanted), part)


def of_past(landing: Landing, source: str, day: date, frames: Mapping[str, pl.DataFrame]) -> Iterator[Gated]:
    """What is expected of a platform's figures beside those of the days before. Returns have no past, and a
    pulse, which brings the few posts that are due, has that of these posts alone."""
    if source == "returns" or frames["requests"].is_empty():
        return
    beside = frames_of(landing, source, day, frames)
    if is_pulse(frames["requests"]["run_id"][0]):
        beside = {"plausible_posts": beside["plausible_posts"]}
    else:
        beside |= weekday_frames(landing, source, day, frames)
    for name, frame in beside.items():
        if not frame.is_empty():
            yield Gated(f"{source}/{name}", expectations_of(name, {}), frame)


def _parts(frame: pl.DataFrame, logged: int) -> Iterator[tuple[pl.DataFrame, int]]:
    """A return in pieces that GX can hold, and how many rows the log says of each: the last answers for what
    is missing or too many. That no row comes twice in a file was seen while it was read."""
    parts = list(frame.iter_slices(PART_ROWS)) or [frame]
    for part in parts[:-1]:
        yield part, part.height
    yield parts[-1], logged - sum(part.height for part in parts[:-1])


def _refuse(refused: dict[tuple[str, str], Refused], answered: pl.DataFrame, gated: Gated) -> None:
    """Add the accounts that fail; of an account the first failure stands."""
    for failure in validate(*gated):
        for platform, force_id, account_id in _blamed(failure, gated.frame, answered).iter_rows():
            detail = str(failure)
            found = Refused(platform, force_id, account_id, failure.title, detail)
            refused.setdefault((force_id, account_id), found)


@cache
def suites_digest() -> str:
    """A digest of all suites of this gate: a run that was judged by other ones can be judged again."""
    return digest_of("landing*.json", "plausible*.json")


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


def _times_of(log: pl.DataFrame) -> dict[str, str]:
    """The last moment of the run and an hour, for a platform's clock may be a little ahead of ours; and the
    first, 32 days before: a pull asks for the posts of thirty."""
    at = log["pulled_at_utc"].dt.replace_time_zone("UTC")
    first, last = at.min(), at.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return {"earliest": "", "latest": ""}
    return {"earliest": str(first - timedelta(days=32)), "latest": str(last + timedelta(hours=1))}


def _blamed(failure: Failure, frame: pl.DataFrame, answered: pl.DataFrame) -> pl.DataFrame:
    """The accounts whose rows broke an expectation; all that answered, when no rows can be named.

    A row of a force or an account that did not answer is nobody's fault in particular.
    """
    if not failure.rows or "account_id" not in frame.columns:
        return answered
    keys = ["force_id", "account_id"]
    named = frame[failure.rows].select(keys).unique()
    known = answered.join(named, on=keys, how="semi")
    return known if known.select(keys).unique().height == named.height else answered
