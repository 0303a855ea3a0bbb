"""Daily runs and pulses of three forces over HTTP: what posts had after an hour and a day, to the digit."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from pipelines.landing.locks import locked
from pipelines.landing.pull import pull_day
from pipelines.landing.pulse import pulse_platform
from pipelines.landing.rule import is_within
from pipelines.landing.store import is_pulse, open_landing
from pipelines.registry import load
from pipelines.settings import LONDON, SEEDS, Settings
from pipelines.sources.catalogue import pulled_platforms
from sandbox import clock, story
from sandbox.truth import truth
from tests.e2e.conftest import Nation, moment, naive
from tests.e2e.small_nation import FORCES, small_nation

pytestmark = [pytest.mark.e2e, pytest.mark.long]

#: Derbyshire's emergency begins on the first day at nine.
FIRST = date(2026, 10, 28)
LAST = FIRST + timedelta(days=3)
DAYS = [FIRST + timedelta(days=n) for n in range(4)]
#: Every hour of the three days, but for two that were missed.
BEGAN = datetime(2026, 10, 28, 6, tzinfo=LONDON)
MISSED = {BEGAN + timedelta(hours=n) for n in (8, 30)}
PULSES = [at for n in range(72) if (at := BEGAN + timedelta(hours=n)) < moment(LAST) and at not in MISSED]
#: Taken down on the third day: its posts are gone, and with them what the answer sheet says of them.
STAYED = f"kind = 'post' and created_at_utc >= '{naive(BEGAN)}' and account_id <> '{story.TAKEN_DOWN}'"
#: A column of days that pulses read from their beginning.
WHOLE_DAYS = f"{{}} > '{FIRST}'"
COUNTERS = ("view_count", "like_count", "share_count", "quote_count", "comment_count")


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nation]:
    with small_nation() as url, pytest.MonkeyPatch.context() as patch:
        nation = Nation(tmp_path_factory.mktemp("pulse") / "home", {"BEATBOOK_SANDBOX_URL": url})
        patch.setenv("BEATBOOK_HOME", str(nation.home))
        patch.setenv("BEATBOOK_SANDBOX_URL", url)
        settings = Settings()
        settings.prepare()
        landing = open_landing(settings)
        runs: list[tuple[datetime, date | None]] = [(moment(day), day) for day in DAYS[:-1]]
        runs += [(at, None) for at in PULSES[:-1]]
        for at, day in sorted(runs, key=lambda run: run[0]):
            for platform in pulled_platforms():
                if day is not None:
                    pull_day(settings, platform, day, landing.new_run_id())
                else:
                    pulse_platform(settings, platform, at, landing.new_run_id(is_pulse=True))
        # The last pulse and the last day by the commands.
        done = nation.run("pulse", "--at", f"{PULSES[-1]:%Y-%m-%dT%H:%M}")
        assert done.returncode == 0, done.stdout + done.stderr
        for platform in pulled_platforms():
            assert f"{platform}: accounts asked" in done.stdout
        done = nation.run("run", "--until", str(LAST))
        assert done.returncode == 0, done.stdout + done.stderr
        yield nation


def read_at(post: dict[str, Any], age: str) -> datetime | None:
    """When a post was first read for an age: by a pulse while that is due, or by a daily run."""
    rung = next(each for each in load(SEEDS, SEEDS).post_ages if each.age == age)
    seen = datetime.fromisoformat(post["indexed_at"])
    born = min(seen, datetime.fromisoformat(post["created_at"]))
    pulses = [at for at in PULSES if at >= seen and is_within(at - seen, rung)]
    daily = [at for at in map(moment, DAYS) if at >= born and is_within(at - born, rung)]
    return min([at.astimezone(UTC) for at in [*pulses, *daily]], default=None)


@cache
def planted() -> dict[tuple[str, str, str], tuple[Any, ...]]:
    """(account, post, age) → its counters when it was read, of every post, by the sandbox's answer sheet."""
    made: dict[tuple[str, str, str], datetime] = {}
    for force_id in FORCES:
        for account in truth(7, clock.ms(moment(LAST).isoformat()), force_id)["accounts"]:
            if account["platform"] not in pulled_platforms():
                continue
            for post in account["posts"]:
                is_of_days = datetime.fromisoformat(post["indexed_at"]) >= BEGAN
                for age in ("1h", "24h"):
                    at = read_at(post, age)
                    if post["kind"] == "post" and is_of_days and at is not None:
                        made[account["account_id"], post["post_id"], age] = at
    found = {}
    for at in sorted(set(made.values())):
        for force_id in FORCES:
            for account in truth(7, clock.ms(at.isoformat()), force_id)["accounts"]:
                for post in account["posts"]:
                    for age in ("1h", "24h"):
                        key = (account["account_id"], post["post_id"], age)
                        if made.get(key) == at:
                            found[key] = tuple(post[counter] for counter in COUNTERS)
    return found


def test_every_post_has_what_it_had_after_an_hour_and_a_day(nation: Nation) -> None:
    rows = {}
    for age in ("1h", "24h"):
        columns = ", ".join(f"{counter}_{age}" for counter in COUNTERS)
        sql = f"select account_id, post_id, {columns} from fct_posts where note_{age} is null and {STAYED}"
        rows |= {(account, post, age): tuple(counts) for account, post, *counts in nation.query(sql)}
    expected = planted()
    assert rows == expected
    assert len([key for key in expected if key[2] == "1h"]) > 100
    assert len([key for key in expected if key[2] == "24h"]) > 60
    assert any(counts[1] for counts in expected.values())


def test_the_days_of_accounts_add_up_the_first_hours(nation: Nation) -> None:
    """Engagements: of what a platform does not count the answer sheet says nothing."""
    read = planted()
    sums: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    posts = f"select account_id, created_date, post_id from fct_posts where {STAYED} and {WHOLE_DAYS}"
    for account, day, post in nation.query(posts.format("created_date")):
        if counts := read.get((account, post, "1h")):
            sums[account, day].append(sum(count for count in counts[1:] if count is not None))
    found = nation.query(
        "select account_id, activity_date, engagement_count_1h, engagement_valued_1h_count "
        "from fct_account_days where engagement_valued_1h_count > 0 "
        f"and {WHOLE_DAYS} and account_id <> '{story.TAKEN_DOWN}'".format("activity_date")
    )
    assert len(found) > 10
    assert {tuple(key): (total, n) for *key, total, n in found} == {
        key: (sum(counts), len(counts)) for key, counts in sums.items()
    }


def test_what_no_pulse_read_in_time_has_a_reason(nation: Nation) -> None:
    """A missed pulse costs the first hour of the posts before it, and no post its first day."""
    notes = dict(nation.query(f"select note_1h, count(*) from fct_posts where {STAYED} group by note_1h"))
    assert notes.get("late", 0) > 0
    assert notes["late"] < 0.1 * notes[None]
    [(missing,)] = nation.query(
        f"select count(*) from fct_posts where {STAYED} and note_24h in ('late', 'not_collected')"
    )
    assert missing == 0


def test_the_emergency_says_how_fast_it_travelled(nation: Nation) -> None:
    """It ended the day before the data: its first hours are over, its first days are not."""
    rows = {row["platform"]: row for row in nation.json("incidents", "--force", "derbyshire")}
    shares = planted()
    for platform in ("bluesky", "mastodon"):
        of_hour = [
            counts[2]
            for (account, _, age), counts in shares.items()
            if age == "1h" and account.startswith(f"{platform}:derbyshire")
        ]
        row = rows[platform]
        assert (row["value_note_1h"], row["share_count_1h"]) == (None, sum(of_hour))
        assert (row["value_note_24h"], row["share_count_24h"]) == ("provisional", None)
    assert rows["all"]["share_count_1h"] == sum(
        rows[name]["share_count_1h"] for name in ("bluesky", "mastodon")
    )


def test_the_day_is_what_its_daily_run_brought(nation: Nation) -> None:
    """No day of which only a pulse knew, no follower of another hour, no look that nobody took."""
    observed = nation.query(
        "select distinct observed_at_utc from fct_account_days where observed_at_utc is not null"
    )
    assert {at for (at,) in observed} == {naive(moment(day)) for day in DAYS}
    [(at_most,)] = nation.query("select max(followed_until_utc) from fct_conversations")
    assert at_most <= naive(moment(LAST))


def test_a_pulse_beside_another_command_is_refused_and_changes_nothing(nation: Nation) -> None:
    def landed() -> set[str]:
        return {path.name for path in (nation.home / "landing").rglob("*-pulse.*")}

    before = landed()
    with locked(nation.home / "locks" / "command"):
        done = nation.run("pulse", "--at", f"{PULSES[-1]:%Y-%m-%dT%H:%M}")
    assert done.returncode == 5
    assert "another command is at work" in done.stderr
    early = nation.run("pulse", "--at", "2026-08-31T10:00")
    assert early.returncode == 2
    assert "the days of the sandbox are 2026-09-01 to" in early.stderr
    present = nation.run("pulse", "--at", "2026-10-28T10:00", env={"BEATBOOK_PROFILE": "production"})
    assert present.returncode == 2
    assert "shows only the present" in present.stderr
    assert landed() == before
    assert all(is_pulse(name.partition(".")[0]) for name in before)
