"""October of the invented nation in Beatbook's own columns: the month's tables hold the truth."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import clock
from sandbox.nation import Account
from sandbox.world import World, world
from tests.e2e.nation_truth import (
    AGE,
    COUNTS,
    EXPORTED,
    FIRST,
    LAST,
    MONTH_END,
    NOW,
    counts,
    london,
    nation_warehouse,
    parts,
    posts_of,
    threads_of,
    truth,
)
from tests.e2e.returning import MESSAGES, POSTS, Warehouse, csv

pytestmark = [pytest.mark.e2e, pytest.mark.dbt, pytest.mark.long]
DECLARED = (str(FIRST), str(LAST), EXPORTED)


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
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = nation_warehouse(tmp_path_factory.mktemp("nation") / "home", monkeypatch)
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


def test_nights_and_weekends_are_those_of_the_sandbox_where_both_parts_have_ten(made: Warehouse) -> None:
    view = world(7)
    published = {
        tuple(key): (numerator, n, note)
        for *key, numerator, n, note in made.ask(
            "select indicator_id, area_id, platform, numerator, n, value_note from bench_values "
            f"where period_type = 'month' and period_start = '{FIRST}' and account_scope = 'all'"
        )
    }
    seen = {True: 0, False: 0}
    for account in view.nation.accounts:
        place = (account.force_id, account.platform)
        if published.get(("answered_1h_pct", *place), ("", "", "none"))[2] is not None:
            continue
        found = parts(view, account)
        for pair, enough in ((("night", "day"), "{}"), (("weekend", "weekday"), "whole {}")):
            is_shown = all(len(found[enough.format(part)]) >= 10 for part in pair)
            seen[is_shown] += 1
            for part in pair:
                expected = (
                    (sum(found[part]), len(found[part]), None) if is_shown else (None, None, "suppressed")
                )
                assert published[f"answered_1h_{part}_pct", *place] == expected, (place, part)
    assert min(seen.values()) > 10
    weeks = made.ask("select 1 from bench_values where indicator_id like '%night%' and period_type = 'week'")
    assert weeks == []


def test_nothing_of_who_wrote_is_left(made: Warehouse) -> None:
    for path in Path(made.settings.home).rglob("*"):
        if path.is_file():
            assert b"person-" not in path.read_bytes(), path
