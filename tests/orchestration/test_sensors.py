"""Each sensor fires once when something begins and once when it is over, by HTTP and SMTP, else never."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import msgspec
import pytest

from pipelines.alerts.channels import NotToldError
from pipelines.definitions import build_definitions
from pipelines.gates.records import GateResult, record
from pipelines.landing.store import Landing, open_landing
from pipelines.orchestration.sensors import build_sensors
from pipelines.release.published import RECORD, RECORD_SUM, Release, record_sum
from pipelines.settings import Settings
from pipelines.sources.catalogue import pulled_platforms
from tests.alerts.servers import Mailbox, Webhook
from tests.landing.landed import land, refused
from tests.release.small_build import build

TODAY, EIGHT = date(2026, 11, 9), [f"force-{n}" for n in range(8)]
AT_NINE = datetime(2026, 11, 9, 9, tzinfo=UTC)


class Watch:
    """One sensor, ticked as the daemon does, with the cursor that it left."""

    def __init__(self, settings: Settings, name: str, now: datetime = AT_NINE) -> None:
        self.now = now
        sensors = build_sensors(settings, lambda: self.now)
        (self.sensor,) = (each for each in sensors if each.name == name)
        self.instance = dg.DagsterInstance.ephemeral()
        self.cursor: str | None = None

    def tick(self) -> str:
        """What the tick says; the cursor is kept if it does not fail."""
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        done = self.sensor.evaluate_tick(context)
        self.cursor = done.cursor
        return done.skip_message or ""


@pytest.fixture
def landing(settings: Settings) -> Landing:
    return open_landing(settings)


@pytest.fixture
def told(webhook: Webhook, mailbox: Mailbox) -> Iterator[list[str]]:
    """What both channels got, one text a message; in the end both have the same."""
    texts = _Texts(webhook)
    yield texts
    assert [mail.get_content().split() for mail in mailbox.got] == [text.split() for text in texts]


class _Texts(list[str]):
    def __init__(self, webhook: Webhook) -> None:
        self._got = webhook.got

    def __iter__(self) -> Iterator[str]:
        return (body["text"] for body in self._got)

    def __len__(self) -> int:
        return len(self._got)

    def __getitem__(self, nth: int) -> str:  # type: ignore[override]
        return str(self._got[nth]["text"])


def run(landing: Landing, platform: str, bad: list[str], day: date = TODAY) -> None:
    """A run that asks an account of each force, of which those of `bad` do not pass."""
    log = [
        {"force_id": force, "account_id": f"{platform}:{force}", "platform": platform, "status": "landed"}
        for force in EIGHT
    ]
    out = [refused(f"{platform}:{force}", force, platform, "words of theirs") for force in bad]
    land(landing, platform, day, landing.new_run_id(), {"requests": log}, out)


def release(settings: Settings, created_at: str) -> None:
    """The record of a release that was made then."""
    name = f"{created_at[:10].replace('-', '')}T0530-0123456789"
    made = Release(name, "", created_at, "", False, "", "", "", 1)
    folder = settings.releases / made.release_id
    folder.mkdir(parents=True)
    (folder / RECORD).write_bytes(msgspec.json.encode(made))
    (folder / RECORD_SUM).write_text(record_sum(folder / RECORD))
    (settings.releases / "current").write_text(f"{made.release_id}\n")


def job(name: str, *, fails: bool, words: str = "") -> dg.JobDefinition:
    @dg.op(name="landing__bluesky")
    def step() -> None:
        if fails:
            raise ValueError(words)

    @dg.job(name=name)
    def made() -> None:
        step()

    return made


def execute(watch: Watch, name: str, *, fails: bool, words: str = "") -> str:
    done = job(name, fails=fails, words=words).execute_in_process(
        instance=watch.instance, raise_on_error=False, tags={"dagster/partition": "2026-11-09"}
    )
    return done.run_id


def test_a_run_that_fails_is_told_once_and_once_that_it_succeeded(
    settings: Settings,
    told: list[str],
) -> None:
    watch = Watch(settings, "tell_of_runs")
    execute(watch, "daily", fails=False)
    watch.tick()
    assert len(told) == 0
    run_id = execute(watch, "daily", fails=True, words="a key: s3cret, and what somebody wrote")
    watch.tick()
    watch.tick()
    assert len(told) == 1
    assert "A run of the job daily for 2026-11-09 failed at landing__bluesky" in told[0]
    assert f"https://dagster.example.org/runs/{run_id}" in told[0]
    assert f"Since: {datetime.now(UTC):%Y-%m-%d}" in told[0]
    assert "What to do: " in told[0]
    assert "s3cret" not in told[0]
    execute(watch, "daily", fails=True)  # it lasts
    watch.tick()
    assert len(told) == 1
    execute(watch, "daily", fails=False)
    watch.tick()
    watch.tick()
    assert len(told) == 2
    assert "Over: A run of the job daily" in told[1]


def test_a_run_that_waits_for_over_an_hour_is_told_and_when_its_turn_has_come(
    settings: Settings, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(settings, "tell_of_runs")
    line = "run 12ab (daily of 2026-11-09) has waited since 2026-11-09 05:30 UTC, behind 34cd"
    monkeypatch.setattr("pipelines.alerts.troubles.waiting", lambda *_: {"12ab": line})
    watch.tick()
    watch.tick()
    assert len(told) == 1
    assert "A run waits for its turn for over an hour" in told[0]
    assert f"What to do: {line}; cancel that one" in told[0]
    monkeypatch.setattr("pipelines.alerts.troubles.waiting", lambda *_: {})
    watch.tick()
    assert len(told) == 2
    assert "Over: A run waits" in told[1]


def test_what_forces_sent_is_entered_once_as_a_materialisation(settings: Settings, landing: Landing) -> None:
    watch = Watch(settings, "landed_returns")
    row = {"force_id": "kent", "account_id": "x:kent", "platform": "x"}
    for kind in ("posts", "profiles"):
        rows = {kind: [row | {"post_id": str(n)} for n in range(2)] if kind == "posts" else [row]}
        land(landing, "returns", TODAY, landing.new_run_id(), rows, [refused("x:kent", "kent", "x")])
    context = dg.build_sensor_context(instance=watch.instance)
    done = watch.sensor.evaluate_tick(context)
    shown = [dict(event.metadata) for event in done.asset_events]
    assert [each["kinds"].value for each in shown] == ["posts", "profiles"]
    assert [each["dagster/row_count"].value for each in shown] == [2, 1]
    assert {each["forces"].value for each in shown} == {"kent"}
    again = watch.sensor.evaluate_tick(dg.build_sensor_context(instance=watch.instance, cursor=done.cursor))
    assert not again.asset_events
    assert again.cursor == done.cursor


def test_a_failure_of_one_job_is_not_over_when_another_succeeds_but_when_the_daily_one_does(
    settings: Settings,
    told: list[str],
) -> None:
    watch = Watch(settings, "tell_of_runs")
    execute(watch, "build", fails=True)
    watch.tick()
    execute(watch, "pull", fails=False)
    watch.tick()
    assert len(told) == 1
    execute(watch, "daily", fails=False)
    watch.tick()
    assert "Over: A run of the job build" in told[1]


def test_accounts_in_quarantine_are_told_together_once_and_when_they_are_out(
    settings: Settings,
    landing: Landing,
    told: list[str],
) -> None:
    watch = Watch(settings, "tell_of_gates_and_quarantines")
    run(landing, "bluesky", [])
    watch.tick()
    assert len(told) == 0
    run(landing, "bluesky", EIGHT[:2])
    watch.tick()
    watch.tick()
    assert len(told) == 1
    assert "bluesky: quarantined by bluesky/posts: expect_nothing()" in told[0]
    assert "(2): bluesky:force-0, bluesky:force-1" in told[0]
    assert "Since: 2026-11-09" in told[0]
    assert "https://dagster.example.org/assets/landing/bluesky" in told[0]
    assert "words of theirs" not in told[0]
    run(landing, "bluesky", EIGHT[1:2])  # one is out, one lasts
    watch.tick()
    assert len(told) == 2
    assert "Over:" in told[1]
    assert "bluesky:force-0" in told[1]
    assert "bluesky:force-1" not in told[1]
    run(landing, "bluesky", EIGHT[1:2], TODAY + timedelta(days=1))
    watch.tick()
    assert len(told) == 2


def test_a_platform_that_is_quarantined_as_a_whole_is_told(
    settings: Settings,
    landing: Landing,
    told: list[str],
) -> None:
    watch = Watch(settings, "tell_of_gates_and_quarantines")
    run(landing, "bluesky", EIGHT[:3])
    run(landing, "youtube", [])
    watch.tick()
    assert len(told) == 1
    assert "bluesky is quarantined as a whole" in told[0]
    assert "youtube" not in told[0]
    run(landing, "bluesky", [], TODAY + timedelta(days=1))
    watch.tick()
    watch.tick()
    assert len(told) == 2
    assert "Over: bluesky is quarantined as a whole" in told[1]


def test_a_damaged_landing_file_is_told_and_hides_no_other_platform(
    settings: Settings,
    landing: Landing,
    told: list[str],
) -> None:
    watch = Watch(settings, "tell_of_gates_and_quarantines")
    run(landing, "bluesky", [])
    run(landing, "youtube", EIGHT[:1])
    next(landing.root.glob("bluesky/requests/day=*/*.parquet")).unlink()
    watch.tick()
    assert "bluesky: a landing file is damaged or missing" in told[0]
    assert "youtube:force-0" in told[0]


def test_a_release_gate_that_refuses_is_told_until_it_passes(
    settings: Settings,
    told: list[str],
) -> None:
    watch = Watch(settings, "tell_of_gates_and_quarantines")
    build(settings, gates=False)  # not judged yet
    watch.tick()
    assert len(told) == 0
    failures = ["12 numbers, but the current release has 400"]
    record(settings.gates, GateResult("release", "b1", passed=False, failures=failures))
    build(settings, build_id="b1", gates=False)
    watch.tick()
    watch.tick()
    assert len(told) == 1
    assert "The release gate refused the newest build, by 1 of its rules" in told[0]
    build(settings, build_id="b2")
    watch.tick()
    assert "Over: The release gate" in told[1]


def test_a_build_that_does_not_pass_is_told_until_a_later_one_does(
    settings: Settings,
    told: list[str],
) -> None:
    watch = Watch(settings, "tell_of_gates_and_quarantines")
    build(settings)
    made = settings.warehouse.stat().st_mtime
    settings.build_failure.write_text('["a test failed"]')
    os.utime(settings.build_failure, (made + 60, made + 60))
    watch.tick()
    watch.tick()
    assert len(told) == 1
    assert "The newest build of the warehouse failed" in told[0]
    os.utime(settings.build_failure, (made - 60, made - 60))
    watch.tick()
    assert "Over:" in told[1]


def test_a_release_is_stale_after_thirty_hours(settings: Settings, told: list[str]) -> None:
    landed_today(open_landing(settings))
    release(settings, "2026-11-08T05:40:00Z")
    watch = Watch(settings, "tell_of_staleness", datetime(2026, 11, 9, 11, 40, tzinfo=UTC))
    watch.tick()
    assert len(told) == 0
    watch.now += timedelta(minutes=1)
    watch.tick()
    watch.tick()
    assert len(told) == 1
    assert "No release for more than 30 hours\nSince: 2026-11-08 05:40 UTC" in told[0]
    release(settings, "2026-11-09T11:41:00Z")
    watch.tick()
    assert "Over: No release for more than 30 hours" in told[1]


def test_a_damaged_release_is_told(settings: Settings, told: list[str]) -> None:
    landed_today(open_landing(settings))
    settings.releases.mkdir(parents=True, exist_ok=True)
    (settings.releases / "current").write_text("nothing")
    Watch(settings, "tell_of_staleness").tick()
    assert "The published release is damaged" in told[0]


def landed_today(landing: Landing, *but: str) -> None:
    for platform in pulled_platforms():
        run(landing, platform, [], TODAY - timedelta(days=platform in but))


def test_a_platform_that_has_not_landed_by_eight_in_london_is_told_until_it_does(
    settings: Settings,
    landing: Landing,
    told: list[str],
) -> None:
    landed_today(landing, "youtube")
    release(settings, "2026-11-08T05:40:00Z")
    watch = Watch(settings, "tell_of_staleness", datetime(2026, 11, 9, 7, 59, tzinfo=UTC))
    watch.tick()
    assert len(told) == 0
    watch.now += timedelta(minutes=1)
    watch.tick()
    watch.tick()
    assert len(told) == 1
    assert "Nothing has landed today, and what is missed can never be pulled: youtube" in told[0]
    assert "Since: 2026-11-08, the last day that landed" in told[0]
    assert "bluesky" not in told[0]
    release(settings, "2026-11-09T23:00:00Z")
    watch.now = datetime(2026, 11, 10, 0, 5, tzinfo=UTC)  # the next day has begun, and nothing is better
    watch.tick()
    assert len(told) == 1
    run(landing, "youtube", [])
    watch.tick()
    assert len(told) == 2
    assert "Over: Nothing has landed today" in told[1]


def test_in_summer_eight_in_london_is_seven_utc(
    settings: Settings,
    told: list[str],
) -> None:
    landing = open_landing(settings)
    for platform in pulled_platforms():
        run(landing, platform, [], date(2026, 6, 30))
    watch = Watch(settings, "tell_of_staleness", datetime(2026, 7, 1, 6, 59, tzinfo=UTC))
    release(settings, "2026-07-01T05:40:00Z")
    watch.tick()
    assert len(told) == 0
    watch.now += timedelta(minutes=1)
    watch.tick()
    assert f"can never be pulled ({len(pulled_platforms())}): bluesky" in told[0]


def test_what_nobody_could_be_told_is_told_at_the_next_tick(
    settings: Settings,
    landing: Landing,
    webhook: Webhook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("BEATBOOK_ALERT_EMAIL")
    watch = Watch(Settings(), "tell_of_gates_and_quarantines")
    run(landing, "bluesky", EIGHT[:1])
    webhook.status = 500
    with pytest.raises(NotToldError, match="the webhook answered 500"):
        watch.tick()
    webhook.status = 200
    watch.tick()
    watch.tick()
    assert len(webhook.got) == 1


def test_production_watches_from_the_start_and_the_sandbox_when_it_is_switched_on(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = {
        *("tell_of_runs", "tell_of_gates_and_quarantines", "tell_of_staleness"),
        *("tell_of_official_releases", "late_official"),
    }
    for profile, status in (
        ("production", dg.DefaultSensorStatus.RUNNING),
        ("sandbox", dg.DefaultSensorStatus.STOPPED),
    ):
        monkeypatch.setenv("BEATBOOK_PROFILE", profile)
        found = {sensor.name: sensor for sensor in build_definitions(Settings()).sensors or []}
        assert names <= found.keys()
        assert {found[name].default_status for name in names} == {status}
