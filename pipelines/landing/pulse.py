"""The pulse: between two daily runs it asks for posts whose next age is passing, and for open conversations.

Belongs here: whom a pulse asks, for what, and what of the answers it lands. Does not belong here: the ages
(rule.py, dbt/seeds/post_ages.csv), asking itself (sources/), Dagster (orchestration/pulse.py).

A pulse lands in the day's folders as a run of its own, whose id ends in `-pulse`. It says nothing of the day:
whoever reads the runs of a day does not see it, and a daily run lands the same whether there were pulses.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from pipelines.landing.pull import Pulled, ask, keep_new_messages, known_messages, land_pulls
from pipelines.landing.quarantine import passed
from pipelines.landing.rule import age_of_pulse, pulse_ages
from pipelines.landing.store import Landing, open_landing
from pipelines.registry import Account, Register, load_register
from pipelines.registry.register import PostAge
from pipelines.settings import LONDON, Settings
from pipelines.sources.account_pull import MESSAGE_HORIZON, Row, Scope, naive_utc
from pipelines.sources.catalogue import OnDone, Source, source
from pipelines.sources.errors import NotAuthorised

#: Whom the newest daily run found is asked; after so long without one nobody knows who is still there.
FOUND_FOR = timedelta(days=7)
#: A conversation is followed hourly for a day after its last word; later answers are early enough daily.
OPEN_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Due:
    """Which posts a pulse needs. `taken`: (account, post, age) of the snapshots that landed and passed."""

    ages: Sequence[PostAge]
    taken: frozenset[tuple[str, str, str]]

    @property
    def posts_for(self) -> timedelta:
        """Older posts have no age to come that a pulse takes."""
        return timedelta(hours=max(rung.late_after_hours for rung in pulse_ages(self.ages)))

    def is_due(self, account_id: str, post: str, age: timedelta) -> bool:
        """Whether a post of this age is in the window of an age for which it has no snapshot."""
        rung = age_of_pulse(age, self.ages)
        return rung is not None and (account_id, post, rung) not in self.taken


def day_of_pulse(moment: datetime) -> date:
    """The day in whose folders a pulse lands, in London."""
    return moment.astimezone(LONDON).date()


def pulse_platform(
    settings: Settings,
    platform: str,
    moment: datetime,
    run_id: str,
    *,
    on_start: Callable[[int], None] = lambda total: None,
    on_done: OnDone = lambda pull: None,
) -> Pulled:
    """Ask a platform for what is due at `moment` (with a zone) and land it.

    Accounts that fail are in the log and stop nothing. Where nobody is asked nothing lands: no daily run has
    found anybody, or no token is set.

    Raises:
        BusyError: somebody else is asking the platform; a daily run brings more than a pulse would.
    """
    register, module, landing = load_register(settings), source(platform), open_landing(settings)
    day = day_of_pulse(moment)
    ids = ids_of_newest(landing, platform, day)
    accounts = accounts_asked(register, ids, platform, day)
    due = Due(register.post_ages, taken(landing, module, platform, day, register.post_ages))
    scope = Scope(due.posts_for, ids, open_threads(landing, module, platform, moment), due.is_due)
    on_start(len(accounts))
    nobody = Pulled(platform, day, run_id, 0, {}, {}, 0, 0, 0, [], [])
    if not accounts:
        return nobody
    try:
        pulls, spent = ask(settings, register, platform, accounts, moment, on_done, scope)
    except NotAuthorised:  # the daily run says so, of each account
        return nobody
    known = known_messages(landing, platform, module.KEYS["messages"], day, pulses=True)
    for pull in pulls:
        if "posts" in pull.rows:
            pull.keep("posts", lambda row: _is_due(due, module, row))
        keep_new_messages(pull, module, known)
    return land_pulls(landing, register, platform, day, run_id, pulls, spent)


def _is_due(due: Due, module: Source, row: Row) -> bool:
    """Replies are not counted by their counters, so a pulse leaves them to the daily run."""
    age = row["pulled_at_utc"] - row[module.TIMES["posts"]]
    return row.get("kind", "post") == "post" and due.is_due(row["account_id"], row[module.KEYS["posts"]], age)


def accounts_asked(register: Register, ids: Container[str], platform: str, day: date) -> list[Account]:
    """Of the accounts that are due, those whose id is known."""
    return [a for a in register.accounts_to_pull(platform, day) if a.account_id in ids]


def ids_of_newest(landing: Landing, platform: str, day: date) -> dict[str, str]:
    """The platform's own id of each account that the newest daily run found and the gate let pass."""
    for back in range(FOUND_FOR.days + 1):
        then = day - timedelta(days=back)
        if any(landing.runs(platform, then, then)):
            columns = ["account_id", source(platform).KEYS["profiles"]]
            return dict(passed(landing, platform, "profiles", then, then, columns).iter_rows())
    return {}


def taken(
    landing: Landing, module: Source, platform: str, day: date, ages: Sequence[PostAge]
) -> frozenset[tuple[str, str, str]]:
    """(account, post, age) of the snapshots of posts that are still young enough for a pulse."""
    key, time = module.KEYS["posts"], module.TIMES["posts"]
    since = day - timedelta(days=2)
    columns = ["account_id", key, time, "pulled_at_utc"]
    rows = passed(landing, platform, "posts", since, day, columns, pulses=True).unique()
    return frozenset(
        (account_id, post, rung)
        for account_id, post, born, pulled in rows.iter_rows()
        if (rung := age_of_pulse(pulled - born, ages)) is not None
    )


def open_threads(
    landing: Landing, module: Source, platform: str, moment: datetime
) -> dict[str, dict[str, datetime]]:
    """Of each account the posts below which a conversation is open, and when they were published.

    A conversation is open while the last word that is known of it is the public's and no older than
    `OPEN_FOR`; one that only thanks us for an answer is over. Threads are looked at for eight days.
    """
    key, time, post = module.KEYS["messages"], module.TIMES["messages"], module.POSTS["messages"]
    thread = module.THREAD
    day, now = day_of_pulse(moment), naive_utc(moment)
    columns = [
        "account_id",
        key,
        thread,
        post,
        time,
        "post_published_at_utc",
        "direction",
        "has_question_mark",
    ]
    rows = passed(landing, platform, "messages", day - timedelta(days=2), day, columns, pulses=True)
    last = (
        rows.unique(["account_id", key])
        .filter(pl.col(time) <= now)
        .sort(time, key)
        .with_columns(is_answered=(pl.col("direction") == "outbound").any().over("account_id", thread))
        .unique(["account_id", thread], keep="last", maintain_order=True)
    )
    is_open = (
        (pl.col("direction") == "inbound")
        & (pl.col("has_question_mark") | ~pl.col("is_answered"))
        & (now - pl.col(time) < OPEN_FOR)
        & (now - pl.col("post_published_at_utc") < MESSAGE_HORIZON)
    )
    found: dict[str, dict[str, datetime]] = {}
    still = last.filter(is_open).select("account_id", post, "post_published_at_utc")
    for account_id, post_id, published in still.iter_rows():
        found.setdefault(account_id, {})[post_id] = published.replace(tzinfo=UTC)
    return found
