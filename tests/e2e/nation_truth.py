"""October of the invented nation on Facebook and X: its truth, and a warehouse that knows its accounts.

Belongs here: the truth, added up in plain Python from what the sandbox says of each post and message. Does
not belong here: files that are made of it, and what is expected of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.registry import load
from pipelines.registry.corrections import FILE, NONE
from pipelines.returns import submit as submission
from pipelines.settings import LONDON, SEEDS, Settings
from sandbox import clock, register
from sandbox.nation import Account
from sandbox.posts import Post, counters
from sandbox.threads import Message
from sandbox.truth import comment_count
from sandbox.world import World
from tests.e2e.returning import Warehouse

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
EXPORTED = "2026-11-09T05:00:00Z"
WHOLE_WEEKS = date(2026, 10, 5), date(2026, 10, 25)
NOW, MONTH_END = clock.ms(EXPORTED), clock.ms("2026-11-01T06:00:00Z")
AGE = 7 * clock.DAY + clock.HOUR  # a count is read an hour after a post is seven days old
COUNTS = ("view_count", "impression_count", "reach_count", "like_count", "share_count", "quote_count")
HOURS = {"1h": 1, "24h": 24}


def london(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(LONDON).date()


def counts(view: World, post: Post, at: int) -> dict[str, int | None]:
    """A post's counters as its platform's tool names them."""
    said = counters(post, at)
    is_page = post.account.platform == "facebook"
    return {
        "view_count": said.views if is_page else None,
        "impression_count": None if is_page else said.views,
        "reach_count": said.views * 4 // 5 if is_page and said.views is not None else None,
        "like_count": said.likes,
        "share_count": said.shares,
        "quote_count": None if is_page else said.quotes,
        "comment_count": comment_count(view, post, at),
    }


def posts_of(view: World, account: Account, since: date) -> Iterator[Post]:
    for post in view.timeline(account).back(NOW):
        if london(post.created) < since:
            return
        yield post


def threads_of(view: World, account: Account) -> list[list[Message]]:
    """Conversations that say anything in October, whole."""
    threads: defaultdict[str, list[Message]] = defaultdict(list)
    for post in posts_of(view, account, FIRST - timedelta(days=12)):
        for message in view.said(post, NOW) if post.kind == "post" else ():
            threads[message.conversation_id].append(message)
    return [said for said in threads.values() if any(FIRST <= london(m.seen) <= LAST for m in said)]


def asked(said: list[Message]) -> Iterator[tuple[int, int | None]]:
    """Each asker's turn in a conversation: when, and when it was answered."""
    last: dict[int, int] = {}
    for message in said:
        if message.direction == "outbound":
            continue
        before, last[message.person] = last.get(message.person), message.seen
        if before is None or message.seen - before >= clock.DAY:
            to_them = [
                m.seen
                for m in said
                if m.direction == "outbound"
                and m.parent is not None
                and m.parent.person == message.person
                and m.seen >= message.seen
            ]
            yield message.seen, min(to_them, default=None)


def truth(view: World, account: Account) -> Counter[str]:
    """The month's sums of one account."""
    found: Counter[str] = Counter(follower_count=view.followers(account, MONTH_END))
    for post in posts_of(view, account, FIRST):
        if london(post.created) > LAST or post.kind == "repost":
            continue
        found["post_count" if post.kind == "post" else "reply_count"] += 1
        if post.kind == "post":
            at_seven_days = counts(view, post, post.created + AGE)
            at_export = counts(view, post, NOW)
            for name in COUNTS:
                found[f"{name}_7d"] += at_seven_days[name] or 0
                found[f"{name}_at_export"] += at_export[name] or 0
    for said in threads_of(view, account):
        for at, answered in asked(said):
            if FIRST <= london(at) <= LAST:
                found["conversation_count"] += 1
                for horizon, hours in HOURS.items():
                    is_in_time = answered is not None and answered - at <= hours * clock.HOUR
                    found[f"answered_{horizon}_count"] += is_in_time
    return found


def parts(view: World, account: Account) -> dict[str, list[bool]]:
    """Of each part of the day and week, whether each conversation of the month was answered in the hour.

    `whole` begins the parts of the week in the whole weeks of the month alone. October has no bank holiday.
    """
    found: defaultdict[str, list[bool]] = defaultdict(list)
    for said in threads_of(view, account):
        for at, answered in asked(said):
            local = datetime.fromtimestamp(at / 1000, UTC).astimezone(LONDON)
            if FIRST <= local.date() <= LAST:
                is_in_time = answered is not None and answered - at <= clock.HOUR
                found["night" if local.hour in (22, 23, 0, 1, 2, 3, 4, 5) else "day"].append(is_in_time)
                kind = "weekend" if local.isoweekday() in (6, 7) else "weekday"
                found[kind].append(is_in_time)
                if WHOLE_WEEKS[0] <= local.date() <= WHOLE_WEEKS[1]:
                    found[f"whole {kind}"].append(is_in_time)
    return found


def nation_warehouse(home: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """An empty one, whose register is the sandbox's."""
    monkeypatch.setenv("BEATBOOK_HOME", str(home))
    settings = Settings()
    settings.prepare()
    settings.register.mkdir(parents=True, exist_ok=True)
    (settings.register / "accounts.csv").write_text(register.accounts_csv(7))
    (settings.register / "account_events.csv").write_text(register.account_events_csv(7))
    (settings.register / FILE).write_text(NONE)
    (settings.register / "incidents.csv").write_text(register.incidents_csv())
    (settings.register / "staffed_hours.csv").write_text(register.staffed_hours_csv())
    (settings.register / "rate_cards.csv").write_text(register.rate_cards_csv())
    (settings.register / "neighbourhoods.csv").write_text(register.neighbourhoods_csv(7))
    found = load(settings.register, SEEDS)
    monkeypatch.setattr(submission, "load_register", lambda _: found)
    return Warehouse(settings)
