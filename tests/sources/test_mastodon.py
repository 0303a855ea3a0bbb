"""Mastodon against the sandbox: each account at its own server, and what fails fails alone."""

import re
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from pipelines.sources.account_pull import PURPOSE
from sandbox import clock, story
from sandbox.limits import Limits
from tests.sources.conformance import COMMON, Conformance
from tests.sources.conftest import hashed, message_keys

KENT, ESSEX, BUSY = "mastodon:kent", "mastodon:essex", "mastodon:cambridgeshire"
TRUE = [KENT, ESSEX, BUSY, "mastodon:derbyshire", "mastodon:gwent"]


class TestConformance(Conformance):
    platform = "mastodon"
    pages = ("/statuses", "limit")


@pytest.fixture(scope="module")
def healthy(sandbox: Any) -> Any:
    return sandbox.pull("mastodon", TRUE)


def pull_kent(sandbox: Any, *kinds: str, **more: Any) -> Any:
    """Kent with faults, Essex beside it without."""
    return sandbox.pull("mastodon", [KENT, ESSEX], faults=[f"mastodon:kent:{kind}" for kind in kinds], **more)


def both(native: str) -> tuple[str, str]:
    """An id as it lands when it is ours, and when it is not."""
    return native, hashed("mastodon", native)


def own(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k not in (*COMMON, *PURPOSE)} for row in rows]


@pytest.mark.parametrize("account_id", TRUE)
def test_a_profile_is_what_the_nation_says(sandbox: Any, healthy: Any, account_id: str) -> None:
    truth, invented = sandbox.truth(account_id), sandbox.view.nation.by_id[account_id]
    assert own(healthy.rows(account_id, "profiles")) == [
        {
            "id": truth["platform_account_id"],
            "acct": truth["handle"].partition("@")[0],
            "followers_count": truth["follower_count"],
            "following_count": 20 + invented.index % 60,
            "statuses_count": truth["post_count"],
            "created_at_utc": datetime.fromisoformat(clock.date_text(invented.opened)),
            "last_status_date": date.fromisoformat(truth["posts"][0]["created_at"][:10]),
        }
    ]


@pytest.mark.parametrize("account_id", TRUE)
def test_posts_and_their_counters_are_what_the_nation_says_and_reposts_are_left_out(
    sandbox: Any, healthy: Any, naive: Any, account_id: str
) -> None:
    truth = sandbox.truth(account_id)["posts"]
    assert own(healthy.rows(account_id, "posts")) == [
        {
            "id": post["post_id"],
            "kind": post["kind"],
            "created_at_utc": naive(post["created_at"]),
            "favourites_count": post["like_count"],
            "reblogs_count": post["share_count"],
            "replies_count": post["comment_count"],
            "quotes_count": post["quote_count"],
        }
        for post in truth
        if post["kind"] != "repost"
    ]
    assert {post["kind"] for post in truth} == {"post", "reply", "repost"}


@pytest.mark.parametrize("account_id", TRUE)
def test_messages_are_what_the_nation_says(sandbox: Any, healthy: Any, naive: Any, account_id: str) -> None:
    truth = sandbox.truth(account_id)
    said, shown = truth["messages"], message_keys(truth)
    keys = ("id", "thread_id", "status_id", "direction", "created_at_utc")
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


def test_an_author_is_a_keyed_hash_and_we_are_none(sandbox: Any, healthy: Any) -> None:
    people = {shown: person for native, person in sandbox.people(BUSY).items() for shown in both(native)}
    for row in healthy.rows(BUSY, "messages"):
        person = people[row["id"]]
        author = str(110_000_000_000_000_000 + person)
        assert row["author_key"] == (None if person < 0 else hashed("mastodon", author))
    keys = {people[row["id"]]: row["author_key"] for row in healthy.rows(BUSY, "messages")}
    assert len(set(keys.values())) == len(keys)


def test_no_row_holds_a_stranger_or_a_server_of_theirs(healthy: Any) -> None:
    for account_id in TRUE:
        text = str(healthy.by_id[account_id].rows)
        assert not re.search(r"people\.sandbox|\b1100000000\d{8}\b", text)


def test_pages_are_followed_by_their_link_and_only_to_the_horizon(sandbox: Any, healthy: Any) -> None:
    pages = [u for u in healthy.calls("/statuses") if "social.cambridgeshire.sandbox" in u.path]
    assert len(pages) == healthy.log(BUSY, "posts")["request_count"] == 5
    assert len(healthy.rows(BUSY, "posts")) > 4 * 40 - 20  # the last page reaches past thirty days
    assert {url.params["limit"] for url in pages} == {"40"}
    assert {url.params["exclude_reblogs"] for url in pages} == {"true"}


def test_a_server_that_sends_reblogs_all_the_same_changes_nothing(sandbox: Any, healthy: Any) -> None:
    def deaf(request: httpx.Request) -> httpx.Response | None:
        request.url = request.url.copy_remove_param("exclude_reblogs")
        return None

    assert sandbox.pull("mastodon", [KENT], instead=deaf).by_id[KENT].rows == healthy.by_id[KENT].rows


def test_each_account_is_asked_at_its_own_server(healthy: Any) -> None:
    servers = {url.path.split("/")[2] for url in healthy.asked}
    assert servers == {f"social.{account_id.partition(':')[2]}.sandbox" for account_id in TRUE}


def test_an_account_without_an_id_is_looked_up_by_its_name(sandbox: Any) -> None:
    unknown = [
        a.account_id
        for a in sandbox.register.accounts_due("mastodon", date(2026, 11, 9))
        if a.platform_account_id is None and sandbox.truth(a.account_id)["status"] == "live"
    ][:3]
    assert len(unknown) == 3
    pulled = sandbox.pull("mastodon", unknown)
    assert len(pulled.calls("/accounts/lookup")) == 3
    for account_id in unknown:
        truth = sandbox.truth(account_id)
        assert pulled.rows(account_id, "profiles")[0]["id"] == truth["platform_account_id"]
        assert len(pulled.rows(account_id, "messages")) == len(truth["messages"])


def test_a_suspended_a_moved_and_a_missing_account_are_told_apart(sandbox: Any) -> None:
    nobody = sandbox.account(ESSEX, platform_account_id="1")
    unnamed = sandbox.account(BUSY, platform_account_id=None, handle="nobody@social.cambridgeshire.sandbox")
    pulled = sandbox.pull("mastodon", [story.SUSPENDED, "mastodon:gwent-north", nobody, unnamed, KENT])
    assert pulled.said(story.SUSPENDED) == ("refused", "suspended")
    assert pulled.said("mastodon:gwent-north") == ("refused", "deactivated")
    assert pulled.log("mastodon:gwent-north")["detail"].endswith("moved to another account")
    assert pulled.said(ESSEX) == ("refused", "not_found")
    assert pulled.said(BUSY) == ("refused", "not_found")
    for gone in (story.SUSPENDED, "mastodon:gwent-north", ESSEX, BUSY):
        assert pulled.entities(gone) == ["profiles"]
        assert pulled.rows(gone, "profiles") == []
    assert pulled.said(KENT) == ("landed", "")
    before = datetime(2026, 10, 29, 5, 30, tzinfo=UTC)
    assert sandbox.pull("mastodon", [story.SUSPENDED], now=before).said(story.SUSPENDED) == ("landed", "")


def test_a_429_is_waited_for_until_the_reset_that_the_server_names(sandbox: Any) -> None:
    assert sandbox.pull("mastodon", [KENT], faults=["mastodon:kent:429"]).slept == [300, 300]


@pytest.mark.parametrize("reset", ["1794202500", "soon", "", "2026-11-09T05:31:00"])
def test_a_server_that_says_its_reset_in_other_words_harms_nobody(sandbox: Any, reset: str) -> None:
    def odd(request: httpx.Request) -> httpx.Response | None:
        headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
        return httpx.Response(429, json={}, headers=headers) if "kent" in request.url.path else None

    pulled = sandbox.pull("mastodon", [KENT, ESSEX], instead=odd)
    assert pulled.said(KENT) == ("throttled", "rate_limited")
    assert pulled.slept == ([60, 60, 60] if "T" in reset else [])
    assert pulled.said(ESSEX, "messages") == ("landed", "")


def test_a_moment_without_a_zone_is_a_wrong_shape(sandbox: Any) -> None:
    counts = {"favourites_count": 0, "reblogs_count": 0, "replies_count": 0}
    status = {"id": "1", "created_at": "2026-11-08T10:00:00", "account": {"id": "1"}, **counts}

    def zoneless(request: httpx.Request) -> httpx.Response | None:
        is_list = "kent" in request.url.path and request.url.path.endswith("/statuses")
        return httpx.Response(200, json=[status]) if is_list else None

    pulled = sandbox.pull("mastodon", [KENT, ESSEX], instead=zoneless)
    assert pulled.said(KENT, "posts") == ("failed", "flipped_type")
    assert "created_at" in pulled.log(KENT, "posts")["detail"]
    assert pulled.said(ESSEX, "posts") == ("landed", "")


def test_a_servers_limit_throttles_its_own_accounts_alone(sandbox: Any) -> None:
    pulled = sandbox.pull("mastodon", [BUSY, KENT], limits=Limits(1, mastodon_per_5_min=5))
    assert pulled.said(BUSY, "posts") == ("throttled", "rate_limited")
    assert pulled.rows(BUSY, "posts") == []
    assert pulled.said(KENT) == ("landed", "")


def test_a_counter_below_zero_lands_for_the_gate_to_see(sandbox: Any) -> None:
    assert pull_kent(sandbox, "negative").rows(KENT, "profiles")[0]["followers_count"] == -7


def test_a_status_deleted_between_list_and_thread_costs_its_messages_alone(
    sandbox: Any, healthy: Any
) -> None:
    gone = healthy.rows(KENT, "messages")[0]["status_id"]

    def deleted(request: httpx.Request) -> httpx.Response | None:
        is_it = request.url.path.endswith(f"/{gone}/context")
        return httpx.Response(404, json={"error": "Record not found"}) if is_it else None

    rows = sandbox.pull("mastodon", [KENT], instead=deleted).rows(KENT, "messages")
    assert rows == [row for row in healthy.rows(KENT, "messages") if row["status_id"] != gone]
