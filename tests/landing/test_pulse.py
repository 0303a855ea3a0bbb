"""The pulse: whom it asks, what of it lands, and that no day is touched by it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.gates.landing_gate import judge_again
from pipelines.landing.locks import BusyError, locked
from pipelines.landing.pull import Pulled, pull_day
from pipelines.landing.pulse import Due, ids_of_newest, open_threads, pulse_platform
from pipelines.landing.quarantine import WHOLE, in_brief, quarantined
from pipelines.landing.rule import age_of_pulse, is_within, pulse_ages
from pipelines.landing.store import Landing, is_pulse, open_landing
from pipelines.registry import load
from pipelines.release.status import already_landed, status
from pipelines.settings import LONDON, SEEDS, Settings
from pipelines.sources.account_pull import MESSAGE_HORIZON
from pipelines.sources.catalogue import pulled_platforms, source
from tests.gates.nation import settings_of
from tests.landing.landed import land, refused

AGES = load(SEEDS, SEEDS).post_ages
HOUR = timedelta(hours=1)
DAY = date(2026, 11, 5)
BEFORE = DAY - timedelta(days=1)


# Which posts are due.


def test_a_pulse_takes_the_ages_that_pass_between_two_daily_runs() -> None:
    assert [rung.age for rung in pulse_ages(AGES)] == ["1h", "6h", "24h"]


FIRST = datetime(2026, 11, 2, tzinfo=UTC)
minutes = st.integers(0, 14)
any_birth = st.integers(0, 48 * 60).map(lambda n: FIRST + timedelta(minutes=n))


def snapshots(born: datetime, pulses: list[datetime]) -> list[tuple[str, timedelta]]:
    """The age and the rung of each snapshot that pulses at these moments take of a post."""
    taken: set[tuple[str, str, str]] = set()
    found = []
    for at in pulses:
        if at >= born and Due(AGES, frozenset(taken)).is_due("a", "p", at - born):
            rung = age_of_pulse(at - born, AGES)
            assert rung is not None
            taken.add(("a", "p", rung))
            found.append((rung, at - born))
    return found


@given(any_birth, st.lists(minutes, min_size=100, max_size=100))
def test_every_post_that_is_pulsed_hourly_has_one_snapshot_in_each_window(
    born: datetime, late: list[int]
) -> None:
    """Each pulse up to a quarter of an hour after its hour: queues, slow platforms, many accounts."""
    pulses = [FIRST + n * HOUR + timedelta(minutes=late[n]) for n in range(100)]
    found = snapshots(born, pulses)
    assert [rung for rung, _ in found] == ["1h", "6h", "24h"]
    for rung, age in found:
        window = next(each for each in AGES if each.age == rung)
        assert is_within(age, window)
        # The first pulse in the window takes it, so that values stand for about the same age.
        assert age < window.age_hours * HOUR + timedelta(minutes=75)


@given(any_birth, st.sets(st.integers(0, 99), max_size=60))
def test_a_missed_pulse_costs_a_post_only_the_window_that_it_alone_would_have_met(
    born: datetime, missed: set[int]
) -> None:
    pulses = [FIRST + n * HOUR for n in range(100) if n not in missed]
    found = [rung for rung, _ in snapshots(born, pulses)]
    assert len(found) == len(set(found))
    for window in pulse_ages(AGES):
        assert (window.age in found) == any(at >= born and is_within(at - born, window) for at in pulses)


@given(st.integers(0, 60 * 24 * 40))
def test_a_post_of_no_window_is_never_due(age: int) -> None:
    found = timedelta(minutes=age)
    inside = any(is_within(found, window) for window in pulse_ages(AGES))
    assert Due(AGES, frozenset()).is_due("a", "p", found) == inside
    assert not inside or found < Due(AGES, frozenset()).posts_for


# What lands, from a sandbox in process.


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


class Pulse:
    """Pulses of two forces into one landing folder; `asked` is what the platform was asked."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.asked: list[httpx.URL] = []
        self.instead: Callable[[httpx.Request], httpx.Response | None] = lambda _: None

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        self.asked.append(request.url)
        return self.instead(request)

    @property
    def landing(self) -> Landing:
        return open_landing(self.settings)

    def daily(self, platform: str, day: date) -> str:
        run_id = self.landing.new_run_id()
        pull_day(self.settings, platform, day, run_id, forces=["kent", "essex"])
        return run_id

    def pulse(self, platform: str, moment: datetime) -> Pulled:
        self.asked = []
        return pulse_platform(self.settings, platform, moment, self.landing.new_run_id(is_pulse=True))

    def rows(self, platform: str, entity: str, pulled: Pulled) -> list[dict[str, Any]]:
        return self.landing.read(platform, entity, pulled.day, pulled.run_id).to_dicts()

    def ages(self, platform: str, pulled: Pulled) -> list[timedelta]:
        time = source(platform).TIMES["posts"]
        return [row["pulled_at_utc"] - row[time] for row in self.rows(platform, "posts", pulled)]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pulse:
    def answer(request: httpx.Request) -> httpx.Response | None:
        return pulse.answer(request)

    pulse = Pulse(settings_of(tmp_path / "home", monkeypatch, answer=answer))
    return pulse


@pytest.fixture
def pulled_before(made: Pulse, request: pytest.FixtureRequest) -> Pulse:
    """Two daily runs of the test's platform; of Bluesky where the test is of none."""
    names = request.fixturenames
    platform = str(request.getfixturevalue("platform")) if "platform" in names else "bluesky"
    made.daily(platform, BEFORE)
    made.daily(platform, DAY)
    return made


def test_a_pulse_lands_the_posts_that_are_due_and_a_second_one_none_of_them(
    pulled_before: Pulse, platform: str
) -> None:
    hours = [pulled_before.pulse(platform, at(hour)) for hour in range(6, 20)]
    ages = [age for pulled in hours for age in pulled_before.ages(platform, pulled)]
    assert ages
    assert {age_of_pulse(age, AGES) for age in ages} >= {"1h"}
    key = source(platform).KEYS["posts"]
    taken = [
        (row[key], age_of_pulse(row["pulled_at_utc"] - row[source(platform).TIMES["posts"]], AGES))
        for pulled in hours
        for row in pulled_before.rows(platform, "posts", pulled)
    ]
    assert len(taken) == len(set(taken))
    again = pulled_before.pulse(platform, at(19))
    assert again.row_counts == {"posts": 0, "messages": 0}
    assert all(is_pulse(run) for run in [again.run_id, *(pulled.run_id for pulled in hours)])


def test_a_pulse_asks_for_no_profile_and_for_the_accounts_that_the_newest_daily_run_found(
    pulled_before: Pulse, platform: str
) -> None:
    pulled = pulled_before.pulse(platform, at(9))
    known = ids_of_newest(pulled_before.landing, platform, DAY)
    log = pulled_before.rows(platform, "requests", pulled)
    assert {row["account_id"] for row in log} == set(known)
    assert {row["entity"] for row in log} == {"posts", "messages"}
    assert pulled.due_count == len(known)
    # A listing for each account; on YouTube the videos and, for all of them at once, the channels as well.
    threads = [url for url in pulled_before.asked if "Thread" in url.path or url.path.endswith("/context")]
    others = len(pulled_before.asked) - len(threads)
    assert others <= (2 * len(known) + 1 if platform == "youtube" else len(known))


def test_before_a_daily_run_has_found_anybody_nobody_is_asked_and_nothing_lands(
    made: Pulse, platform: str
) -> None:
    pulled = made.pulse(platform, at(9))
    assert (pulled.due_count, made.asked) == (0, [])
    made.daily(platform, DAY - timedelta(days=8))
    assert made.pulse(platform, at(9)).due_count == 0
    assert list(made.landing.runs(platform, DAY, DAY, pulses=True)) == []


def test_a_daily_run_lands_the_same_whether_there_were_pulses(
    pulled_before: Pulse, platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, log and verdict: what pulses saw is new to it, and none of them is a look at the day."""
    for hour in range(6, 24):
        pulled_before.pulse(platform, at(hour))
    for hour in range(5):
        pulled_before.pulse(platform, at(hour, day=DAY + timedelta(days=1)))
    without = Pulse(settings_of(tmp_path / "without", monkeypatch))
    for day in (BEFORE, DAY):
        without.daily(platform, day)
    day = DAY + timedelta(days=1)
    with_pulses, alone = pulled_before.daily(platform, day), without.daily(platform, day)
    for entity in ("profiles", "posts", "messages", "requests"):
        frames = [
            made.landing.read(platform, entity, day, run_id).drop("run_id")
            for made, run_id in ((pulled_before, with_pulses), (without, alone))
        ]
        assert frames[0].equals(frames[1])
        assert frames[0].height
    manifests = [
        made.landing.manifest(platform, day, run_id).quarantined
        for made, run_id in ((pulled_before, with_pulses), (without, alone))
    ]
    assert manifests[0] == manifests[1]


def test_a_post_whose_snapshot_did_not_pass_is_due_again(pulled_before: Pulse) -> None:
    first = pulled_before.pulse("bluesky", at(13))
    posts = {row["uri"] for row in pulled_before.rows("bluesky", "posts", first)}
    assert posts
    accounts = {(row["account_id"], row["force_id"]) for row in pulled_before.rows("bluesky", "posts", first)}
    out = [refused(*account, "bluesky") for account in sorted(accounts)]
    pulled_before.landing.judge("bluesky", DAY, first.run_id, out)
    again = pulled_before.pulse("bluesky", at(13, 5))
    assert {row["uri"] for row in pulled_before.rows("bluesky", "posts", again)} >= posts


def test_a_pulse_that_was_killed_leaves_nothing_that_counts(
    pulled_before: Pulse, platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is written, and between the files and the manifest."""
    landing = type(pulled_before.landing)
    for moment, where in ((at(12), "write"), (at(12, 1), "_put")):
        with monkeypatch.context() as patch:
            patch.setattr(landing, where, _killed)
            with pytest.raises(KeyboardInterrupt):
                pulled_before.pulse(platform, moment)
    assert not [run for _, run in pulled_before.landing.runs(platform, pulses=True) if is_pulse(run)]
    after = pulled_before.pulse(platform, at(12, 2))
    assert sum(after.row_counts.values()) > 0
    assert after.status_counts == {"landed": after.due_count}
    pulled_before.daily(platform, DAY + timedelta(days=1))
    assert quarantined(pulled_before.landing, platform).is_empty()


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_pulse_waits_for_nobody(pulled_before: Pulse) -> None:
    with locked(pulled_before.settings.locks / "bluesky"), pytest.raises(BusyError):
        pulled_before.pulse("bluesky", at(9))
    assert pulled_before.pulse("bluesky", at(9)).due_count


def test_what_fails_in_a_pulse_is_in_its_log_alone(made: Pulse) -> None:
    for platform in pulled_platforms():
        made.daily(platform, DAY)
    before = status(made.settings, made.landing)
    made.instead = lambda _: httpx.Response(404)
    pulled = made.pulse("mastodon", at(9))
    assert pulled.status_counts == {"refused": pulled.due_count}
    assert pulled.due_count
    assert already_landed(made.landing, DAY)
    assert quarantined(made.landing, "mastodon").is_empty()
    assert status(made.settings, made.landing) == before


def test_a_pulse_spends_its_share_and_no_more(pulled_before: Pulse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulled_before.settings, "max_requests_per_run", 48 * 3)
    pulled = pulled_before.pulse("bluesky", at(13))
    assert pulled.request_count == 3
    assert all("budget" in line for line in pulled.missing)


# A pulse and the day.


def answers(landing: Landing, day: date, run_id: str, forces: list[str], bad: list[str]) -> None:
    asked = [
        {"force_id": force, "account_id": f"bluesky:{force}", "platform": "bluesky", "status": "landed"}
        for force in forces
    ]
    out = [refused(f"bluesky:{force}", force, "bluesky") for force in bad]
    land(landing, "bluesky", day, run_id, {"requests": asked}, out)


FORCES = ["kent", "essex", "surrey", "dorset"]


def test_a_pulse_neither_condemns_nor_clears_a_day(tmp_path: Path) -> None:
    landing = Landing(tmp_path, {name: source(name).ENTITIES for name in pulled_platforms()})
    answers(landing, BEFORE, "r00000001-a-pulse", FORCES, FORCES)
    assert set(quarantined(landing, "bluesky")["run_id"]) == {"r00000001-a-pulse"}
    assert WHOLE not in quarantined(landing, "bluesky")["expectation"]
    assert in_brief(landing, BEFORE) == []
    answers(landing, BEFORE, "r00000002-a", FORCES, [])
    assert set(quarantined(landing, "bluesky")["run_id"]) == {"r00000001-a-pulse"}
    answers(landing, DAY, "r00000003-a", FORCES, FORCES[:2])
    whole = quarantined(landing, "bluesky", DAY, DAY)
    assert whole.filter(pl.col("expectation") == WHOLE).height == 2
    # The pulse let everybody pass; the day stays out, and the pulse of that day with it.
    answers(landing, DAY, "r00000004-a-pulse", FORCES, [])
    after = quarantined(landing, "bluesky", DAY, DAY)
    assert after.filter(pl.col("run_id") == "r00000003-a").equals(whole)
    assert after.filter(pl.col("run_id") == "r00000004-a-pulse").height == len(FORCES)


def test_whom_the_gate_keeps_out_is_not_asked(pulled_before: Pulse) -> None:
    landing = pulled_before.landing
    ((_, run_id),) = landing.runs("bluesky", DAY, DAY)
    out = [refused(name, name.split(":")[1].split("-")[0], "bluesky") for name in ("bluesky:kent",)]
    landing.judge("bluesky", DAY, run_id, out)
    pulled = pulled_before.pulse("bluesky", at(9))
    asked = {row["account_id"] for row in pulled_before.rows("bluesky", "requests", pulled)}
    assert "bluesky:kent" not in asked
    assert "bluesky:essex" in asked


def test_a_pulse_is_judged_by_its_rows_and_can_be_judged_again(pulled_before: Pulse) -> None:
    """That it does not bring the other posts is no fault; that a post lost its likes is."""
    for hour in range(6, 14):
        assert pulled_before.pulse("bluesky", at(hour)).quarantined == []
    landing, register = pulled_before.landing, load(pulled_before.settings.register, SEEDS)
    pulses = [run for _, run in landing.runs("bluesky", DAY, DAY, pulses=True) if is_pulse(run)]
    for run_id in pulses:
        landing.judge("bluesky", DAY, run_id, [], suites="of before")
        assert judge_again(landing, "bluesky", DAY, run_id, register.forces) == []

    def negative(request: httpx.Request) -> httpx.Response | None:
        if "getAuthorFeed" not in request.url.path:
            return None
        seen = datetime.fromisoformat(request.headers["sandbox-now"]) - timedelta(minutes=70)
        author = {"did": request.url.params["actor"], "handle": "h.example"}
        moment = seen.astimezone(UTC).isoformat()
        post = {
            "uri": "at://x/p/1",
            "author": author,
            "record": {"createdAt": moment},
            "indexedAt": moment,
            "likeCount": -5,
        }
        return httpx.Response(200, json={"feed": [{"post": post}]})

    pulled_before.instead = negative
    pulled = pulled_before.pulse("bluesky", at(15))
    assert len(pulled.quarantined) == pulled.due_count


# Open conversations.


def utc(year: int, month: int, day: int, hour: int) -> datetime:
    """A moment as it lands: UTC, without a zone."""
    return datetime(year, month, day, hour)  # noqa: DTZ001


def message(
    number: int, sent: datetime, ours: bool = False, asks: bool = True, **other: Any
) -> dict[str, Any]:
    post = {"status_id": "p", "post_published_at_utc": utc(2026, 11, 4, 8), "thread_id": "t"}
    return {
        "force_id": "kent",
        "account_id": "mastodon:kent",
        "pulled_at_utc": sent,
        "id": f"m{number}",
        "direction": "outbound" if ours else "inbound",
        "created_at_utc": sent,
        "has_question_mark": None if ours else asks,
        **post,
        **other,
    }


@pytest.mark.parametrize(
    ("rows", "is_open"),
    [
        ([message(1, utc(2026, 11, 5, 8))], True),
        ([message(1, utc(2026, 11, 5, 8), asks=False)], True),
        ([message(1, utc(2026, 11, 5, 8)), message(2, utc(2026, 11, 5, 9), ours=True)], False),
        (
            [
                message(1, utc(2026, 11, 5, 8)),
                message(2, utc(2026, 11, 5, 9), ours=True),
                message(3, utc(2026, 11, 5, 10), asks=False),  # thanks
            ],
            False,
        ),
        (
            [
                message(1, utc(2026, 11, 5, 8)),
                message(2, utc(2026, 11, 5, 9), ours=True),
                message(3, utc(2026, 11, 5, 10)),
            ],
            True,
        ),
        # Another thread below the same post is answered: this one is not.
        (
            [
                message(1, utc(2026, 11, 5, 8)),
                message(2, utc(2026, 11, 5, 9), ours=True, thread_id="other"),
            ],
            True,
        ),
        ([message(1, utc(2026, 11, 4, 11))], False),  # a day ago: daily is early enough
        ([message(1, utc(2026, 11, 5, 8), post_published_at_utc=utc(2026, 10, 28, 11))], False),
        ([message(1, utc(2026, 11, 5, 12))], False),  # not yet
    ],
)
def test_a_conversation_is_open_while_the_public_has_the_last_word(
    tmp_path: Path, rows: list[dict[str, Any]], is_open: bool
) -> None:
    landing = Landing(tmp_path, {name: source(name).ENTITIES for name in pulled_platforms()})
    land(landing, "mastodon", DAY, "r00000001-a-pulse", {"messages": rows[:1]})
    land(landing, "mastodon", DAY, "r00000002-a", {"messages": rows})
    found = open_threads(landing, source("mastodon"), "mastodon", datetime(2026, 11, 5, 11, tzinfo=UTC))
    published = rows[0]["post_published_at_utc"].replace(tzinfo=UTC)
    assert found == ({"mastodon:kent": {"p": published}} if is_open else {})


def test_an_open_conversation_is_read_until_it_is_answered(pulled_before: Pulse, platform: str) -> None:
    """What is said in it lands in the hour in which it is said, and nothing of it twice."""
    key = source(platform).KEYS["messages"]
    seen: list[str] = []
    for hour in range(6, 22):
        pulled = pulled_before.pulse(platform, at(hour))
        open_before = open_threads(pulled_before.landing, source(platform), platform, at(hour))
        assert all(
            at(hour).astimezone(UTC) - published < MESSAGE_HORIZON
            for posts in open_before.values()
            for published in posts.values()
        )
        seen += [row[key] for row in pulled_before.rows(platform, "messages", pulled)]
    assert len(seen) == len(set(seen))
    assert len(seen) > 3
    truth = pulled_before.daily(platform, DAY + timedelta(days=1))
    landed = pulled_before.landing.read(platform, "messages", DAY + timedelta(days=1), truth)
    assert set(seen) <= set(landed[key])


def test_no_platform_is_asked_without_its_key(made: Pulse, monkeypatch: pytest.MonkeyPatch) -> None:
    made.daily("youtube", DAY)
    monkeypatch.setattr(Settings, "token", lambda self, platform: None)
    pulled = made.pulse("youtube", at(9))
    assert (pulled.due_count, made.asked) == (0, [])
