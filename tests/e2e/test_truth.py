"""The warehouse holds what the sandbox says is true: every count, account, platform, force and day."""

import hashlib
import hmac
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.landing.rule import is_landed
from pipelines.landing.store import Landing
from pipelines.registry import load
from pipelines.settings import SEEDS, Settings
from pipelines.sources.catalogue import pulled_platforms, source
from pipelines.warehouse.window import link_files, window
from sandbox import clock
from sandbox.truth import truth
from tests.e2e.conftest import DAYS, Nation, moment, naive

pytestmark = pytest.mark.e2e
PULLED = pulled_platforms()


@cache
def live_accounts(day: date) -> list[dict[str, Any]]:
    """The live accounts of the pulled platforms as they were when the day was pulled."""
    accounts = truth(7, clock.ms(moment(day).isoformat()))["accounts"]
    return [a for a in accounts if a["platform"] in PULLED and a["status"] == "live"]


def test_every_account_on_every_day(pulled: Nation) -> None:
    expected = {
        (a["account_id"], a["force_id"], day, a["follower_count"], a["post_count"])
        for day in DAYS
        for a in live_accounts(day)
    }
    columns = "account_id, force_id, activity_date, follower_count, lifetime_post_count"
    rows = pulled.query(f"select {columns} from fct_account_days where observed_at_utc is not null")
    assert set(rows) == expected


COUNTERS = ("view_count", "like_count", "share_count", "quote_count", "comment_count")


@cache
def first_day(account_id: str) -> date:
    """The first of our days on which an account was live: its posts land whole then."""
    return next(day for day in DAYS if any(a["account_id"] == account_id for a in live_accounts(day)))


@pytest.fixture(scope="module")
def reading(pulled: Nation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The links that a build reads, which it takes away when it is done."""
    entities = {name: source(name).ENTITIES for name in PULLED}
    landing, folder = Landing(pulled.home / "landing", entities), tmp_path_factory.mktemp("reading") / "links"
    found = window(landing, None)
    assert found is not None
    link_files(landing, found, folder)
    return folder


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_counter_of_every_post_of_an_age_that_is_landed_and_no_other(
    pulled: Nation, reading: Path, day: date
) -> None:
    at, ages = moment(day), load(SEEDS, SEEDS).post_ages
    expected = {
        (a["account_id"], p["post_id"], p["kind"], *(p[c] for c in COUNTERS))
        for a in live_accounts(day)
        for p in a["posts"]
        if p["kind"] != "repost"
        and (
            day == first_day(a["account_id"]) or is_landed(at - datetime.fromisoformat(p["indexed_at"]), ages)
        )
    }
    with duckdb.connect(str(pulled.home / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute(f"set file_search_path = '{reading}'")
        rows = connection.sql(
            f"select account_id, post_id, kind, {', '.join(COUNTERS)} from int_posts__unioned "
            f"where pulled_at_utc = '{naive(at)}'"
        ).fetchall()
    assert len(rows) > 3_000
    assert len(rows) == len(set(rows))
    assert set(rows) == expected


KEYS = ("message_id", "conversation_id")


@cache
def hash_key() -> bytes:
    return Settings().author_hash_key()


def key(account: dict[str, Any], message: dict[str, Any], name: str) -> str:
    """The public's ids are landed as keyed hashes, and on YouTube ours, which hold those of the public."""
    native = str(message[name])
    is_ours = name == "message_id" and message["direction"] == "outbound"
    if is_ours and account["platform"] != "youtube":
        return native
    hashed = f"{account['platform']}:{native}".encode()
    return hmac.new(hash_key(), hashed, hashlib.sha256).hexdigest()[:32]


def test_every_message(pulled: Nation) -> None:
    expected = {
        (
            a["account_id"],
            key(a, m, "message_id"),
            key(a, m, "conversation_id"),
            m["direction"],
            parse(m["sent_at"]),
        )
        for day in DAYS
        for a in live_accounts(day)
        for m in a["messages"]
    }
    rows = pulled.query(
        "select account_id, message_id, conversation_id, direction, sent_at_utc from int_messages__unioned"
    )
    assert len(rows) > 5_000
    assert set(rows) == expected


def test_the_dam_emergency_is_147_posts_shared_21000_times(pulled: Nation) -> None:
    [(posts, shares)] = pulled.query(
        "select count(*), sum(share_count_7d) from fct_posts where force_id = 'derbyshire' and kind = 'post' "
        "and platform in ('bluesky', 'mastodon') and created_at_utc between '2026-10-28' and '2026-10-31'"
    )
    assert (posts, shares) == (147, 21_000)


def parse(text: str) -> datetime:
    return naive(datetime.fromisoformat(text))
