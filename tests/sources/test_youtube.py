"""YouTube against the sandbox: strings of digits, hidden counts, switched-off comments and cut replies."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from pipelines.sources import youtube
from pipelines.sources.account_pull import PURPOSE
from pipelines.sources.errors import NotAuthorised
from pipelines.sources.limits import Budget
from sandbox import clock, names, story
from sandbox.limits import Limits
from sandbox.routers.youtube_views import total_views
from tests.sources.conformance import COMMON, Conformance
from tests.sources.conftest import TOKEN, hashed, message_keys

KENT, ESSEX, BUSY, CUMBRIA = "youtube:kent", "youtube:essex", "youtube:sussex", "youtube:cumbria"
TRUE = [KENT, ESSEX, BUSY, CUMBRIA, "youtube:metropolitan", "youtube:derbyshire", story.HIDDEN_SUBSCRIBERS]


class TestConformance(Conformance):
    platform = "youtube"
    pages = ("/playlistItems", "maxResults")


END_MS = clock.ms("2026-11-09T05:30:00Z")


@pytest.fixture(scope="module")
def healthy(sandbox: Any) -> Any:
    return sandbox.pull("youtube", TRUE)


def pull_essex(sandbox: Any, *kinds: str, **more: Any) -> Any:
    """Essex with faults, Sussex beside it without."""
    return sandbox.pull("youtube", [ESSEX, BUSY], faults=[f"youtube:essex:{kind}" for kind in kinds], **more)


def own(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k not in (*COMMON, *PURPOSE)} for row in rows]


def google(status: int, reason: str) -> httpx.Response:
    error = {"code": status, "message": "…", "errors": [{"message": "…", "reason": reason}]}
    return httpx.Response(status, json={"error": error})


@pytest.mark.parametrize("account_id", TRUE)
def test_a_channel_is_what_the_nation_says(sandbox: Any, healthy: Any, account_id: str) -> None:
    truth, invented = sandbox.truth(account_id), sandbox.view.nation.by_id[account_id]
    opened = clock.iso_seconds(invented.opened).removesuffix("Z")
    assert own(healthy.rows(account_id, "profiles")) == [
        {
            "channel_id": truth["platform_account_id"],
            "handle": truth["handle"],
            "subscriber_count": truth["follower_count"],
            "is_subscriber_count_hidden": account_id == story.HIDDEN_SUBSCRIBERS,
            "video_count": truth["post_count"],
            "view_count": total_views(sandbox.view, invented, END_MS),
            "published_at_utc": datetime.fromisoformat(opened),
        }
    ]


def test_a_hidden_subscriber_count_is_unknown_and_never_zero(sandbox: Any, healthy: Any) -> None:
    def as_zero(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/channels"):
            return None
        statistics = {"subscriberCount": "0", "hiddenSubscriberCount": True}
        details = {"relatedPlaylists": {"uploads": "UU"}}
        item = {"id": channel, "snippet": {"publishedAt": "2024-01-01T00:00:00Z"}, "statistics": statistics}
        return httpx.Response(200, json={"items": [item | {"contentDetails": details}]})

    channel = sandbox.account(KENT).platform_account_id
    for row in (
        healthy.rows(story.HIDDEN_SUBSCRIBERS, "profiles")[0],
        sandbox.pull("youtube", [KENT], instead=as_zero).rows(KENT, "profiles")[0],
    ):
        assert row["subscriber_count"] is None
        assert row["is_subscriber_count_hidden"] is True


@pytest.mark.parametrize("account_id", TRUE)
def test_videos_and_their_counters_are_what_the_nation_says(
    sandbox: Any, healthy: Any, naive: Any, account_id: str
) -> None:
    assert own(healthy.rows(account_id, "posts")) == [
        {
            "video_id": post["post_id"],
            "published_at_utc": naive(post["created_at"]),
            "view_count": post["view_count"],
            "like_count": post["like_count"],
            "comment_count": post["comment_count"],
        }
        for post in sandbox.truth(account_id)["posts"]
    ]


@pytest.mark.parametrize("account_id", TRUE)
def test_comments_are_what_the_nation_says(sandbox: Any, healthy: Any, naive: Any, account_id: str) -> None:
    truth = sandbox.truth(account_id)
    shown = message_keys(truth)
    keys = ("comment_id", "thread_id", "video_id", "direction", "published_at_utc")
    got = sorted(tuple(row[key] for key in keys) for row in healthy.rows(account_id, "messages"))
    assert got == sorted(
        (
            shown[m["message_id"]],
            shown[m["conversation_id"]],
            m["post_id"],
            m["direction"],
            naive(m["sent_at"]),
        )
        for m in truth["messages"]
    )


def test_replies_beyond_the_five_of_a_thread_are_fetched_by_their_parent(sandbox: Any) -> None:
    accounts = [a for a in sandbox.register.accounts if a.startswith("youtube:")]
    long = {}
    for account_id in accounts:
        threads = Counter(m["conversation_id"] for m in sandbox.truth(account_id)["messages"])
        long |= {thread: (account_id, n) for thread, n in threads.items() if n > 6}
    assert long
    chosen = sorted({account_id for account_id, _ in long.values()})
    pulled = sandbox.pull("youtube", chosen)
    assert {url.params["parentId"] for url in pulled.calls("/comments")} == set(long)
    for thread, (account_id, n) in long.items():
        rows = [r for r in pulled.rows(account_id, "messages") if r["thread_id"] == hashed("youtube", thread)]
        assert len(rows) == len({r["comment_id"] for r in rows}) == n


def test_videos_without_comments_are_unknown_and_not_asked(healthy: Any) -> None:
    closed = {
        row["video_id"]
        for account_id in TRUE
        for row in healthy.rows(account_id, "posts")
        if row["comment_count"] is None
    }
    assert closed
    assert closed.isdisjoint(url.params["videoId"] for url in healthy.calls("/commentThreads"))
    assert {healthy.said(account_id, "messages")[1] for account_id in TRUE} == {""}


@pytest.mark.parametrize(("status", "reason"), [(403, "commentsDisabled"), (404, "videoNotFound")])
def test_comments_switched_off_or_a_video_gone_in_between_is_no_failure(
    sandbox: Any, healthy: Any, status: int, reason: str
) -> None:
    gone = healthy.rows(CUMBRIA, "messages")[0]["video_id"]

    def off(request: httpx.Request) -> httpx.Response | None:
        return google(status, reason) if request.url.params.get("videoId") == gone else None

    pulled = sandbox.pull("youtube", [CUMBRIA], instead=off)
    assert pulled.said(CUMBRIA, "messages") == ("landed", "")
    kept = [row for row in healthy.rows(CUMBRIA, "messages") if row["video_id"] != gone]
    assert pulled.rows(CUMBRIA, "messages") == kept


def test_an_author_is_a_keyed_hash_and_we_are_none(sandbox: Any, healthy: Any) -> None:
    people = {hashed("youtube", native): person for native, person in sandbox.people(BUSY).items()}
    for row in healthy.rows(BUSY, "messages"):
        person = people[row["comment_id"]]
        author = hashed("youtube", names.person_channel(person))
        assert row["author_key"] == (None if person < 0 else author)
        assert row["direction"] == ("outbound" if person < 0 else "inbound")


def test_an_author_whose_channel_is_gone_is_still_the_public(sandbox: Any) -> None:
    comment = {"id": "c", "snippet": {"publishedAt": "2026-11-08T10:00:00Z"}}

    def nameless(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/commentThreads"):
            return None
        return httpx.Response(200, json={"items": [{"id": "c", "snippet": {"topLevelComment": comment}}]})

    row = sandbox.pull("youtube", [BUSY], instead=nameless).rows(BUSY, "messages")[0]
    assert (row["direction"], row["author_key"]) == ("inbound", None)


def test_no_row_holds_the_channel_of_a_stranger(sandbox: Any, healthy: Any) -> None:
    for account_id in TRUE:
        said = str(healthy.rows(account_id, "messages"))
        people = sandbox.people(account_id).values()
        assert not any(names.person_channel(person) in said for person in people if person >= 0)


def test_channels_are_asked_in_batches_and_uploads_in_pages(
    sandbox: Any, healthy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(youtube, "BATCH", 4)
    pulled = sandbox.pull("youtube", TRUE)
    batches = [url.params["id"].split(",") for url in pulled.calls("/channels")]
    assert [len(ids) for ids in batches] == [4, 3]
    assert len(healthy.calls("/playlistItems")) == len(TRUE)
    # The newest first: the page with the first video older than thirty days is the last that is asked.
    expected = sum(len(healthy.rows(account_id, "posts")) // 4 + 1 for account_id in TRUE)
    assert len(pulled.calls("/playlistItems")) == expected > 2 * len(TRUE)
    for account_id in TRUE:
        assert pulled.by_id[account_id].rows == healthy.by_id[account_id].rows


def test_comments_of_more_than_a_page_are_all_read(sandbox: Any, healthy: Any) -> None:
    def small(request: httpx.Request) -> httpx.Response | None:
        if request.url.params.get("maxResults") == "100":
            request.url = request.url.copy_set_param("maxResults", "2")
        return None

    pulled = sandbox.pull("youtube", [BUSY, CUMBRIA], instead=small)
    for account_id in (BUSY, CUMBRIA):
        assert pulled.rows(account_id, "messages") == healthy.rows(account_id, "messages")
    assert any("pageToken" in url.params for url in pulled.calls("/commentThreads"))


def test_a_channel_without_an_id_is_asked_by_handle_and_then_by_user_name(sandbox: Any) -> None:
    by_name = sandbox.account(KENT, platform_account_id=None)
    nobody = sandbox.account(ESSEX, platform_account_id=None, handle="@nobody-sandbox", url=None)
    pulled = sandbox.pull("youtube", [by_name, nobody])
    assert pulled.rows(KENT, "profiles")[0]["channel_id"] == sandbox.truth(KENT)["platform_account_id"]
    assert pulled.said(ESSEX) == ("refused", "not_found")
    ways = [next(n for n in ("forHandle", "forUsername") if n in u.params) for u in pulled.calls("/channels")]
    assert sorted(ways) == ["forHandle", "forHandle", "forUsername"]


def test_a_channel_that_the_batch_leaves_out_is_not_found(sandbox: Any) -> None:
    missing = sandbox.account(KENT, platform_account_id="UCaaaaaaaaaaaaaaaaaaaaaa")
    pulled = sandbox.pull("youtube", [missing, ESSEX], faults=["youtube:essex:404"])
    assert {pulled.said(account_id) for account_id in (KENT, ESSEX)} == {("refused", "not_found")}
    assert pulled.entities(KENT) == ["profiles"]
    assert len(pulled.asked) == 1


def test_without_a_key_nothing_is_asked() -> None:
    with pytest.raises(NotAuthorised, match="BEATBOOK_YOUTUBE_KEY"):
        youtube.platform("http://sandbox", None)


def test_the_key_goes_with_every_request(healthy: Any) -> None:
    assert {url.params["key"] for url in healthy.asked} == {TOKEN}


def test_every_request_is_a_unit(healthy: Any) -> None:
    assert all(row["unit_count"] == row["request_count"] for p in healthy.by_id.values() for row in p.log)
    costs = [row["request_count"] for pull in healthy.by_id.values() for row in pull.log]
    assert sum(costs) + 1 == len(healthy.asked)  # the one batch of channels is nobody's in particular


@pytest.mark.parametrize("count", ["-7", "many", "1.5", "9" * 30])
def test_a_count_that_is_no_count_is_a_wrong_shape(sandbox: Any, count: str) -> None:
    def odd(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/videos"):
            return None
        video = {"id": "v", "snippet": {"publishedAt": "2026-11-08T10:00:00Z"}}
        return httpx.Response(200, json={"items": [video | {"statistics": {"viewCount": count}}]})

    pulled = sandbox.pull("youtube", [KENT], instead=odd)
    assert pulled.said(KENT, "posts") == ("failed", "flipped_type")
    assert "viewCount" in pulled.log(KENT, "posts")["detail"]


def test_google_says_four_things_with_403(sandbox: Any) -> None:
    said = {
        "quotaExceeded": ("throttled", "quota_spent"),
        "userRateLimitExceeded": ("throttled", "rate_limited"),
        "forbidden": ("refused", "not_authorised"),
    }
    for reason, expected in said.items():
        pulled = sandbox.pull("youtube", [ESSEX], instead=lambda _, reason=reason: google(403, reason))
        assert pulled.said(ESSEX) == expected
    for odd in ("<html>", "[]", '{"error": "no"}', '{"error": {"errors": []}}'):
        pulled = sandbox.pull("youtube", [ESSEX], instead=lambda _, odd=odd: httpx.Response(403, text=odd))
        assert pulled.said(ESSEX) == ("refused", "not_authorised")


def test_a_spent_quota_throttles_what_was_not_asked(sandbox: Any) -> None:
    pulled = sandbox.pull("youtube", [ESSEX], limits=Limits(1, youtube_units_per_day=3))
    assert pulled.said(ESSEX, "posts") == ("landed", "")
    assert pulled.said(ESSEX, "messages") == ("throttled", "quota_spent")
    assert pulled.rows(ESSEX, "messages") == []


def test_our_own_budget_of_units_stops_before_the_request(sandbox: Any) -> None:
    pulled = sandbox.pull("youtube", [ESSEX], budget=Budget(max_units=2))
    assert len(pulled.asked) == 2
    assert pulled.said(ESSEX, "posts") == ("throttled", "budget")


def test_a_day_in_the_past_is_pulled_as_it_was(sandbox: Any) -> None:
    then = datetime(2026, 10, 20, 4, 30, tzinfo=UTC)
    pulled, truth = sandbox.pull("youtube", [ESSEX], now=then), sandbox.truth(ESSEX, then)
    assert pulled.rows(ESSEX, "profiles")[0]["subscriber_count"] == truth["follower_count"]
    assert [r["view_count"] for r in pulled.rows(ESSEX, "posts")] == [p["view_count"] for p in truth["posts"]]
