"""What is new is held against the same weekday: faults that no other day shows, and what is no fault."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.gates.landing_gate import judge
from pipelines.gates.weekdays import is_holiday
from pipelines.landing.store import Landing
from tests.gates.good_rows import LANDING

#: A Tuesday: what is new in its pull is Monday's.
DAY = date(2026, 11, 10)
FORCES = [f"force-{n:02d}" for n in range(12)]
WEEKDAY, WEEKEND = 20, 8
Frames = dict[str, pl.DataFrame]


def posts_of(force: str, made: date, count: int) -> list[dict[str, Any]]:
    """A force's posts of a day, from six in the morning on."""
    return [
        {
            "video_id": f"{force}-{made}-{n}",
            "published_at_utc": datetime.combine(made, time(6)) + timedelta(minutes=40 * n),
        }
        for n in range(count)
    ]


def pulled(landing: Landing, day: date, newest: int | None = None) -> Frames:
    """What a pull at half past five brings: posts of eight days, of the newest so many of each force."""
    at = datetime.combine(day, time(5, 30))
    posts, profiles, log = [], [], []
    for force in FORCES:
        common = {"force_id": force, "account_id": f"youtube:{force}", "pulled_at_utc": at}
        own = []
        for back in range(1, 9):
            made = day - timedelta(days=back)
            usual = WEEKEND if made.weekday() >= 5 else WEEKDAY
            count = newest if back == 1 and newest is not None else usual
            own += [
                common | row | {"view_count": 100 + 20 * back, "like_count": 30 + back, "comment_count": 1}
                for row in posts_of(force, made, count)
            ]
        posts += own
        profiles.append(common | {"channel_id": force, "subscriber_count": 5000 + day.toordinal() % 1000})
        for entity, rows in (("profiles", 1), ("posts", len(own))):
            log.append(
                common | {"platform": "youtube", "entity": entity, "status": "landed", "row_count": rows}
            )
    return landing.frames("youtube", run_of(day), {"profiles": profiles, "posts": posts, "requests": log})


def run_of(day: date) -> str:
    return f"r{day.toordinal():08d}-{day:%Y%m%d}T053000-aaaaaaaa"


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    """The pulls of the day before and of the same weekday of four weeks."""
    landing = Landing(tmp_path_factory.mktemp("landing"), {})
    landing.schemas = LANDING.schemas
    for back in (28, 21, 14, 7, 1):
        day = DAY - timedelta(days=back)
        landing.write("youtube", day, run_of(day), pulled(landing, day))
    return landing


def expectations(landing: Landing, frames: Frames, day: date = DAY) -> dict[str, set[str]]:
    """Which forces are quarantined by which expectation, without its platform."""
    found: dict[str, set[str]] = {}
    for each in judge(landing, "youtube", day, frames, FORCES):
        found.setdefault(each.expectation.removeprefix("youtube/"), set()).add(each.force_id)
    return found


VOLUME = "expect_column_values_to_be_between(volume_ratio)"


def test_a_usual_monday_passes(landing: Landing) -> None:
    assert expectations(landing, pulled(landing, DAY)) == {}


def test_half_of_all_earlier_mondays_is_seen_though_a_sunday_has_less(landing: Landing) -> None:
    assert WEEKDAY / 2 > WEEKEND
    found = expectations(landing, pulled(landing, DAY, WEEKDAY // 2))
    assert found == {f"plausible_weekday_platform: {VOLUME}": set(FORCES)}


def test_a_quiet_monday_and_a_crisis_pass(landing: Landing) -> None:
    for count in (14, 3 * WEEKDAY // 2):
        assert expectations(landing, pulled(landing, DAY, count)) == {}


def new(frames: Frames, force: str | None = None) -> pl.Expr:
    is_new = pl.col("published_at_utc") >= datetime.combine(DAY - timedelta(days=1), time())
    return is_new if force is None else is_new & (pl.col("force_id") == force)


def test_a_metric_that_only_new_posts_lack_is_seen(landing: Landing) -> None:
    frames = pulled(landing, DAY)
    empty = pl.when(new(frames)).then(None).otherwise(pl.col("like_count")).alias("like_count")
    found = expectations(landing, frames | {"posts": frames["posts"].with_columns(empty)})
    assert list(found) == ["plausible_weekday_platform: expect_column_values_to_be_between(null_share_rise)"]


@pytest.mark.parametrize("factor", [0.3, 10])
def test_new_posts_in_other_units_are_seen(landing: Landing, factor: float) -> None:
    frames = pulled(landing, DAY)
    other = pl.when(new(frames)).then((pl.col("view_count") * factor).cast(pl.Int64))
    other = other.otherwise(pl.col("view_count")).alias("view_count")
    found = expectations(landing, frames | {"posts": frames["posts"].with_columns(other)})
    assert list(found) == ["plausible_weekday_platform: expect_column_values_to_be_between(level_ratio)"]


@pytest.mark.parametrize(
    ("counter", "wrong", "column"),
    [("like_count", None, "null_share_rise"), ("view_count", 30_000, "level_ratio")],
)
def test_one_account_is_quarantined_alone(
    landing: Landing, counter: str, wrong: int | None, column: str
) -> None:
    frames = pulled(landing, DAY)
    of_one = pl.when(new(frames, "force-03")).then(wrong).otherwise(pl.col(counter)).alias(counter)
    found = expectations(landing, frames | {"posts": frames["posts"].with_columns(of_one)})
    expected = f"plausible_weekday_accounts: expect_column_values_to_be_between({column})"
    assert found == {expected: {"force-03"}}


def test_one_account_that_falls_silent_is_quarantined_alone(landing: Landing) -> None:
    frames = pulled(landing, DAY)
    posts = frames["posts"].filter(~new(frames, "force-03"))
    log = frames["requests"].with_columns(
        row_count=pl.when(pl.col("force_id") == "force-03", pl.col("entity") == "posts")
        .then(posts.filter(pl.col("force_id") == "force-03").height)
        .otherwise(pl.col("row_count"))
    )
    found = expectations(landing, frames | {"posts": posts, "requests": log})
    assert found == {f"plausible_weekday_accounts: {VOLUME}": {"force-03"}}


def with_messages(landing: Landing, day: date, commented: int, in_the_burst: int) -> Frames:
    """A usual pull, and a message below so many posts of each force but for one with many."""
    frames = pulled(landing, day)
    made = day - timedelta(days=1)
    rows = [
        {
            "force_id": force,
            "account_id": f"youtube:{force}",
            "pulled_at_utc": datetime.combine(day, time(5, 30)),
            "comment_id": f"{force}-{made}-{post}-{n}",
            "video_id": f"{force}-{made}-{post}",
            "direction": "inbound",
            "published_at_utc": datetime.combine(made, time(12)),
        }
        for force in FORCES
        for post in range(commented)
        for n in range(in_the_burst if force == FORCES[0] and post == 0 else 1)
    ]
    found = landing.frames("youtube", run_of(day), {"messages": rows, "requests": []})["messages"]
    counts = dict(found.group_by("force_id").len().iter_rows())
    asked = frames["requests"].filter(pl.col("entity") == "posts")
    asked = asked.with_columns(
        entity=pl.lit("messages"),
        row_count=pl.col("force_id").replace_strict(counts, return_dtype=pl.Int64),
    )
    return frames | {"messages": found, "requests": pl.concat([frames["requests"], asked])}


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    """The same weekday of four weeks: messages below ten posts of each force, on each a burst of 300."""
    landing = Landing(tmp_path_factory.mktemp("lively"), {})
    landing.schemas = LANDING.schemas
    for back in (28, 21, 14, 7, 1):
        day = DAY - timedelta(days=back)
        landing.write("youtube", day, run_of(day), with_messages(landing, day, 10, 300))
    return landing


def test_messages_come_in_bursts_and_a_monday_without_one_is_no_fault(lively: Landing) -> None:
    """309 of a force on four Mondays and ten on the fifth, 419 and 120 of all: below as many posts."""
    assert expectations(lively, with_messages(lively, DAY, 10, 1)) == {}


def test_messages_below_half_of_the_posts_are_cut_short_however_many(lively: Landing) -> None:
    found = expectations(lively, with_messages(lively, DAY, 5, 300))
    assert found == {f"plausible_weekday_platform: {VOLUME}": set(FORCES)}


def test_without_three_such_weekdays_nothing_is_said(landing: Landing, tmp_path: Path) -> None:
    young = Landing(tmp_path, {})
    young.schemas = LANDING.schemas
    for back in (14, 7, 1):
        day = DAY - timedelta(days=back)
        young.write("youtube", day, run_of(day), pulled(young, day))
    assert expectations(young, pulled(young, DAY, WEEKDAY // 2)) == {}


def test_a_holiday_is_no_fault_and_no_measure(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monday, sunday_like = DAY - timedelta(days=1), pulled(landing, DAY, WEEKEND)
    monkeypatch.setattr("pipelines.gates.weekdays.is_holiday", lambda day: day == monday)
    assert expectations(landing, sunday_like) == {}
    before = {monday - timedelta(days=7), monday - timedelta(days=14)}
    monkeypatch.setattr("pipelines.gates.weekdays.is_holiday", lambda day: day in before)
    assert expectations(landing, sunday_like) == {}  # two Mondays are left


def test_bank_holidays_are_those_that_were_published() -> None:
    published = {
        *("2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26").split(),
        *("2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28").split(),
        *("2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28").split(),
    }
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(3 * 365)]
    found = {str(day) for day in days if is_holiday(day)}
    turn = {str(day) for day in days if (day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 3)}
    assert found == published | turn


@pytest.mark.parametrize("day", ["2022-06-03", "2022-09-19", "2023-05-08"])
def test_a_holiday_that_no_rule_foresees_is_one(day: str) -> None:
    """A jubilee, a state funeral, a coronation: proclaimed, and in the list that the warehouse reads."""
    assert is_holiday(date.fromisoformat(day))
    assert not is_holiday(date.fromisoformat(day) + timedelta(days=14))
