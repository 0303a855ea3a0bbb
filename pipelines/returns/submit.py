"""Lands a force's return: whole or not at all, and once.

Belongs here: from a checked file to landing and its gate. Does not belong here: reading and checking the
file (the other modules here).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from pipelines.gates.landing_gate import land
from pipelines.landing.locks import locked
from pipelines.landing.manifest import Refused
from pipelines.landing.store import Landing, open_landing
from pipelines.registry import load_register
from pipelines.registry.register import Account, Register
from pipelines.returns import AccountRef, Declared, Options, Return, Said, Stated, read_return
from pipelines.returns.owners import owned
from pipelines.returns.sent import is_withdrawn
from pipelines.settings import Settings
from pipelines.sources.account_pull import Row, keyed_hash

#: The moment at which a row's counters stood; the others say what was known when the file was exported.
SEEN = {"profiles": "observed_at_utc", "posts": "observed_at_utc"}


@dataclass(frozen=True)
class Submitted:
    """What became of a file. `quarantined`: why its rows do not count, where they do not."""

    run_id: str
    row_count: int
    is_new: bool
    quarantined: list[str]


class OtherwiseDeclaredError(ValueError):
    """The same bytes landed before, and another period was declared of them."""


@dataclass(frozen=True)
class Asked:
    """What the sender says of a file, as written on the command line."""

    period_from: str | None = None
    period_to: str | None = None
    exported_at: str | None = None
    force: str | None = None
    accounts: tuple[str, ...] = ()
    order: str | None = None


def check(
    settings: Settings, path: Path, declared: Declared | None = None, asked: Asked | None = None
) -> Return:
    """Read a return against the register and what is said of it; nothing is written.

    Raises:
        OSError: no such file.
        ValueError: `asked` names a force or an account that the register does not have.
        SettingsError: it holds authors, and there is no key to hash them with.
    """
    register = load_register(settings)
    forces, platforms = frozenset(register.forces), frozenset(register.platforms)

    def hash_author(platform: str, author: str) -> str:
        return keyed_hash(settings.author_hash_key(), platform, author)

    asked = asked or Asked()
    found = read_return(
        path,
        register.find,
        forces,
        platforms,
        hash_author=hash_author,
        now=present(settings),
        declared=declared,
        options=Options(
            Stated(asked.period_from, asked.period_to, asked.exported_at),
            _said(register, asked, settings.profile.today()),
            asked.order,
        ),
        purpose_rules=register.purpose_rules,
    )
    if found.kind == "outcomes" and not found.problems:
        problems, notes = owned(open_landing(settings), found)
        reading = replace(found.reading, notes=(*found.reading.notes, *notes))
        return replace(found, problems=problems, reading=reading)
    return found


def _said(register: Register, asked: Asked, day: date) -> Said:
    if asked.force is not None and asked.force not in register.forces:
        raise ValueError(f"--force {asked.force}: there is no force with this id (`beatbook accounts list`)")
    accounts: dict[str, AccountRef] = {}
    for name in asked.accounts:
        platform, _, handle = name.partition(":")
        found = register.accounts.get(name) or register.find(platform, handle)
        if found is None:
            raise ValueError(
                f"--account {name}: the register has no such account. Write it as platform:handle "
                "(`beatbook accounts list`)"
            )
        accounts[found.platform] = found

    def of_force(force_id: str, platform: str) -> list[Account]:
        return [each for each in register.accounts_due(platform, day) if each.force_id == force_id]

    return Said(asked.force, accounts, of_force)


def present(settings: Settings) -> datetime:
    """The moment that the future is measured from, with its zone."""
    return settings.profile.moment_of(settings.profile.today())


def submit(settings: Settings, found: Return) -> Submitted:
    """Land a file that `check` found nothing wrong with. The same bytes a second time change nothing.

    Raises:
        ValueError: the file has problems, or nothing is declared of it.
        OtherwiseDeclaredError: the same bytes landed before, and another period was declared.
        DamagedError: a return that landed before is not what it was.
    """
    if not found.is_landable or found.kind is None:
        raise ValueError(f"the file has {len(found.problems)} problems and cannot land")
    if found.declared is None:
        raise ValueError("nothing is declared of the file: which period it covers and when it was exported")
    landing = open_landing(settings)
    with locked(settings.locks / "returns"):
        before = _landed_before(landing, found.sha256)
        if before is None:
            return _land(settings, landing, found, found.kind, found.declared)
        if before.declared != found.declared:
            raise OtherwiseDeclaredError(
                f"this file landed before, in run {before.run_id}, declared for {before.declared} "
                f"and not for {found.declared}: withdraw that return first"
            )
        return Submitted(before.run_id, found.row_count, False, before.quarantined)


@dataclass(frozen=True)
class _Before:
    """A return that landed, from its log."""

    run_id: str
    declared: Declared
    quarantined: list[str]


def _land(settings: Settings, landing: Landing, found: Return, kind: str, declared: Declared) -> Submitted:
    day = settings.profile.today()
    exported = pl.lit(declared.exported_at_utc, pl.Datetime("us"))
    rows = found.rows.with_columns(
        (pl.col(SEEN[kind]) if kind in SEEN else exported).alias("pulled_at_utc"),
        file_sha256=pl.lit(found.sha256),
    )
    run_id = landing.new_run_id()
    columns = [name for name in landing.schemas["returns", kind] if name != "run_id"]
    landed: dict[str, pl.DataFrame | list[Row]] = {
        kind: rows.select(columns),
        "requests": _log(kind, found, declared),
    }
    refused = land(landing, "returns", day, run_id, landed, load_register(settings).forces)
    return Submitted(run_id, found.row_count, True, _why(refused))


def _why(refused: Sequence[Refused]) -> list[str]:
    return sorted({each.detail for each in refused})


def _landed_before(landing: Landing, sha256: str) -> _Before | None:
    """The run in which these bytes landed. One that was withdrawn is none, nor is one that landed before
    returns declared a period."""
    for day, run_id in landing.runs("returns"):
        manifest = landing.manifest("returns", day, run_id)
        log = landing.read("returns", "requests", day, run_id)
        is_same = "file_sha256" in log.columns and log["file_sha256"].first() == sha256
        if is_same and not is_withdrawn(landing, day, run_id):
            first = log.row(0, named=True)
            declared = Declared(first["period_from_date"], first["period_to_date"], first["pulled_at_utc"])
            return _Before(run_id, declared, _why(manifest.quarantined))
    return None


def _log(kind: str, found: Return, declared: Declared) -> list[Row]:
    """The log of what lands, counted where the rows lie: not all of them are held for it."""
    keys = ["platform", "force_id", "account_id"]
    is_of_messages = kind == "messages"
    channels = pl.col("channel").unique().sort().str.join("|") if is_of_messages else pl.lit(None, pl.String)
    groups = found.found.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("row_count"),
        channels.alias("channels"),
    )
    fixed = {
        "file_sha256": found.sha256,
        "entity": kind,
        "status": "landed",
        "reason": "",
        "detail": "",
        "pulled_at_utc": declared.exported_at_utc,
        "period_from_date": declared.period_from,
        "period_to_date": declared.period_to,
    }
    logged = groups.sort(keys).collect(engine="streaming").to_dicts()
    none = {"request_count": 0, "unit_count": 0, "unknown_field_count": 0}
    return [row | fixed | none | {"seen_count": row["row_count"]} for row in logged]
