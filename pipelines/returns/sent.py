"""What forces have sent, until when, what it filled, what is overdue; and a return that is withdrawn.

Here: reading that from landing and its log, and the record of a withdrawal. Not here: landing a file
(submit.py), printing (cli/returns.py). Landing stays as it is: a withdrawal is a record beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from pipelines.landing.locks import locked
from pipelines.landing.manifest import Decision
from pipelines.landing.quarantine import WITHDRAWN, quarantined
from pipelines.landing.store import Landing
from pipelines.registry import Register, load
from pipelines.settings import SEEDS, Settings
from pipelines.words import many

#: A month's return is due on this day of the next: answers of the last days are in by then, and the counters
#: of most posts have been seven days old.
DUE_DAY = 10
COUNTS, QUARANTINED = "counts", "quarantined"


class NotWithdrawnError(ValueError):
    """There is no such return, or it was withdrawn before."""


@dataclass(frozen=True)
class Sent:
    """One force's part of a return. `return_id`: its run; the period is empty where a return of an earlier
    version declares none; `fills`: what its rows have, in words; `why`: of what does not count."""

    return_id: str
    force_id: str
    accounts: str
    kind: str
    period_from: date | None
    period_to: date | None
    exported_at: str
    submitted_on: date
    row_count: int
    fills: str
    state: str
    why: str


@dataclass(frozen=True)
class Expected:
    """What an account has sent once and is expected to send each month. `until`: the last day that its
    returns cover, of those that count; None where none does."""

    force_id: str
    account_id: str
    kind: str
    until: date | None
    due_on: date
    is_overdue: bool


def sent(landing: Landing, force_id: str | None = None) -> list[Sent]:
    """Everything that was returned, newest first.

    Raises:
        DamagedError: a return is not what was landed.
    """
    found = [row for day, log in _logs(landing) for row in _of_run(landing, day, log)]
    return [row for row in reversed(found) if force_id in (None, row.force_id)]


def expected(landing: Landing, register: Register, today: date) -> list[Expected]:
    """For each open account and kind that it has ever sent: until when, and whether the month that was due
    last is missing.

    Raises:
        DamagedError: as for `sent`.
    """
    until: dict[tuple[str, str], date | None] = {}
    for day, log in _logs(landing):
        out = _out(landing, day)
        for row in log.iter_rows(named=True):
            account = register.accounts.get(row["account_id"])
            if account is None or register.state(account.account_id, today) != "open":
                continue
            key = (account.account_id, row["entity"])
            known = until.setdefault(key, None)
            if (row["run_id"], row["account_id"]) not in out and row["period_to_date"]:
                until[key] = max(known or date.min, row["period_to_date"])
    last_day = month_due(today)
    due_on = last_day + timedelta(days=DUE_DAY)
    return [
        Expected(
            register.accounts[account_id].force_id,
            account_id,
            kind,
            day,
            due_on,
            day is None or day < last_day,
        )
        for (account_id, kind), day in sorted(until.items())
    ]


def overdue_in_brief(settings: Settings, landing: Landing) -> list[str]:
    """One line for each force of which something is overdue.

    Raises:
        DamagedError: as for `sent`.
    """
    if next(landing.runs("returns"), None) is None:  # the sandbox's register may not be there yet either
        return []
    late: dict[str, list[str]] = {}
    for row in expected(landing, load(settings.register, SEEDS), settings.profile.today()):
        if row.is_overdue:
            until = f"until {row.until}" if row.until else "none counts yet"
            said = f"{row.kind} of {row.account_id} ({until})"
            late.setdefault(row.force_id, []).append(said)
    return [f"{force_id}: {', '.join(said)}" for force_id, said in late.items()]


def month_due(today: date) -> date:
    """The last day of the newest month whose return was due by now."""
    first = today.replace(day=1)
    return first - timedelta(days=1) if today.day >= DUE_DAY else month_due(first - timedelta(days=1))


def withdraw(settings: Settings, landing: Landing, return_id: str, by: str, reason: str) -> list[Sent]:
    """Record that a return does not count any more; what it was, for whoever withdraws it. The number at the
    beginning of its id is enough.

    Raises:
        NotWithdrawnError: there is no such return, or it was withdrawn before.
        DamagedError: as for `sent`.
    """
    with locked(settings.locks / "returns"):
        rows = [row for row in sent(landing) if return_id in (row.return_id, row.return_id.partition("-")[0])]
        if not rows:
            raise NotWithdrawnError(f"there is no return {return_id}; `beatbook returns list` has their ids")
        if {row.state for row in rows} == {WITHDRAWN}:
            raise NotWithdrawnError(f"{return_id} does not count any more: {rows[0].why}")
        decision = Decision(False, [], by, reason, [rows[0].return_id])
        landing.decide("returns", rows[0].submitted_on, landing.new_run_id(), decision)
    return rows


def is_withdrawn(landing: Landing, day: date, run_id: str) -> bool:
    """Whether a return that landed on a day has been withdrawn since."""
    rows = quarantined(landing, "returns", day, day)
    return not rows.filter(pl.col("run_id") == run_id, pl.col("expectation") == WITHDRAWN).is_empty()


def _logs(landing: Landing) -> Iterator[tuple[date, pl.DataFrame]]:
    """The log of each return, oldest first; runs that are a decision have none."""
    columns = list(landing.schemas["returns", "requests"])
    for day, run_id in landing.runs("returns"):
        log = landing.read("returns", "requests", day, run_id)
        if not log.is_empty():
            empty = pl.DataFrame(schema=landing.schemas["returns", "requests"])
            yield day, pl.concat([empty, log], how="diagonal").select(columns)


def _out(landing: Landing, day: date) -> dict[tuple[str, str], tuple[str, str]]:
    """(run, account) that does not count → state and why."""
    return {
        (row["run_id"], row["account_id"]): (
            WITHDRAWN if row["expectation"] == WITHDRAWN else QUARANTINED,
            row["detail"],
        )
        for row in quarantined(landing, "returns", day, day).iter_rows(named=True)
    }


def _of_run(landing: Landing, day: date, log: pl.DataFrame) -> Iterator[Sent]:
    out = _out(landing, day)
    run_id, kind = log["run_id"][0], log["entity"][0]
    rows = landing.read("returns", kind, day, run_id)
    for (force_id,), own in log.sort("account_id").group_by("force_id", maintain_order=True):
        first = own.row(0, named=True)
        states = [out.get((run_id, account_id), (COUNTS, "")) for account_id in own["account_id"]]
        state, why = next((found for found in states if found[0] != COUNTS), (COUNTS, ""))
        yield Sent(
            run_id,
            str(force_id),
            ", ".join(filter(None, own["account_id"])),
            kind,
            first["period_from_date"],
            first["period_to_date"],
            f"{first['pulled_at_utc']:%Y-%m-%dT%H:%MZ}",
            day,
            int(own["row_count"].sum()),
            fills(kind, rows.filter(pl.col("force_id") == force_id)),
            state,
            why,
        )


def fills(kind: str, rows: pl.DataFrame) -> str:
    """What rows of a kind have, in words: `reach, likes of 14 posts`."""
    if kind == "posts":
        counters = [name for name in rows.columns if name.endswith("_count") and rows[name].count()]
        sorts = {name for name in counters if name.endswith("_reaction_count")}
        found = [name.removesuffix("_count") for name in counters if name not in sorts]
        names = ", ".join([*found, *(["reactions by sort"] if sorts else [])])
        return f"{names or 'no counters'} of {many(rows['post_id'].n_unique(), 'post')}"
    if kind == "messages":
        channels = " and ".join(sorted(rows["channel"].unique(), reverse=True))
        return f"{many(rows.height, 'message')}, {channels}"
    if kind == "profiles":
        counts = ("follower_count", "post_count")
        what = ", ".join(name.removesuffix("_count") for name in counts if rows[name].count())
        return f"{what} at {many(rows['observed_at_utc'].n_unique(), 'moment')}"
    return many(rows.height, "outcome")
