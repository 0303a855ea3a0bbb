"""The warehouse holds what the sandbox says is true: every count, account, platform, force and day."""

import hashlib
import hmac
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from pipelines.landing.rule import is_landed
from pipelines.landing.store import Landing
from pipelines.registry import load
from pipelines.settings import SEEDS, Settings
from pipelines.sources.catalogue import pulled_platforms, source
from pipelines.warehouse.window import link_files, window
from sandbox import clock, story
from sandbox.truth import truth
from tests.e2e.conftest import DAYS, Nation, moment, naive

pytestmark = [pytest.mark.e2e, pytest.mark.long]
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
    is_ours = message["direction"] == "outbound"
    if is_ours and account["platform"] != "youtube":
        return native
    hashed = f"{account['platform']}:{native}".encode()
    return hmac.new(hash_key(), hashed, hashlib.sha256).hexdigest()[:32]


def test_every_message(pulled: Nation) -> None:
    expected = {
        (
            a["account_id"],
            key(a, m, "message_id"),
            key(a, {**m, "direction": top.get(m["conversation_id"], "inbound")}, "conversation_id"),
            m["direction"],
            parse(m["sent_at"]),
        )
        for day in DAYS
        for a in live_accounts(day)
        for top in [{m["message_id"]: m["direction"] for m in a["messages"]}]
        for m in a["messages"]
    }
    rows = pulled.query(
        "select account_id, message_id, conversation_id, direction, sent_at_utc from int_messages__unioned"
    )
    assert len(rows) > 5_000
    assert set(rows) == expected


@cache
def said() -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Every message that was pulled, by account and thread, in order of its moment."""
    found = {
        (a["account_id"], m["message_id"]): m
        for day in DAYS
        for a in live_accounts(day)
        for m in a["messages"]
    }
    threads: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for (account_id, _), message in sorted(found.items(), key=lambda item: item[1]["sent_at"]):
        threads.setdefault((account_id, message["conversation_id"]), []).append(message)
    return threads


@cache
def machines(account_id: str) -> set[str]:
    """Its acknowledgements that are told by their wording: five within a week; the sandbox sends none within
    five seconds but by those who send many."""
    sent = {
        m["message_id"]: parse(m["sent_at"])
        for (owner, _), thread in said().items()
        for m in thread
        if owner == account_id and m["is_automatic"]
    }
    days = {key: london(at) for key, at in sent.items()}
    often = {key for key in days if sum(0 <= (days[key] - other).days <= 6 for other in days.values()) >= 5}
    by_id = {
        m["message_id"]: m for (owner, _), thread in said().items() if owner == account_id for m in thread
    }
    asked = {key: parse(by_id[by_id[key]["parent_id"]]["sent_at"]) for key in sent}
    return often | {key for key, at in sent.items() if (at - asked[key]).total_seconds() <= 5}


def answered_person(message: dict[str, Any], thread: dict[str, dict[str, Any]]) -> int | None:
    """Who wrote what one of ours answers, or what that answers in turn."""
    for _ in range(2):
        above = thread.get(message["parent_id"] or "")
        if above is None:
            return None
        if above["direction"] == "inbound":
            return int(above["person"])
        message = above
    return None


def turns() -> dict[tuple[str, str], tuple[bool, datetime | None]]:
    """(account, message) → whether it only closes an exchange; the first reply by a person to its asker."""
    found = {}
    for (account_id, _), thread in said().items():
        by_id, automatic = {m["message_id"]: m for m in thread}, machines(account_id)
        replies = [
            (answered_person(m, by_id), parse(m["sent_at"]))
            for m in thread
            if m["direction"] == "outbound" and m["message_id"] not in automatic
        ]
        last_asked: dict[int, datetime] = {}
        for message in (m for m in thread if m["direction"] == "inbound"):
            at, person = parse(message["sent_at"]), message["person"]
            own = [moment for who, moment in replies if who == person]
            before = [moment for moment in own if moment < at]
            closes = not message["asks"] and bool(before) and at - max(before) <= timedelta(days=7)
            if person not in last_asked or at - last_asked[person] >= timedelta(hours=24):
                later = min((moment for moment in own if moment >= at), default=None)
                found[account_id, message["message_id"]] = (closes, later)
            if not closes:
                last_asked[person] = at
    return found


def test_every_askers_turn_and_its_first_reply(pulled: Nation) -> None:
    """Two people in one thread, thanks and questions days later, colleagues, machines: METHOD 4.1 and 4.2,
    worked out once more from what the sandbox says was said."""
    accounts = {a["account_id"]: a for day in DAYS for a in live_accounts(day)}
    expected = {
        (
            account_id,
            key(accounts[account_id], {"message_id": name, "direction": "inbound"}, "message_id"),
            *told,
        )
        for (account_id, name), told in turns().items()
    }
    rows = pulled.query(
        "select account_id, message_id, is_closing, first_reply_at_utc from fct_conversations "
        "where landing_source <> 'returns'"
    )
    closing = [row for row in rows if row[2]]
    assert len(closing) > 50
    assert len(rows) - len(closing) > 2_000
    assert set(rows) == expected


def test_the_dam_emergency_is_147_posts_shared_21000_times(pulled: Nation) -> None:
    [(posts, shares)] = pulled.query(
        "select count(*), sum(share_count_7d) from fct_posts where force_id = 'derbyshire' and kind = 'post' "
        "and platform in ('bluesky', 'mastodon') and created_at_utc between '2026-10-28' and '2026-10-31'"
    )
    assert (posts, shares) == (147, 21_000)
    [row] = [row for row in pulled.json("incidents", "--force", story.DAM_FORCE) if row["platform"] == "all"]
    assert (row["post_count"], row["share_count_7d"]) == (147, 21_000)
    assert round(row["shares_per_post_7d"], 1) == 142.9
    [said] = [row["sentence"] for row in pulled.json("questions") if row["question_id"] == "emergency"]
    assert "147 posts were shared 21,000 times within seven days, 142.9 a post" in said
    # Before the first day that was pulled nobody knows the audience.
    surge = pulled.json("incidents", "--force", "cleveland")
    assert {row["follower_gain"] for row in surge} == {None}


def london(moment_utc: datetime) -> date:
    return moment_utc.replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/London")).date()


def parse(text: str) -> datetime:
    return naive(datetime.fromisoformat(text))
