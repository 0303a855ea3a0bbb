"""October of the invented nation on Facebook and X, sent as returns: the month's tables hold the truth.

The truth is added up here in plain Python from what the sandbox says of each post and message.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

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
from sandbox.world import World, world
from tests.e2e.returning import MESSAGES, POSTS, Warehouse, csv

pytestmark = [pytest.mark.e2e, pytest.mark.dbt, pytest.mark.long]
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
EXPORTED = "2026-11-09T05:00:00Z"
NOW, MONTH_END = clock.ms(EXPORTED), clock.ms("2026-11-01T06:00:00Z")
DECLARED = (str(FIRST), str(LAST), EXPORTED)
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


def returns(view: World, accounts: list[Account]) -> Iterator[str]:
    """Posts as they were at seven days and at the export, every message, the followers at the month's end."""
    names = (*COUNTS, "comment_count")
    posts: list[list[object]] = []
    messages: list[list[object]] = []
    for account in accounts:
        who = [account.force_id, account.platform, account.handle]
        for post in posts_of(view, account, FIRST):
            for at in (post.created + AGE, NOW) if london(post.created) <= LAST else ():
                values = counts(view, post, at).values()
                posts.append([*who, post.post_id, clock.iso(post.created), clock.iso(at), post.kind, *values])
        for said in threads_of(view, account):
            for m in said:
                author = f"person-{m.person}" if m.direction == "inbound" else None
                to = m.parent.message_id if m.parent else None
                ids = (m.conversation_id, m.message_id, m.direction, clock.iso(m.seen))
                messages.append([*who, "public", *ids, author, to])
    yield csv(("force_id", *POSTS, *names), posts)
    yield csv(("force_id", *MESSAGES, "author_key", "in_reply_to"), messages)
    followers = [
        [a.force_id, a.platform, a.handle, clock.iso(MONTH_END), view.followers(a, MONTH_END)]
        for a in accounts
    ]
    yield csv(("force_id", "platform", "handle", "observed_at", "follower_count"), followers)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("nation") / "home"
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("BEATBOOK_HOME", str(home))
        settings = Settings()
        settings.prepare()
        settings.register.mkdir(parents=True, exist_ok=True)
        (settings.register / "accounts.csv").write_text(register.accounts_csv(7))
        (settings.register / "account_events.csv").write_text(register.account_events_csv(7))
        (settings.register / FILE).write_text(NONE)
        (settings.register / "incidents.csv").write_text(register.incidents_csv())
        found = load(settings.register, SEEDS)
        monkeypatch.setattr(submission, "load_register", lambda _: found)
        made = Warehouse(settings)
        view = world(7)
        for text in returns(view, [a for a in view.nation.accounts if a.platform in ("facebook", "x")]):
            made.submit(text, *DECLARED)
        made.build()
        yield made


def test_every_force_has_the_month_that_the_sandbox_says_is_true(made: Warehouse) -> None:
    view = world(7)
    accounts = [a for a in view.nation.accounts if a.platform in ("facebook", "x")]
    expected = {(account.force_id, account.platform): truth(view, account) for account in accounts}
    names = sorted({name for found in expected.values() for name in found})
    rows = made.ask(
        f"select force_id, platform, {', '.join(names)} from bench_measures where account_scope = 'all' "
        f"and period_type = 'month' and period_start = '{FIRST}' and platform in ('facebook', 'x')"
    )
    assert len(rows) == len(expected) == 96
    for force_id, platform, *figures in rows:
        found = dict(zip(names, figures, strict=True))
        wanted = {name: expected[force_id, platform][name] for name in names}
        # What a platform does not have was not returned, and is published for nobody (below).
        none = ("view", "reach") if platform == "x" else ("impression", "quote")
        for name in names:
            if not name.startswith(none):
                assert found[name] == wanted[name], (force_id, platform, name)
    invented = made.ask(
        "select * from bench_values where value is not null and account_scope = 'all' and ("
        "platform = 'x' and (indicator_id like 'views%' or indicator_id like 'gross_reach%') "
        "or platform = 'facebook' and indicator_id like 'impressions%')"
    )
    assert invented == []


def test_what_is_published_follows_from_it(made: Warehouse) -> None:
    view = world(7)
    account = view.nation.by_id["facebook:kent"]
    found, residents = truth(view, account), 1931700  # mid-2024: dbt/seeds/force_populations.csv
    expected = {
        "followers_per_1k": 1000 * found["follower_count"] / residents,
        "gross_reach_7d_per_1k": 1000 * found["reach_count_7d"] / residents,
        "gross_reach_at_export_per_1k": 1000 * found["reach_count_at_export"] / residents,
        "views_7d_per_1k": 1000 * found["view_count_7d"] / residents,
        "views_at_export_per_1k": 1000 * found["view_count_at_export"] / residents,
        "shares_per_post": found["share_count_7d"] / found["post_count"],
        "shares_at_export_per_post": found["share_count_at_export"] / found["post_count"],
        "posts_per_account_week": 7 * found["post_count"] / 31,
        "answered_1h_pct": 100 * found["answered_1h_count"] / found["conversation_count"],
        "answered_24h_pct": 100 * found["answered_24h_count"] / found["conversation_count"],
    }
    for indicator_id, value in expected.items():
        cell = made.cell(indicator_id, "kent", "month", str(FIRST))
        assert cell[0] == pytest.approx(value, rel=1e-12), indicator_id
        assert cell[2] is None, indicator_id
    assert made.cell("gross_reach_at_export_per_1k", "kent", "month", str(FIRST))[3].endswith(
        "days after posting on average"
    )
    assert expected["views_at_export_per_1k"] > expected["views_7d_per_1k"]


def test_nothing_of_who_wrote_is_left(made: Warehouse) -> None:
    for path in Path(made.settings.home).rglob("*"):
        if path.is_file() and path.name != "return.csv":
            assert b"person-" not in path.read_bytes(), path
