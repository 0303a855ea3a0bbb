"""The invented nation: the same every time, growing only, of the promised size."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import clock, names
from sandbox.habits import habits, next_opening, staffed
from sandbox.posts import counters
from sandbox.truth import truth
from sandbox.world import World, world

START, END = clock.ms("2026-10-05T05:30:00Z"), clock.ms("2026-11-09T05:30:00Z")
moments = st.integers(START, END + 60 * clock.DAY)
pulled = st.sampled_from(
    [a for a in world(7).nation.accounts if a.platform in {"youtube", "bluesky", "mastodon"}]
)


@pytest.mark.parametrize(
    "path",
    [
        "/sandbox/truth?force_id=kent",
        "/sandbox/register/accounts.csv",
        "/police_uk/api/forces/kent",
        "/bluesky/xrpc/app.bsky.feed.getAuthorFeed?actor=kent.bsky.sandbox&limit=100",
    ],
)
def test_the_same_moment_gives_the_same_bytes(ask, asker, path):
    assert ask(path).content == ask(path).content == asker()(path).content


def test_a_world_that_was_asked_in_another_order_is_the_same_world():
    fresh, used = World(7), World(7)
    account = used.nation.by_id["mastodon:surrey"]
    assert used.timeline(account).count(END, reposts=True) > 0
    list(used.timeline(account).back(END))

    def ids(view: World) -> list[str]:
        return [p.post_id for p in view.timeline(account).back(START)]

    assert ids(used) == ids(fresh)


def test_another_seed_is_another_nation():
    assert world(8).nation.by_id["x:kent"].platform_id != world(7).nation.by_id["x:kent"].platform_id


@settings(max_examples=60, deadline=None)
@given(pulled, moments, st.integers(0, 20 * clock.DAY))
def test_counters_never_fall(account, first, wait):
    view = world(7)
    timeline = view.timeline(account)
    assert timeline.count(first, reposts=True) <= timeline.count(first + wait, reposts=True)
    for _, post in zip(range(30), timeline.back(first), strict=False):
        before, after = counters(post, first), counters(post, first + wait)
        assert before.likes <= after.likes
        for name in ("shares", "quotes", "views"):
            assert (getattr(before, name) or 0) <= (getattr(after, name) or 0)
        assert len(timeline.said(post, first)) <= len(timeline.said(post, first + wait))


@settings(max_examples=40, deadline=None)
@given(pulled, moments)
def test_the_count_is_what_the_feed_holds_and_what_is_older(account, now):
    timeline = world(7).timeline(account)
    feed = list(timeline.back(now))
    assert timeline.count(now, reposts=True) == account.older_posts + len(feed)
    assert all(b.key < a.key for a, b in pairwise(feed))


@given(st.integers(0, 1023), st.integers(0, 5000), st.integers(0, 255))
def test_a_video_id_can_be_read_back(index, day, ordinal):
    assert names.video_parts(names.video_id(index, day, ordinal)) == (index, day, ordinal)


@given(st.integers(clock.ARCHIVE_START, END), st.integers(0, 1023), st.integers(0, 999))
def test_keys_can_be_read_back(created, index, ordinal):
    assert names.tid_created(names.tid(created, index, ordinal)) == created
    assert names.snowflake_parts(names.snowflake(created, index, ordinal)) == (created, index)


@pytest.mark.parametrize("junk", ["", "x", "!" * 11, "é" * 13, "9" * 40, "Ug" + "A" * 24])
def test_junk_is_no_identifier(junk):
    assert names.tid_created(junk) is None
    assert names.video_parts(junk) is None
    assert names.comment_parts(junk) is None
    if not junk.isdecimal() or len(junk) > 19:
        assert names.snowflake_parts(junk) is None


def test_identifiers_are_unique_and_the_nation_has_its_size(view):
    accounts = truth(7, END)["accounts"]
    per_platform = Counter(a["platform"] for a in accounts)
    assert (per_platform["youtube"], per_platform["bluesky"]) == (45, 176)
    assert len(accounts) == sum(per_platform.values()) == 361
    assert len({a.force_id for a in view.nation.accounts}) == 48
    for key, part in (("posts", "post_id"), ("messages", "message_id")):
        ids = [(a["platform"], x[part]) for a in accounts for x in a[key]]
        assert len(ids) == len(set(ids))
    keys = [(a.platform, a.instance, a.platform_id) for a in view.nation.accounts]
    assert len(set(keys)) == len(keys)


def test_a_day_has_the_promised_number_of_threads(view):
    """Requests a day stay within reach of a test that pulls five weeks."""
    threads = Counter()
    posts = Counter()
    for account in truth(7, END)["accounts"]:
        for post in account["posts"]:
            age = datetime.fromisoformat(clock.iso(END)) - datetime.fromisoformat(post["created_at"])
            if post["kind"] == "post" and age < timedelta(days=8):
                posts[account["platform"]] += 1
                threads[account["platform"]] += bool(post["comment_count"])
    assert 700 < sum(threads.values()) < 1200
    assert 0.22 < sum(threads.values()) / sum(posts.values()) < 0.40


def test_most_forces_are_asked_at_least_ten_things_a_week():
    best: Counter[str] = Counter()
    for account in truth(7, END)["accounts"]:
        week = clock.iso(END - clock.WEEK)
        opened = sum(
            m["message_id"] == m["conversation_id"] and m["sent_at"] >= week for m in account["messages"]
        )
        best[account["force_id"]] = max(best[account["force_id"]], opened)
    assert sum(n >= 10 for n in best.values()) >= 40


def test_most_answers_come_by_day_and_some_never():
    asked, answered, hours = 0, set(), Counter()
    for account in truth(7, END)["accounts"]:
        for m in account["messages"]:
            asked += m["message_id"] == m["conversation_id"]
            if m["direction"] == "outbound":
                answered.add((account["platform"], m["conversation_id"]))
                at = datetime.fromisoformat(m["sent_at"]).astimezone(ZoneInfo("Europe/London"))
                hours[at.hour] += 1
    assert 0.45 < len(answered) / asked < 0.85
    night = sum(hours[h] for h in (23, 0, 1, 2, 3, 4, 5, 6))
    assert 0 < night < 0.12 * hours.total()


def test_closed_desks_open_again_on_the_right_side_of_the_clock_change():
    office = next(
        rules
        for a in world(7).nation.accounts
        if not (rules := habits(7, a.force_id, a.account_type)).weekends
    )
    friday = clock.ms("2026-10-23T19:00:00Z")
    assert not staffed(office, friday)
    # Closed at the weekend; on the Monday after the 25th, eight in London is eight in UTC.
    assert clock.iso(next_opening(office, friday)) == "2026-10-26T08:00:00.000Z"


def test_before_the_archive_there_is_nothing(ask, view):
    account = view.nation.by_id["bluesky:kent"]
    feed = ask.bluesky("feed.getAuthorFeed", "2026-05-01T00:00:00Z", actor=account.platform_id)
    assert feed.json() == {"feed": []}
    assert ask("/sandbox/health", now="yesterday").status_code == 400
    assert ask("/nowhere").status_code == 404
    assert ask("/sandbox/health", now=None).json()["accounts"] == 457
