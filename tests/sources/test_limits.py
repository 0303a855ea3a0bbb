"""What never ends, ends at its limit and says which: over real sockets, with limits that are short."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.sources import errors
from pipelines.sources.catalogue import pulled_platforms
from pipelines.sources.limits import ATTEMPTS, Limits, Listing
from sandbox.http import BOMB_MIB
from sandbox.serve import start
from tests.sources.conftest import Pulled, Sandbox

#: Each fault has a force of its own.
FORCES = {
    "drip": "kent",
    "hang": "essex",
    "bomb": "surrey",
    "repeat": "sussex",
    "endless": "derbyshire",
    "wait": "gwent",
}
HEALTHY = "norfolk"
SHORT = Limits(request_seconds=0.3)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with start(faults=[f"*:{force}:{kind}" for kind, force in FORCES.items()]) as url:
        yield url


@pytest.fixture(params=pulled_platforms())
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def corporate(sandbox: Sandbox, platform: str, force_id: str) -> str:
    return sandbox.view.nation.corporate(force_id, platform).account_id


def failure(pulled: Pulled, account_id: str) -> dict[str, Any]:
    """The log row of what failed: where accounts are asked in batches the profile has landed before."""
    rows = pulled.by_id[account_id].log
    failed = [row for row in rows if row["status"] not in ("landed", "empty")]
    assert failed == rows[-1:]
    assert pulled.rows(account_id, failed[0]["entity"]) == []
    return failed[0]


def pull_one(sandbox: Sandbox, url: str, platform: str, kind: str, allowed: Limits) -> dict[str, Any]:
    account_id = corporate(sandbox, platform, FORCES[kind])
    return failure(sandbox.pull(platform, [account_id], url=url, allowed=allowed), account_id)


@pytest.mark.parametrize("kind", ["drip", "hang"])
def test_a_request_has_its_time_from_first_to_last_byte_and_is_tried_again(
    sandbox: Sandbox, url: str, platform: str, kind: str
) -> None:
    row = pull_one(sandbox, url, platform, kind, SHORT)
    assert (row["status"], row["reason"], row["request_count"]) == ("failed", "timed_out", ATTEMPTS)
    assert row["detail"].startswith("the request's 0.3 seconds were over at /")


def test_an_account_has_its_time_for_all_its_requests(sandbox: Sandbox, url: str, platform: str) -> None:
    row = pull_one(sandbox, url, platform, "drip", Limits(account_seconds=0.3))
    assert (row["reason"], row["request_count"]) == ("timed_out", 1)
    assert row["detail"].startswith("the account's 0.3 seconds were over at /")


def test_a_platform_has_its_time_and_who_was_not_asked_is_named(
    sandbox: Sandbox, url: str, platform: str
) -> None:
    drips, beside = (corporate(sandbox, platform, force) for force in (FORCES["drip"], HEALTHY))
    pulled = sandbox.pull(platform, [drips, beside], url=url, allowed=Limits(platform_seconds=0.0))
    for account_id in (drips, beside):
        row = failure(pulled, account_id)
        assert (row["status"], row["reason"], row["request_count"]) == ("failed", "timed_out", 0)
        assert row["detail"].startswith("not asked: the platform's 0 seconds were over before /")
    row = pull_one(sandbox, url, platform, "drip", Limits(platform_seconds=1.0))
    assert "the platform's 1 seconds were over" in row["detail"]


def test_a_server_of_many_has_its_time_and_the_others_have_theirs(sandbox: Sandbox, url: str) -> None:
    at_one = [
        account.account_id
        for account in sandbox.register.accounts.values()
        if account.platform == "mastodon" and account.handle.endswith("@social.kent.sandbox")
    ][:3]
    beside = corporate(sandbox, "mastodon", HEALTHY)
    pulled = sandbox.pull("mastodon", [*at_one, beside], url=url, allowed=Limits(server_seconds=1.5))
    details = [failure(pulled, account_id)["detail"] for account_id in at_one]
    assert details[0].startswith("the server's 1.5 seconds were over at /")
    assert all(detail.startswith("not asked: the server's 1.5 seconds were over") for detail in details[1:])
    assert len(details) == 3
    assert {row["status"] for row in pulled.by_id[beside].log} == {"landed"}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("repeat", ("repeated_page", "the next page is one of the 1 that were asked before")),
        ("endless", ("too_many_pages", "there are more than 4 further pages")),
    ],
)
def test_a_listing_without_an_end_is_left(
    sandbox: Sandbox, url: str, platform: str, kind: str, said: tuple[str, str]
) -> None:
    row = pull_one(sandbox, url, platform, kind, Limits(pages=4))
    assert (row["entity"], row["status"]) == ("posts", "failed")
    assert (row["reason"], row["detail"]) == said
    assert row["request_count"] <= 2 * (4 + 1)  # YouTube asks twice for a page


def test_a_body_is_unpacked_no_further_than_its_limit(sandbox: Sandbox, url: str, platform: str) -> None:
    tracemalloc.start()
    row = pull_one(sandbox, url, platform, "bomb", Limits())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (row["status"], row["reason"], row["request_count"]) == ("failed", "too_large", 1)
    assert row["detail"].endswith(f"the body is longer than {Limits().body_bytes:,} bytes")
    assert peak < 5 * Limits().body_bytes < BOMB_MIB * 2**20 / 10


def test_a_wait_that_is_too_long_holds_nobody(sandbox: Sandbox, url: str, platform: str) -> None:
    waits, beside = (corporate(sandbox, platform, force) for force in (FORCES["wait"], HEALTHY))
    pulled = sandbox.pull(platform, [waits, beside], url=url)
    row = failure(pulled, waits)
    assert (row["status"], row["reason"], row["request_count"]) == ("throttled", "rate_limited", 1)
    assert row["detail"] == "not asked: to wait 3600 s, and of the wait's 360 seconds 360 are left"
    assert pulled.slept == []
    if platform == "mastodon":  # elsewhere it is the one server that asks us to wait
        assert {row["status"] for row in pulled.by_id[beside].log} == {"landed"}


def test_who_waits_for_a_server_lets_the_others_go_on(sandbox: Sandbox) -> None:
    """Five servers that ask for a wait of five minutes: more than there are places for accounts."""
    forces = ["kent", "essex", "surrey", "sussex", "gwent"]
    waiting = [corporate(sandbox, "mastodon", force) for force in forces]
    beside = corporate(sandbox, "mastodon", HEALTHY)
    faults = [f"mastodon:{force}:429" for force in forces]
    pulled = sandbox.pull("mastodon", [*waiting, beside], faults=faults)
    assert pulled.done[0] == beside
    for account_id in waiting:
        row = failure(pulled, account_id)
        assert (row["status"], row["reason"]) == ("throttled", "rate_limited")


def test_pages_are_counted_by_listing_where_no_account_is_asked() -> None:
    listing = Listing(2)
    assert [listing.follow(mark) for mark in ("a", "b", None, "")] == ["a", "b", None, None]
    with pytest.raises(errors.RepeatedPage):
        listing.follow("a")
    with pytest.raises(errors.TooManyPages):
        listing.follow("c")
