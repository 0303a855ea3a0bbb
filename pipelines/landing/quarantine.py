"""Which answers of the platforms count, and which do not and why.

Belongs here: what follows from the gate's verdicts on all runs of a day together. Does not belong here: the
verdict on a run (gates/landing_gate.py).

An account counts by its last answer that passed, whichever run brought it. When more than `MAX_FAILING_SHARE`
of the forces that answered on a platform have an account without any, the fault is the platform's or ours:
then the whole platform is quarantined for that day, alone.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

import msgspec
import polars as pl

from pipelines.landing.manifest import DamagedError, Decision, Manifest, Refused
from pipelines.landing.store import PULSE, Landing

#: More of a platform's forces than this do not make the same mistake on one day by chance.
MAX_FAILING_SHARE = 0.25
#: One force's fault is its own, also where a platform has few.
MIN_FAILING_FORCES = 2
#: In place of an expectation: quarantined for others' faults, by a person, and a return that was withdrawn.
WHOLE, HELD, WITHDRAWN = "platform", "held", "withdrawn"

KEYS = ["run_id", "platform", "force_id", "account_id"]
SCHEMA = pl.Schema(
    {"day": pl.Date, "run_id": pl.String} | dict.fromkeys(Refused.__struct_fields__, pl.String())
)


def quarantined(
    landing: Landing, source: str, since: date = date.min, until: date = date.max
) -> pl.DataFrame:
    """A row for each account and run whose rows do not count: day, run_id, platform, force_id, account_id,
    expectation, detail.

    Raises:
        DamagedError: a manifest, or the log of a day on which something is quarantined, is damaged.
    """
    found: list[dict[str, Any]] = []
    for day, runs in groupby(landing.runs(source, since, until, pulses=True), key=lambda run: run[0]):
        manifests = [landing.manifest(source, day, run_id) for _, run_id in runs]
        if any(manifest.quarantined or manifest.decision for manifest in manifests):
            found += _of_day(landing, source, day, manifests)
    return pl.DataFrame(found, schema=SCHEMA, orient="row")


def decisions(landing: Landing, since: date) -> list[dict[str, Any]]:
    """What people decided of the landing since a day: platform, day, account_ids, is_release, by, reason.

    Raises:
        DamagedError: a manifest is damaged.
    """
    found = []
    for source in sorted({source for source, _ in landing.schemas}):
        for day, run_id in landing.runs(source, since):
            decision = landing.manifest(source, day, run_id).decision
            if decision is not None:
                about = {"platform": source, "day": day.isoformat()}
                found.append(about | msgspec.structs.asdict(decision))
    return found


def _of_day(landing: Landing, source: str, day: date, manifests: Sequence[Manifest]) -> list[dict[str, Any]]:
    own: list[dict[str, Any]] = [
        {"day": day, "run_id": manifest.run_id} | msgspec.structs.asdict(refused)
        for manifest in manifests
        for refused in manifest.quarantined
    ]
    run_ids = [manifest.run_id for manifest in manifests]
    cleared = ""  # the last run of which everything was released
    for manifest in manifests:
        decision = manifest.decision
        if decision is None:
            continue
        about = partial(_is_about, decision, manifest.run_id)
        # What was withdrawn stays so, whatever is decided of the day.
        own = [row for row in own if row["expectation"] == WITHDRAWN or not about(row)]
        if not decision.is_release:
            verb = WITHDRAWN if decision.run_ids else HELD
            why = {"day": day, "expectation": verb, "detail": f"{verb} by {decision.by}: {decision.reason}"}
            asked = _log(landing, source, day, run_ids).select(KEYS).unique(maintain_order=True)
            out = {(row["run_id"], row["force_id"], row["account_id"]) for row in own}
            own += [
                row | why
                for row in asked.iter_rows(named=True)
                if about(row) and (row["run_id"], row["force_id"], row["account_id"]) not in out
            ]
        elif not decision.account_ids:
            cleared = manifest.run_id
    others = _others(landing, source, day, run_ids, own)
    return own + [row for row in others if row["run_id"] > cleared]


def _is_about(decision: Decision, decided_in: str, row: Mapping[str, Any]) -> bool:
    """A decision is about the runs before its own, by their ids."""
    if decision.run_ids:
        return row["run_id"] in decision.run_ids
    is_meant = not decision.account_ids or row["account_id"] in decision.account_ids
    return is_meant and row["run_id"] < decided_in


def _log(landing: Landing, source: str, day: date, run_ids: Sequence[str]) -> pl.DataFrame:
    return pl.concat([landing.read(source, "requests", day, run_id) for run_id in run_ids])


def in_brief(landing: Landing, since: date) -> list[dict[str, Any]]:
    """What is quarantined since a day, a row for each platform and day: how much, and one reason. A return
    that was withdrawn is not: its force said so. Nor is a pulse: the day's figures do not rest on it.

    Raises:
        DamagedError: as for `quarantined`.
    """
    sources = sorted({source for source, _ in landing.schemas})
    every = pl.concat([quarantined(landing, source, since) for source in sources])
    every = every.filter(pl.col("expectation") != WITHDRAWN, _is_of_day())
    whole_first = every.sort(pl.col("expectation") != WHOLE, "force_id", "account_id", maintain_order=True)
    days = whole_first.group_by("day", "platform").agg(
        pl.col("force_id").n_unique().alias("force_count"),
        pl.col("account_id").n_unique().alias("account_count"),
        pl.col("detail").first(),
    )
    rows = days.sort("day", "platform").to_dicts()
    return [row | {"day": row["day"].isoformat()} for row in rows]


def passed(
    landing: Landing,
    source: str,
    entity: str,
    since: date,
    until: date,
    columns: Sequence[str],
    *,
    pulses: bool = False,
) -> pl.DataFrame:
    """Columns of what a platform's runs of these days landed and the gate let pass; `pulses`: theirs as well.

    A run that is damaged is left out: a pull must not wait for an old file to be mended, and what it does not
    know of lands again.
    """
    wanted = {*columns, "run_id", "account_id"}
    schema = {name: kind for name, kind in landing.schemas[source, entity].items() if name in wanted}
    frames = [pl.DataFrame(schema=schema)]
    for day, run_id in landing.runs(source, since, until, pulses=pulses):
        with suppress(DamagedError):
            frames.append(landing.read(source, entity, day, run_id, list(schema)))
    refused = pl.DataFrame(schema=SCHEMA)
    with suppress(DamagedError):
        refused = quarantined(landing, source, since, until)
    rows = pl.concat(frames, how="diagonal")
    return rows.join(refused, on=["run_id", "account_id"], how="anti").select(columns)


def _is_of_day() -> pl.Expr:
    """Whether a row is of a daily run, a return or a decision, and not of a pulse."""
    return ~pl.col("run_id").str.ends_with(PULSE)


def _others(
    landing: Landing, source: str, day: date, run_ids: Sequence[str], own: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Everybody else of the day, when the platform is at fault: by its daily runs, since pulses ask for
    little and can neither clear a day nor condemn it."""
    if not own or source == "returns":
        return []
    log = _log(landing, source, day, run_ids)
    answered = log.filter(pl.col("status").is_in(["landed", "empty"])).select(KEYS).unique()
    refused = pl.DataFrame(own, schema=SCHEMA, orient="row")
    passed = answered.join(refused, on=["run_id", "account_id"], how="anti")
    # What a person holds is no fault of the platform's.
    judged = refused.filter(pl.col("expectation") != HELD)
    judged = judged.filter(_is_of_day())
    found = passed.filter(_is_of_day())
    failing = sorted(judged.join(found, on="account_id", how="anti")["force_id"].unique())
    forces = answered.filter(_is_of_day())["force_id"].n_unique()
    if len(failing) < MIN_FAILING_FORCES or len(failing) <= MAX_FAILING_SHARE * forces:
        return []
    example = judged.filter(pl.col("force_id") == failing[0])["detail"][0]
    why = f"{source} as a whole: {len(failing)} of {forces} forces fail, {failing[0]} for one: {example}"
    fault = {"day": day, "expectation": WHOLE, "detail": why}
    return [row | fault for row in passed.sort(KEYS).iter_rows(named=True)]
