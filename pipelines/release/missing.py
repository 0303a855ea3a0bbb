"""Which accounts the last pulls did not bring, why, since when, and what to do about each reason.

Belongs here: reading that from landing, saying many alike as one, a force's accounts one by one. Does not
belong here: what is published or built (status.py), telling anyone (alerts/), how it looks (cli/display.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.landing.quarantine import WHOLE, WITHDRAWN, quarantined
from pipelines.landing.store import Landing
from pipelines.registry import Register
from pipelines.words import many

#: How many names stand for the rest.
NAMED = 3
#: How many days on which it was asked an account is followed back; beyond, "since" is the first of them.
DAYS_BACK = 60

QUARANTINED = "quarantined"
TO_DO_QUARANTINED = (
    "look at the rows in the check `landing_gate` of that platform; if they are wrong, pull again; "
    "if they are right, change the expectation and execute the check, then `beatbook build`"
)
TO_DO_WHOLE = (
    "look at the check `landing_gate` of that platform: if the platform changed, change its source and pull "
    "again; if the suite was wrong, change it and execute the check for that day, then `beatbook build`"
)
_AGAIN = "pull it again later; it is asked every day"
_LOOK = "if it stays, look at what the platform answers, then at its module in pipelines/sources/"
#: By the reason in the requests log (sources/errors.py).
TO_DO = {
    "not_authorised": "set the platform's key (BEATBOOK_<PLATFORM>_KEY), or renew it, and pull again",
    "not_found": "confirm with the force: a new handle is a `renamed` event, an end a `closed` one, in "
    "account_events.csv",
    "suspended": "confirm with the force, then write a `suspended` event into account_events.csv",
    "deactivated": "confirm with the force, then write a `closed` event into account_events.csv",
    "comments_disabled": "nothing: the force switched comments off",
    "bad_request": f"we ask wrongly: {_LOOK}",
    "refused": _LOOK,
    "throttled": _AGAIN,
    "rate_limited": _AGAIN,
    "quota_spent": "wait a day; `beatbook plan` says what a run needs",
    "budget": "`beatbook plan`, then raise BEATBOOK_MAX_REQUESTS_PER_RUN or wait a day",
    "failed": _AGAIN,
    "server_error": _AGAIN,
    "network": _AGAIN,
    "timed_out": "pull it again later; a whole platform may need more than BEATBOOK_MAX_MINUTES_PER_PULL",
    "too_large": _LOOK,
    "repeated_page": _LOOK,
    "too_many_pages": _LOOK,
    "unexpected": "a fault of ours: the detail names it",
    "flipped_type": "the platform's answer changed shape: mend the source's struct; the detail has the path",
}


@dataclass(frozen=True)
class Missing:
    """What an account did not bring. `outcome`: refused, throttled, failed, or quarantined; `reason`: the
    code of the requests log, or the expectation that did not hold."""

    platform: str
    day: str
    force_id: str
    account_id: str
    entity: str
    outcome: str
    reason: str
    detail: str

    @property
    def to_do(self) -> str:
        if self.outcome == QUARANTINED and self.reason == WITHDRAWN:
            return "submit the return that takes its place"
        if self.outcome == QUARANTINED:
            return TO_DO_WHOLE if self.reason == WHOLE else TO_DO_QUARANTINED
        return TO_DO.get(self.reason, _LOOK)


def last_words(landing: Landing, source: str, day: date) -> pl.DataFrame:
    """The requests log of a day: of several runs, the last row of each account and entity.

    Raises:
        DamagedError: a log is not what was landed.
    """
    runs = [run_id for _, run_id in landing.runs(source, day, day)]
    log = pl.concat([landing.read(source, "requests", day, run_id) for run_id in runs])
    return log.sort("run_id").unique(["account_id", "entity"], keep="last", maintain_order=True)


def missing(landing: Landing, source: str, day: date, log: pl.DataFrame) -> list[Missing]:
    """What a day's last words say did not land, then who is quarantined.

    Raises:
        DamagedError: as for `last_words`.
    """
    keys = ["force_id", "account_id"]
    bad = log.filter(~pl.col("status").is_in(["landed", "empty"])).sort(*keys, "entity")
    refused = quarantined(landing, source, day, day).join(log, on=["run_id", "account_id"], how="semi")
    return [
        Missing(
            source,
            day.isoformat(),
            row["force_id"],
            row["account_id"],
            row["entity"],
            row["status"],
            row["reason"] or "",
            row["detail"] or "",
        )
        for row in bad.iter_rows(named=True)
    ] + [
        Missing(
            source,
            day.isoformat(),
            row["force_id"],
            row["account_id"],
            "",
            QUARANTINED,
            row["expectation"],
            row["detail"],
        )
        for row in refused.sort(keys).iter_rows(named=True)
    ]


def in_lines(found: Sequence[Missing]) -> list[str]:
    """One line for all accounts of a platform with one reason, the largest first; a platform that is
    quarantined as a whole is one line, whatever of it failed by itself."""
    whole = {row.platform for row in found if row.outcome == QUARANTINED and row.reason == WHOLE}
    groups: dict[tuple[str, str, str], list[Missing]] = {}
    for row in found:
        reason = WHOLE if row.outcome == QUARANTINED and row.platform in whole else row.reason
        groups.setdefault((row.platform, row.outcome, reason), []).append(row)
    lines = []
    for (platform, outcome, reason), rows in sorted(groups.items(), key=lambda group: -len(_names(group[1]))):
        names = _names(rows)
        if outcome == QUARANTINED and reason == WHOLE:
            detail = next(row.detail for row in rows if row.reason == WHOLE)
            lines.append(f"quarantined: {detail} ({many(len(names), 'account')})")
            continue
        details = sorted({row.detail for row in rows} - {""})
        # A quarantine's detail begins with its expectation.
        why = outcome if outcome == QUARANTINED and details else f"{outcome}: {reason}"
        said = details[0] if details else ""
        more = f", and {many(len(details) - 1, 'more such reason')}" if len(details) > 1 else ""
        detail = f": {said}{more}" if outcome == QUARANTINED and said else f" ({said}{more})" if said else ""
        if len(names) == 1:
            lines.append(f"{rows[0].force_id}: {names[0]} {why}{detail}")
        else:
            lines.append(f"{platform}: {many(len(names), 'account')} {why}{detail}: {first_few(names)}")
    return lines


def _names(rows: Iterable[Missing]) -> list[str]:
    return sorted({row.account_id for row in rows})


def first_few(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


@dataclass
class AccountStatus:
    """What became of one account when it was last pulled. `outcome`: landed, or as in `Missing`, or what the
    register says of it; `since`: the first day of what has lasted until now, empty where all is well;
    `is_well`: nothing went wrong, also where nobody is asked."""

    account_id: str
    last_pull: str = ""
    outcome: str = "never asked"
    reason: str = ""
    since: str = ""
    to_do: str = ""
    is_well: bool = False


def of_force(landing: Landing, register: Register, force_id: str, today: date) -> list[AccountStatus]:
    """Each account of a force: its last pull, the outcome, why, since when, what to do.

    Raises:
        DamagedError: as for `last_words`.
    """
    found: list[AccountStatus] = []
    asked: dict[str, dict[str, AccountStatus]] = {}
    for account in register.accounts.values():
        if account.force_id != force_id:
            continue
        status = AccountStatus(account.account_id)
        found.append(status)
        is_pulled = register.platforms[account.platform].collected_by == "pull"
        source = account.platform if is_pulled else "returns"
        state = register.state(account.account_id, today)
        if state == "open":
            asked.setdefault(source, {})[account.account_id] = status
            if not is_pulled:
                status.outcome, status.is_well = "no return yet", True  # nothing of ours went wrong
                status.to_do = "`beatbook returns import FILE`: this platform comes from the force's returns"
            else:
                status.to_do = f"`beatbook run --force {force_id}`"
        else:
            events = [e for e in register.events.get(account.account_id, ()) if e.event_date <= today]
            status.outcome, status.reason = state.replace("_", " "), "says the register, so it is not asked"
            status.since = events[-1].event_date.isoformat() if events else ""
            status.is_well = True
    for source, waiting in asked.items():
        _by_landing(landing, source, waiting)
    return found


def _by_landing(landing: Landing, source: str, waiting: dict[str, AccountStatus]) -> None:
    """Go back from the newest day until each account that went wrong has gone right."""
    days = sorted({day for day, _ in landing.runs(source)}, reverse=True)
    unsettled = dict(waiting)
    for day in days[:DAYS_BACK]:
        if not unsettled:
            return
        log = last_words(landing, source, day).filter(pl.col("account_id").is_in(list(unsettled)))
        bad: dict[str, list[Missing]] = {}
        for row in missing(landing, source, day, log):
            bad.setdefault(row.account_id, []).append(row)
        for account_id in log["account_id"].unique():
            status, rows = unsettled[account_id], bad.get(account_id, [])
            if not status.last_pull:
                _newest(status, day, rows)
            if rows:
                status.since = day.isoformat()
            else:
                del unsettled[account_id]


def _newest(status: AccountStatus, day: date, rows: Sequence[Missing]) -> None:
    status.last_pull, status.is_well = day.isoformat(), not rows
    if not rows:
        status.outcome, status.to_do = "landed", ""
        return
    worst = next((row for row in rows if row.outcome == QUARANTINED), rows[0])
    status.outcome, status.to_do = worst.outcome, worst.to_do
    if worst.outcome == QUARANTINED:
        status.reason = worst.detail
    else:
        status.reason = "; ".join(f"{row.entity}: {row.reason} ({row.detail})" for row in rows)
