"""The dated events: each at its date, with its exact totals."""

import pytest

from sandbox import clock, story
from sandbox.audience import followers, is_merged_away
from sandbox.posts import counters
from sandbox.truth import truth

WEEK_LATER = "2026-11-07T00:00:00Z"


def _accounts(at: str, **only: str) -> dict:
    return {a["account_id"]: a for a in truth(7, clock.ms(at), **only)["accounts"]}


@pytest.mark.parametrize("at", [WEEK_LATER, "2026-11-09T05:30:00Z"])
def test_the_dam_emergency_is_147_posts_shared_21000_times(at):
    start, end = clock.iso(story.DAM_START), clock.iso(story.DAM_END)
    posts = [
        p
        for a in _accounts(at, force_id=story.DAM_FORCE).values()
        for p in a["posts"]
        if p["kind"] == "post" and start <= p["created_at"] < end
    ]
    assert len(posts) == 147
    assert sum(p["share_count"] for p in posts) == 21_000


def test_the_dam_shares_are_the_same_at_each_posts_own_seventh_day(view):
    now = clock.ms("2026-11-09T00:00:00Z")
    posts = [
        p
        for platform in ("bluesky", "mastodon")
        for a in view.nation.on(platform)
        if a.force_id == story.DAM_FORCE
        for p in view.timeline(a).back(now)
        if story.DAM_START <= p.created < story.DAM_END and p.kind == "post"
    ]
    assert sum(counters(p, p.seen + 7 * clock.DAY).shares for p in posts) == 21_000
    assert sum(counters(p, p.seen + clock.HOUR).shares for p in posts) < 10_000
    assert len({p.account.platform for p in posts}) == 2


def test_neighbourhood_accounts_are_merged_and_some_followers_come_along(ask, view):
    merged = [a for a in view.nation.accounts if is_merged_away(a)]
    assert {a.platform for a in merged} == {"bluesky", "mastodon"}
    rows = ask("/sandbox/register/account_events.csv").text.splitlines()
    assert len(rows) == 1 + len(merged)
    assert all(",merged_into,2026-11-02,," in row for row in rows[1:])
    before, after = clock.ms("2026-11-01T05:30:00Z"), clock.ms("2026-11-05T05:30:00Z")
    for platform in ("bluesky", "mastodon"):
        corporate = view.nation.corporate(story.MERGE_FORCE, platform)
        gone = [a for a in merged if a.platform == platform]
        lost = sum(followers(view.nation, a, before) for a in gone)
        gain = followers(view.nation, corporate, after) - followers(view.nation, corporate, before)
        assert 0.3 * lost < gain < 0.6 * lost


def test_a_merged_bluesky_account_is_deactivated_and_a_mastodon_one_has_moved(ask, view):
    bluesky = view.nation.by_id["bluesky:gwent-north"]
    answer = ask.bluesky("feed.getAuthorFeed", actor=bluesky.platform_id)
    assert (answer.status_code, answer.json()["error"]) == (400, "AccountDeactivated")
    mastodon = view.nation.by_id["mastodon:gwent-north"]
    base = f"/mastodon/{mastodon.instance}/api/v1/accounts/{mastodon.platform_id}"
    assert ask(base).json()["moved"]["username"] == "gwent"
    assert "moved" not in ask(base, now="2026-11-01T05:30:00Z").json()
    assert ask(base + "/statuses").json()[0]["created_at"] < "2026-11-02"


def test_the_undeclared_takedown_and_suspension(ask, view):
    gone = view.nation.by_id[story.TAKEN_DOWN]
    for now, status in (("2026-10-29T05:30:00Z", 200), ("2026-10-30T05:30:00Z", 400)):
        answer = ask.bluesky("feed.getAuthorFeed", now, actor=gone.platform_id)
        assert answer.status_code == status
        found = ask.bluesky("actor.getProfiles", now, actors=[gone.platform_id]).json()
        assert len(found["profiles"]) == (status == 200)
    assert answer.json()["error"] == "AccountTakedown"
    banned = view.nation.by_id[story.SUSPENDED]
    base = f"/mastodon/{banned.instance}/api/v1/accounts/{banned.platform_id}"
    assert "suspended" not in ask(base, now="2026-10-29T05:30:00Z").json()
    assert ask(base).json()["suspended"] is True
    events = ask("/sandbox/register/account_events.csv").text
    assert story.TAKEN_DOWN not in events
    assert story.SUSPENDED not in events


def test_a_handle_changes_and_the_did_does_not(ask, view):
    account = view.nation.by_id[story.RENAMED]
    assert account.handle in ask("/sandbox/register/accounts.csv").text
    seen = {}
    for now in ("2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z"):
        by_did = ask.bluesky("actor.getProfiles", now, actors=[account.platform_id]).json()
        by_old = ask.bluesky("actor.getProfiles", now, actors=[account.handle]).json()
        seen[now] = (by_did["profiles"][0]["handle"], len(by_old["profiles"]))
    assert list(seen.values()) == [
        ("west-yorkshire-north.bsky.sandbox", 1),
        ("west-yorkshire-north-and-east.bsky.sandbox", 0),
    ]


def test_the_surges_are_exact(view):
    for account_id, (first, last) in {
        "bluesky:cleveland": (4_500, 42_000),
        "bluesky:cleveland-north": (3_000, 17_000),
    }.items():
        account = view.nation.by_id[account_id]
        assert followers(view.nation, account, clock.ms("2026-10-05T05:30:00Z")) == first
        assert followers(view.nation, account, clock.ms("2026-11-09T05:30:00Z")) == last


def test_about_eight_in_a_hundred_accounts_are_dormant(view):
    pulled = [a for a in view.nation.accounts if a.platform in {"bluesky", "mastodon", "youtube"}]
    dormant = [a for a in pulled if a.dormant_from is not None]
    assert 0.05 < len(dormant) / len(pulled) < 0.11
    start = clock.ms("2026-10-05T00:00:00Z")
    for account in dormant:
        latest = next(view.timeline(account).back(start), None)
        assert latest is None or start - latest.seen > 40 * clock.DAY


def test_one_channel_hides_its_subscribers_and_some_videos_their_comments(ask, view):
    account = view.nation.by_id[story.HIDDEN_SUBSCRIBERS]
    statistics = ask.youtube("channels", id=account.platform_id).json()["items"][0]["statistics"]
    assert statistics["hiddenSubscriberCount"] is True
    assert "subscriberCount" not in statistics
    closed = [
        p
        for a in view.nation.on("youtube")
        for p in view.timeline(a).back(clock.ms("2026-11-09T05:30:00Z"))
        if not p.comments_open
    ]
    answer = ask.youtube("commentThreads", videoId=closed[0].post_id)
    assert answer.status_code == 403
    assert answer.json()["error"]["errors"][0]["reason"] == "commentsDisabled"
