"""Lands a force's return: whole or not at all, and once.

Belongs here: from a checked file to landing and its gate. Does not belong here: reading and checking the
file (the other modules here).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.gates.landing_gate import land
from pipelines.landing.locks import locked
from pipelines.landing.manifest import Manifest, Refused
from pipelines.landing.store import Landing, open_landing
from pipelines.registry import load_register
from pipelines.returns import Return, read_return
from pipelines.settings import Settings
from pipelines.sources.account_pull import Row, naive_utc

#: The moment that a row speaks of; for messages, the file knows nothing after its last one.
SEEN = {"profiles": "observed_at_utc", "posts": "observed_at_utc"}


@dataclass(frozen=True)
class Submitted:
    """What became of a file. `quarantined`: why its rows do not count, where they do not."""

    run_id: str
    row_count: int
    is_new: bool
    quarantined: list[str]


def check(settings: Settings, path: Path) -> Return:
    """Read a return against the register; nothing is written.

    Raises:
        OSError: no such file.
    """
    register = load_register(settings)
    now = settings.profile.moment_of(settings.profile.today())
    forces, platforms = frozenset(register.forces), frozenset(register.platforms)
    return read_return(path, register.find, forces, platforms, now=now)


def submit(settings: Settings, found: Return) -> Submitted:
    """Land a file that `check` found nothing wrong with. The same bytes a second time change nothing.

    Raises:
        ValueError: the file has problems.
        DamagedError: a return that landed before is not what it was.
    """
    if not found.is_landable or found.kind is None:
        raise ValueError(f"the file has {len(found.problems)} problems and cannot land")
    landing = open_landing(settings)
    with locked(settings.locks / "returns"):
        before = _landed_before(landing, found)
        if before is not None:
            return Submitted(before.run_id, found.row_count, False, _why(before.quarantined))
        return _land(settings, landing, found, found.kind)


def _land(settings: Settings, landing: Landing, found: Return, kind: str) -> Submitted:
    day = settings.profile.today()
    moment = naive_utc(settings.profile.moment_of(day))
    rows = found.rows.with_columns(
        _seen_at(kind, pl.lit(moment, pl.Datetime("us"))).alias("pulled_at_utc"),
        file_sha256=pl.lit(found.sha256),
    )
    if "platform" not in rows.columns:  # an outcome is about a post of the force, on whichever platform
        rows = rows.with_columns(platform=pl.lit(""))
    run_id = landing.new_run_id()
    columns = [name for name in landing.schemas["returns", kind] if name != "run_id"]
    landed = {kind: rows.select(columns).to_dicts(), "requests": _log(kind, rows)}
    refused = land(landing, "returns", day, run_id, landed, load_register(settings).forces)
    return Submitted(run_id, found.row_count, True, _why(refused))


def _why(refused: Sequence[Refused]) -> list[str]:
    return sorted({each.detail for each in refused})


def _landed_before(landing: Landing, found: Return) -> Manifest | None:
    """The run in which these bytes landed."""
    for day, run_id in landing.runs("returns"):
        manifest = landing.manifest("returns", day, run_id)
        if found.kind in manifest.files:
            rows = landing.read("returns", found.kind, day, run_id)
            if rows["file_sha256"][0] == found.sha256:
                return manifest
    return None


def _seen_at(kind: str, submitted: pl.Expr) -> pl.Expr:
    if kind in SEEN:
        return pl.col(SEEN[kind])
    return pl.col("sent_at_utc").max().over("account_id") if kind == "messages" else submitted


def _log(kind: str, rows: pl.DataFrame) -> list[Row]:
    groups = rows.group_by("platform", "force_id", "account_id").agg(
        pl.col("pulled_at_utc").max(), row_count=pl.len().cast(pl.Int64)
    )
    fixed = {"entity": kind, "status": "landed", "reason": "", "detail": ""}
    none = {"request_count": 0, "unit_count": 0, "unknown_field_count": 0}
    keys = ["platform", "force_id", "account_id"]
    return [row | fixed | none | {"seen_count": row["row_count"]} for row in groups.sort(keys).to_dicts()]
