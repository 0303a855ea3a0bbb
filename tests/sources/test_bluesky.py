"""Bluesky against the sandbox: what lands is what is true, and what fails fails alone and says why."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from pipelines.sources.account_pull import PURPOSE
from sandbox import names, story
from sandbox.limits import Limits
from tests.sources.conformance import COMMON, Conformance
from tests.sources.conftest import hashed, message_keys

KENT, ESSEX, BUSY = "bluesky:kent", "bluesky:essex", "bluesky:west-yorkshire"
TRUE = [KENT, ESSEX, BUSY, "bluesky:derbyshire", "bluesky:cleveland", "bluesky:gwent"]


class TestConformance(Conformance):
    platform = "bluesky"
    pages = ("getAuthorFeed", "limit")


@pytest.fixture(scope="module")
def healthy(sandbox: Any) -> Any:
    return sandbox.pull("bluesky", TRUE)


def pull_kent(sandbox: Any, *kinds: str, **more: Any) -> Any:
    """Kent with faults, Essex beside it without."""
    return sandbox.pull("bluesky", [KENT, ESSEX], faults=[f"bluesky:kent:{kind}" for kind in kinds], **more)


@pytest.mark.parametrize("account_id", TRUE)
def test_a_profile_is_what_the_nation_says(sandbox: Any, healthy: Any, naive: Any, account_id: str) -> None:
    truth, invented = sandbox.truth(account_id), sandbox.view.nation.by_id[account_id]
    assert healthy.rows(account_id, "profiles") == [
        {
            "force_id": truth["force_id"],
            "account_id": account_id,
            "pulled_at_utc": datetime(2026, 11, 9, 5, 30),  # noqa: DTZ001
            "did": truth["platform_account_id"],
            "handle": truth["handle"],
            "followers_count": truth["follower_count"],
            "follows_count": 40 + invented.index % 90,
            "posts_count": truth["post_count"],
            "created_at_utc": datetime.fromtimestamp(invented.opened / 1000, UTC).replace(tzinfo=None),
        }
    ]


@pytest.mark.parametrize("account_id", TRUE)
def test_posts_and_their_counters_are_what_the_nation_says_and_reposts_are_left_out(
    sandbox: Any, healthy: Any, naive: Any, account_id: str
) -> None:
    truth = sandbox.truth(account_id)["posts"]
    expected = [
        {
            "uri": post["post_id"],
            "kind": post["kind"],
            "created_at_utc": naive(post["created_at"]),
            "indexed_at_utc": naive(post["indexed_at"]),
            "like_count": post["like_count"],
            "repost_count": post["share_count"],
            "reply_count": post["comment_count"],
            "quote_count": post["quote_count"],
        }
        for post in truth
        if post["kind"] != "repost"
    ]
    rows = healthy.rows(account_id, "posts")
    assert [{k: v for k, v in row.items() if k not in (*COMMON, *PURPOSE)} for row in rows] == expected
    assert {"post", "reply"} == {row["kind"] for row in rows}
    assert any(post["kind"] == "repost" for post in truth)


@pytest.mark.parametrize("account_id", TRUE)
def test_messages_are_what_the_nation_says(sandbox: Any, healthy: Any, naive: Any, account_id: str) -> None:
    truth = sandbox.truth(account_id)
    said, shown = truth["messages"], message_keys(truth)
    keys = ("uri", "thread_uri", "post_uri", "direction", "indexed_at_utc")
    got = sorted(tuple(row[key] for key in keys) for row in healthy.rows(account_id, "messages"))
    assert got == sorted(
        (
            shown[m["message_id"]],
            shown[m["conversation_id"]],
            m["post_id"],
            m["direction"],
            naive(m["sent_at"]),
        )
        for m in said
    )
    assert {m["direction"] for m in said} == {"inbound", "outbound"}
    for row in healthy.rows(account_id, "messages"):
        assert row["created_at_utc"] < row["indexed_at_utc"]


def test_an_author_is_a_keyed_hash_and_we_are_none(sandbox: Any, healthy: Any) -> None:
    people = {uri: person for uri, person in sandbox.people(BUSY).items() if person < 0}
    people |= {hashed("bluesky", uri): person for uri, person in sandbox.people(BUSY).items() if person >= 0}
    for row in healthy.rows(BUSY, "messages"):
        person = people[row["uri"]]
        assert row["author_key"] == (None if person < 0 else hashed("bluesky", names.person_did(person)))
    keys = {people[row["uri"]]: row["author_key"] for row in healthy.rows(BUSY, "messages")}
    assert len(set(keys.values())) == len(keys)


def test_no_row_holds_the_did_of_a_stranger(sandbox: Any, healthy: Any) -> None:
    for account_id in TRUE:
        force_id = sandbox.account(account_id).force_id
        every = [a for a in sandbox.register.accounts.values() if a.platform == "bluesky"]
        own = {a.platform_account_id for a in every if a.force_id == force_id}
        own |= {healthy.rows(account_id, "profiles")[0]["did"]}
        assert set(re.findall(r"did:plc:\w+", str(healthy.rows(account_id, "messages")))) <= own


def test_a_feed_of_more_than_a_page_is_followed_to_its_horizon(healthy: Any) -> None:
    assert len(healthy.rows(BUSY, "posts")) > 100
    own = healthy.rows(BUSY, "profiles")[0]["did"]
    pages = [url for url in healthy.calls("getAuthorFeed") if url.params["actor"] == own]
    assert healthy.log(BUSY, "posts")["request_count"] == len(pages) > 1
    assert ["cursor" in url.params for url in pages] == [False] + [True] * (len(pages) - 1)


def test_profiles_are_asked_25_at_a_time(sandbox: Any) -> None:
    accounts = [a for a in sandbox.register.accounts if a.startswith("bluesky:")][:26]
    pulled = sandbox.pull("bluesky", accounts, instead=_no_feeds)
    assert [len(url.params.get_list("actors")) for url in pulled.calls("getProfiles")] == [25, 1]
    assert {pulled.said(account_id) for account_id in accounts} == {("landed", "")}


def _no_feeds(request: httpx.Request) -> httpx.Response | None:
    is_feed = request.url.path.endswith("getAuthorFeed")
    return httpx.Response(200, json={"feed": []}) if is_feed else None


def test_a_renamed_account_is_still_found_by_its_id(sandbox: Any) -> None:
    pulled = sandbox.pull("bluesky", [story.RENAMED])
    assert sandbox.account(story.RENAMED).handle == "west-yorkshire-north.bsky.sandbox"
    handle = pulled.rows(story.RENAMED, "profiles")[0]["handle"]
    assert handle == "west-yorkshire-north-and-east.bsky.sandbox"
    assert pulled.said(story.RENAMED, "posts")[0] == "landed"


def test_without_an_id_the_handle_is_asked_in_small_letters(sandbox: Any) -> None:
    account = sandbox.account(KENT, platform_account_id=None, handle="Kent.bsky.SANDBOX")
    renamed = sandbox.account(story.RENAMED, platform_account_id=None)
    pulled = sandbox.pull("bluesky", [account, renamed])
    assert pulled.rows(KENT, "profiles")[0]["did"] == sandbox.truth(KENT)["platform_account_id"]
    assert len(pulled.rows(KENT, "messages")) == len(sandbox.truth(KENT)["messages"])
    assert pulled.said(story.RENAMED) == ("refused", "not_found")


def test_a_taken_down_a_deactivated_and_a_missing_account_are_told_apart(sandbox: Any) -> None:
    nobody = sandbox.account(ESSEX, platform_account_id="did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")
    pulled = sandbox.pull("bluesky", [story.TAKEN_DOWN, "bluesky:gwent-north", nobody, KENT])
    assert pulled.said(story.TAKEN_DOWN) == ("refused", "suspended")
    assert "AccountTakedown" in pulled.log(story.TAKEN_DOWN)["detail"]
    assert pulled.said("bluesky:gwent-north") == ("refused", "deactivated")
    assert pulled.said(ESSEX) == ("refused", "not_found")
    for gone in (story.TAKEN_DOWN, "bluesky:gwent-north", ESSEX):
        assert pulled.entities(gone) == ["profiles"]
        assert pulled.rows(gone, "profiles") == []
    assert pulled.said(KENT) == ("landed", "")
    before = datetime(2026, 10, 29, 5, 30, tzinfo=UTC)
    assert sandbox.pull("bluesky", [story.TAKEN_DOWN], now=before).said(story.TAKEN_DOWN) == ("landed", "")


def test_a_fault_at_one_account_spares_the_others_of_its_force(sandbox: Any) -> None:
    accounts = [KENT, "bluesky:kent-south"]
    pulled = sandbox.pull("bluesky", accounts, faults=["bluesky:bluesky:kent:flip"])
    assert [pulled.said(account_id)[0] for account_id in accounts] == ["failed", "landed"]


def test_a_429_is_throttled_and_waited_for(sandbox: Any) -> None:
    pulled = sandbox.pull("bluesky", [KENT], faults=["bluesky:kent:429"])
    assert pulled.said(KENT, "posts") == ("throttled", "rate_limited")
    assert pulled.slept == [300, 300, 300]  # to the end of the platform's five minutes


def test_the_platforms_own_limit_throttles_what_comes_after(sandbox: Any, healthy: Any) -> None:
    until_messages = 1 + healthy.log(KENT, "posts")["request_count"]
    pulled = sandbox.pull("bluesky", [KENT], limits=Limits(1, bluesky_per_5_min=until_messages))
    assert pulled.rows(KENT, "posts") == healthy.rows(KENT, "posts")
    assert pulled.said(KENT, "messages") == ("throttled", "rate_limited")
    assert pulled.rows(KENT, "messages") == []


def test_a_counter_below_zero_lands_for_the_gate_to_see(sandbox: Any) -> None:
    pulled = pull_kent(sandbox, "negative")
    assert pulled.rows(KENT, "profiles")[0]["followers_count"] == -7
    assert pulled.rows(KENT, "posts")[0]["like_count"] == -7


def test_a_post_deleted_between_feed_and_thread_costs_its_messages_alone(sandbox: Any, healthy: Any) -> None:
    gone = healthy.rows(KENT, "messages")[0]["post_uri"]

    def deleted(request: httpx.Request) -> httpx.Response | None:
        is_it = request.url.params.get("uri") == gone
        return httpx.Response(400, json={"error": "NotFound", "message": "Post not found"}) if is_it else None

    rows = sandbox.pull("bluesky", [KENT], instead=deleted).rows(KENT, "messages")
    assert rows == [row for row in healthy.rows(KENT, "messages") if row["post_uri"] != gone]


def test_a_blocked_reply_hides_what_is_below_it_and_nothing_else(sandbox: Any, healthy: Any) -> None:
    blocked = {"$type": "app.bsky.feed.defs#blockedPost", "uri": "at://x", "blocked": True, "author": {}}

    def thread(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("getPostThread"):
            return None
        return httpx.Response(200, json={"thread": {"$type": "#threadViewPost", "replies": [blocked]}})

    pulled = sandbox.pull("bluesky", [KENT], instead=thread)
    assert pulled.said(KENT, "messages") == ("empty", "")
    assert pulled.log(KENT, "messages")["unknown_field_count"] == 0


@pytest.mark.parametrize("body", ["<html>", '{"error": "Something"}', "[]"])
def test_a_400_of_any_other_kind_is_our_bad_request(sandbox: Any, body: str) -> None:
    def odd(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(400, text=body) if request.url.path.endswith("getAuthorFeed") else None

    assert sandbox.pull("bluesky", [KENT], instead=odd).said(KENT, "posts") == ("refused", "bad_request")


@pytest.mark.parametrize("name", ["AIzaSyD4echoedKey", "InvalidRequest", "x y", ""])
def test_an_error_that_we_do_not_know_is_kept_without_its_name(sandbox: Any, name: str) -> None:
    """It might be anything that was echoed; what we know stays."""
    body = {"error": name, "message": "no"}
    pulled = sandbox.pull("bluesky", [KENT], instead=lambda _: httpx.Response(400, json=body))
    assert pulled.log(KENT)["detail"] == "HTTP 400"
