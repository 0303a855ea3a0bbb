"""Paging reaches everything exactly once, and the answers agree with the truth."""

import pytest

from sandbox import clock
from sandbox.truth import truth

END = "2026-11-09T05:30:00Z"
FORCE = "derbyshire"


def _truth(account_id: str) -> dict:
    force = account_id.partition(":")[2].removesuffix("-north")
    found = truth(7, clock.ms(END), force)["accounts"]
    return next(a for a in found if a["account_id"] == account_id)


def _recent(rows: list[dict], key: str, moment: str) -> list[str]:
    since = clock.iso(clock.ms(END) - 30 * clock.DAY)
    return [r[key] for r in rows if r[moment] > since]


def _bluesky_feed(ask, account, limit: int) -> list[dict]:
    out, cursor = [], None
    while True:
        params = {"actor": account.platform_id, "limit": limit}
        page = ask.bluesky("feed.getAuthorFeed", **params | ({"cursor": cursor} if cursor else {}))
        out += page.json()["feed"]
        cursor = page.json().get("cursor")
        if cursor is None:
            return out


@pytest.mark.parametrize("limit", [100, 37])
def test_bluesky_feed(ask, view, limit):
    account = view.nation.by_id["bluesky:derbyshire"]
    feed = _bluesky_feed(ask, account, limit)
    own = [i["post"] for i in feed if "reason" not in i]
    assert len({p["uri"] for p in own}) == len(own)
    profile = ask.bluesky("actor.getProfiles", actors=[account.platform_id]).json()["profiles"][0]
    assert profile["postsCount"] == account.older_posts + len(own)
    expected = _truth("bluesky:derbyshire")
    assert profile["followersCount"] == expected["follower_count"]
    assert profile["postsCount"] == expected["post_count"]
    by_uri = {p["uri"]: p for p in own}
    for post in expected["posts"]:
        if post["kind"] == "repost":
            continue
        found = by_uri[post["post_id"]]
        assert (found["likeCount"], found["repostCount"]) == (
            post["like_count"],
            post["share_count"],
        )
        assert (found["quoteCount"], found["replyCount"]) == (
            post["quote_count"],
            post["comment_count"],
        )
        assert found["indexedAt"] == post["indexed_at"]
        assert found["record"]["createdAt"] == post["created_at"]
        assert ("reply" in found["record"]) == (post["kind"] == "reply")
    no_replies = ask.bluesky(
        "feed.getAuthorFeed", actor=account.platform_id, limit=100, filter="posts_no_replies"
    ).json()["feed"]
    assert all("reply" not in i for i in no_replies)


def test_bluesky_threads(ask, view):
    of_force = {a.platform_id: a.account_id for a in view.nation.by_force["derbyshire", "bluesky"]}
    expected = _truth("bluesky:derbyshire")
    assert len(expected["messages"]) > 20
    found = []

    def walk(node: dict, post_id: str, conversation: str | None) -> None:
        for below in node.get("replies", []):
            post = below["post"]
            top = conversation or post["uri"]
            author = of_force.get(post["author"]["did"])
            direction = "inbound" if author is None else "outbound"
            found.append((post["uri"], top, post_id, direction, author, post["indexedAt"]))
            walk(below, post_id, top)

    for post_id in {m["post_id"] for m in expected["messages"]}:
        thread = ask.bluesky("feed.getPostThread", uri=post_id, depth=10).json()["thread"]
        walk(thread, post_id, None)
    told = ("message_id", "conversation_id", "post_id", "direction", "account_id", "sent_at")
    assert set(found) == {tuple(m[name] for name in told) for m in expected["messages"]}
    assert len(found) == len(expected["messages"])
    feed = {p["post_id"] for p in expected["posts"] if p["kind"] == "reply"}
    ours = {m["message_id"] for m in expected["messages"] if m["account_id"] == "bluesky:derbyshire"}
    assert ours <= feed


@pytest.mark.parametrize("limit", [40, 13])
def test_mastodon_statuses_and_contexts(ask, view, limit):
    account = view.nation.by_id["mastodon:derbyshire"]
    base = f"/mastodon/{account.instance}/api/v1"
    url: str | None = f"{base}/accounts/{account.platform_id}/statuses?limit={limit}"
    statuses = []
    while url:
        page = ask(url)
        statuses += page.json()
        url = page.links.get("next", {}).get("url")
    ids = [s["id"] for s in statuses]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids, key=int, reverse=True)
    profile = ask(f"{base}/accounts/{account.platform_id}").json()
    assert profile["statuses_count"] == account.older_posts + len(ids)
    expected = _truth("mastodon:derbyshire")
    assert profile["followers_count"] == expected["follower_count"]
    by_id = {s["id"]: s for s in statuses}
    for post in (p for p in expected["posts"] if p["kind"] != "repost"):
        found = by_id[post["post_id"]]
        assert found["reblogs_count"] == post["share_count"]
        assert found["favourites_count"] == post["like_count"]
        assert found["replies_count"] == post["comment_count"]
        assert (found["in_reply_to_id"] is not None) == (post["kind"] == "reply")
    said = []
    for post_id in {m["post_id"] for m in expected["messages"]}:
        context = ask(f"{base}/statuses/{post_id}/context").json()
        said += [(d["id"], d["created_at"]) for d in context["descendants"]]
    assert sorted(said) == sorted((m["message_id"], m["sent_at"]) for m in expected["messages"])


def test_mastodon_bounds(ask, view):
    account = view.nation.by_id["mastodon:kent"]
    base = f"/mastodon/{account.instance}/api/v1/accounts/{account.platform_id}/statuses"
    page = ask(base, limit=20).json()
    since = page[5]["id"]
    assert [s["id"] for s in ask(base, since_id=since).json()] == [s["id"] for s in page[:5]]
    nearest = ask(base, min_id=page[10]["id"], limit=3).json()
    assert [s["id"] for s in nearest] == [s["id"] for s in page[7:10]]
    every = ask(base, limit=40).json()
    assert any(s["reblog"] for s in every)
    plain = ask(base, limit=40, exclude_reblogs="true").json()
    assert not any(s["reblog"] for s in plain)
    assert not any(s["in_reply_to_id"] for s in ask(base, exclude_replies="true").json())
    assert len(ask(base, limit=4000).json()) == 40


def test_youtube_uploads_videos_and_comments(ask, view):
    account = view.nation.by_id["youtube:metropolitan"]
    params = {"part": "contentDetails", "playlistId": "UU" + account.platform_id[2:]}
    videos, token = [], None
    while True:
        page = ask.youtube("playlistItems", **params | ({"pageToken": token} if token else {}))
        videos += [i["contentDetails"]["videoId"] for i in page.json()["items"]]
        token = page.json().get("nextPageToken")
        if token is None:
            break
    assert len(set(videos)) == len(videos) == page.json()["pageInfo"]["totalResults"]
    expected = _truth("youtube:metropolitan")
    recent = [p["post_id"] for p in expected["posts"]]
    assert videos[: len(recent)] == recent
    found = ask.youtube("videos", id=",".join([*recent, "AAAAAAAAAAA"])).json()["items"]
    assert [v["id"] for v in found] == recent
    for video, post in zip(found, expected["posts"], strict=True):
        assert video["statistics"]["viewCount"] == str(post["view_count"])
        assert video["statistics"].get("commentCount") == (
            None if post["comment_count"] is None else str(post["comment_count"])
        )


def _replies(ask, thread: dict) -> list[dict]:
    out, token = [], None
    while True:
        params = {"parentId": thread["id"], "maxResults": 3}
        page = ask.youtube("comments", **params | ({"pageToken": token} if token else {})).json()
        out += page["items"]
        token = page.get("nextPageToken")
        if token is None:
            return out


def test_youtube_threads_cut_their_replies_at_five(ask):
    cut, said, expected = 0, [], []
    for account in truth(7, clock.ms(END), platform="youtube")["accounts"]:
        expected += [(m["message_id"], m["sent_at"]) for m in account["messages"]]
        for post_id in {m["post_id"] for m in account["messages"]}:
            answer = ask.youtube("commentThreads", part="snippet,replies", videoId=post_id)
            for thread in answer.json()["items"]:
                total = thread["snippet"]["totalReplyCount"]
                replies = thread.get("replies", {}).get("comments", [])
                assert len(replies) == min(5, total)
                if total > 5:
                    cut += 1
                    replies = _replies(ask, thread)
                    assert len(replies) == total
                top = thread["snippet"]["topLevelComment"]
                said += [(c["id"], c["snippet"]["publishedAt"]) for c in [top, *replies]]
    assert cut > 0
    assert sorted(said) == sorted(expected)
