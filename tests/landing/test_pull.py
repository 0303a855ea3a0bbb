"""What a pull lands: posts of the rule's ages, messages when they are first seen, a log of what it saw."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing.pull import pull_day
from pipelines.landing.rule import is_landed
from pipelines.registry import load
from pipelines.settings import SEEDS, Settings, SettingsError
from pipelines.sources.catalogue import source
from sandbox.truth import truth
from tests.landing.conftest import BESIDE, FORCE, Pulls
from tests.landing.landed import land

DAY = date(2026, 11, 7)
NEXT = date(2026, 11, 9)


def live_accounts(day: date, platform: str, force: str) -> list[dict[str, Any]]:
    at = Settings().profile.moment_of(day)
    accounts = truth(7, int(at.timestamp() * 1000), force, platform)["accounts"]
    return [account for account in accounts if account["status"] == "live"]


def test_a_message_is_landed_when_it_is_first_seen(pulls: Pulls, platform: str) -> None:
    pulls.pull(platform, NEXT, "run-0", FORCE, BESIDE)  # nothing counts on it
    everything = pulls.messages(platform, NEXT, "run-0")
    pulls.pull(platform, DAY, "run-1", BESIDE)
    before = pulls.messages(platform, DAY, "run-1")
    pulls.pull(platform, NEXT, "run-2")
    new = pulls.messages(platform, NEXT, "run-2")
    assert new == everything - before
    if platform != "youtube":  # where a force has few comments
        assert 0 < len(new) < len(everything)
    # What the gate did not let pass has not landed.
    beside = pulls.messages(platform, NEXT, "run-0", BESIDE)
    assert pulls.messages(platform, NEXT, "run-2", BESIDE) == beside
    assert pulls.messages(platform, DAY, "run-1", BESIDE) & beside
    # Pulled again, also on the same day, there is nothing new.
    pulled = pulls.pull(platform, NEXT, "run-3")
    assert pulls.messages(platform, NEXT, "run-3") == set()
    assert pulled.row_counts["messages"] == 0


def test_a_message_that_landed_more_than_ten_days_ago_is_landed_again(pulls: Pulls) -> None:
    pulls.pull("mastodon", NEXT, "run-0", FORCE, BESIDE)  # nothing counts on it
    everything = pulls.messages("mastodon", NEXT, "run-0")
    rows = pulls.rows("mastodon", "messages", NEXT, "run-0")
    for days, expected in ((11, everything), (10, set())):
        day = NEXT - timedelta(days=days)
        run_id = f"run-{days}-days-ago"
        land(pulls.landing, "mastodon", day, run_id, {"messages": rows})
        pulls.pull("mastodon", NEXT, f"run-after-{days}", FORCE, BESIDE)
        assert pulls.messages("mastodon", NEXT, f"run-after-{days}") == expected


def test_posts_of_the_rules_ages_are_landed_and_no_others(pulls: Pulls, platform: str) -> None:
    module, moment = source(platform), Settings().profile.moment_of(NEXT)
    ages = load(SEEDS, SEEDS).post_ages
    pulls.pull(platform, DAY, "run-0")
    pulls.pull(platform, NEXT, "run-1")
    expected = {
        post["post_id"]
        for account in live_accounts(NEXT, platform, FORCE)
        for post in account["posts"]
        if post["kind"] != "repost" and is_landed(moment - datetime.fromisoformat(post["indexed_at"]), ages)
    }
    rows = pulls.rows(platform, "posts", NEXT, "run-1")
    assert {row[module.KEYS["posts"]] for row in rows} == expected
    days = {(moment.replace(tzinfo=None) - row[module.TIMES["posts"]]) // timedelta(days=1) for row in rows}
    assert days <= {*range(9), 14, 15, 28, 29}
    if platform != "youtube":
        assert days == {*range(9), 14, 15, 28, 29}


@pytest.mark.parametrize("days", [8, 9])
def test_posts_of_an_account_that_was_not_followed_land_whole(pulls: Pulls, days: int) -> None:
    """At the first pull, and after a gap of nine days, those between the rule's ages would never be seen."""
    pulls.pull("bluesky", NEXT - timedelta(days=days), "run-0")
    pulls.pull("bluesky", NEXT, "run-1")
    own = [
        post
        for account in live_accounts(NEXT, "bluesky", FORCE)
        for post in account["posts"]
        if post["kind"] != "repost"
    ]
    landed = len(pulls.rows("bluesky", "posts", NEXT, "run-1"))
    assert (landed == len(own)) == (days == 9)


def test_the_log_says_what_was_looked_at_and_what_landed(pulls: Pulls, platform: str) -> None:
    pulls.pull(platform, DAY, "run-1")
    pulls.pull(platform, NEXT, "run-2")
    live = live_accounts(NEXT, platform, FORCE)
    own = [post for account in live for post in account["posts"] if post["kind"] != "repost"]
    for entity, seen in (
        ("profiles", len(live)),
        ("posts", len(own)),
        ("messages", sum(len(account["messages"]) for account in live)),
    ):
        log = [row for row in pulls.rows(platform, "requests", NEXT, "run-2") if row["entity"] == entity]
        assert sum(row["seen_count"] for row in log) == seen
        assert sum(row["row_count"] for row in log) == len(pulls.rows(platform, entity, NEXT, "run-2"))
        assert all(row["status"] == "landed" for row in log if row["seen_count"])


def test_without_a_key_every_account_is_logged_and_nothing_lands(
    pulls: Pulls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "token", lambda self, platform: None)
    pulled = pulls.pull("youtube", NEXT, "run-1")
    assert pulled.status_counts == {"refused": pulled.due_count}
    [log] = pulls.rows("youtube", "requests", NEXT, "run-1")
    assert (log["reason"], log["seen_count"], log["row_count"]) == ("not_authorised", 0, 0)


@pytest.mark.parametrize("days", [-1, 1])
def test_production_files_nothing_under_another_day_than_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    settings = Settings()
    day = settings.profile.today() + timedelta(days=days)
    with pytest.raises(SettingsError, match=f"{day} cannot be pulled: a platform shows only the present"):
        pull_day(settings, "youtube", day, "run-1")
    assert not settings.landing.exists()
