"""The job, its clock and the sensor for what is late: each announced day leaves one release."""

from datetime import date, datetime, timedelta

import dagster as dg
import pytest

from pipelines.landing.store import open_landing
from pipelines.orchestration.official import build_job, build_schedule, build_sensor
from pipelines.orchestration.resources import resources
from pipelines.release.marking import make_due
from pipelines.release.official import officials, path_of
from pipelines.settings import LONDON, Settings
from tests.orchestration.test_sensors import Watch, told
from tests.release.official import DECEMBER, NOVEMBER, OF_NOVEMBER, month, publish

__all__ = ["told"]
HALF_PAST = OF_NOVEMBER.astimezone(LONDON)
MINUTE = timedelta(minutes=1)


def run(settings: Settings, now: datetime) -> dg.ExecuteInProcessResult:
    job = build_job(lambda: now)
    return job.execute_in_process(resources=resources(settings), raise_on_error=False)


def schedule(settings: Settings, now: datetime) -> object:
    made = build_schedule(settings, build_job(), lambda: now)
    with dg.build_schedule_context(scheduled_execution_time=now) as context:
        return made(context)


def sensor(settings: Settings, now: datetime) -> object:
    made = build_sensor(settings, build_job(), lambda: now)
    with dg.build_sensor_context(dg.DagsterInstance.ephemeral()) as context:
        return made(context)


def test_the_clock_is_half_past_nine_in_london_on_working_days(settings: Settings) -> None:
    made = build_schedule(settings, build_job())
    assert (made.cron_schedule, made.execution_timezone) == ("30 9 * * 1-5", "Europe/London")


def test_the_schedule_runs_on_the_announced_day_and_no_other(settings: Settings) -> None:
    publish(settings, date(2026, 12, 12), month(NOVEMBER))
    assert isinstance(schedule(settings, HALF_PAST - timedelta(days=3)), dg.SkipReason)
    asked = schedule(settings, HALF_PAST)
    assert isinstance(asked, dg.RunRequest)
    assert asked.run_key == "official/2026-11-01"
    assert run(settings, HALF_PAST).success
    assert [mark.month for mark in officials(settings)] == [NOVEMBER]
    assert isinstance(schedule(settings, HALF_PAST), dg.SkipReason)
    again = run(settings, HALF_PAST + MINUTE)
    assert again.success
    assert len(officials(settings)) == 1


def test_a_run_that_can_make_none_fails_and_says_why(settings: Settings) -> None:
    publish(settings, date(2026, 12, 12), month(NOVEMBER, is_provisional=True))
    done = run(settings, HALF_PAST)
    assert not done.success
    (failure,) = (event for event in done.all_events if event.is_step_failure)
    assert "November 2026 is not final" in str(failure.step_failure_data.error)
    assert officials(settings) == []


def test_what_is_late_is_made_once_another_release_is_there(settings: Settings) -> None:
    publish(settings, date(2026, 12, 12), month(NOVEMBER, is_provisional=True))
    late = OF_NOVEMBER + timedelta(hours=20)
    first = sensor(settings, late)
    publish(settings, date(2026, 12, 22), month(NOVEMBER))
    second = sensor(settings, late)
    assert isinstance(first, dg.RunRequest)
    assert isinstance(second, dg.RunRequest)
    assert first.run_key != second.run_key  # so Dagster runs it again
    assert sensor(settings, late).run_key == second.run_key  # type: ignore[attr-defined]
    assert run(settings, late).success
    assert isinstance(sensor(settings, late), dg.SkipReason)


def test_an_official_release_that_is_not_out_is_told_once_and_when_it_is(
    settings: Settings, told: list[str]
) -> None:
    publish(settings, date(2026, 12, 12), month(NOVEMBER, is_provisional=True))
    watch = Watch(settings, "tell_of_official_releases", OF_NOVEMBER + 14 * MINUTE)
    watch.tick()
    assert told == []
    watch.now = OF_NOVEMBER + 16 * MINUTE
    watch.tick()
    watch.tick()
    assert len(told) == 1
    assert "The official release of November 2026 is not out" in told[0]
    assert "Since: 21 December 2026, 09:30" in told[0]
    assert "`beatbook releases official` says why" in told[0]
    publish(settings, date(2026, 12, 22), month(NOVEMBER))
    make_due(settings, open_landing(settings), watch.now)
    watch.tick()
    assert len(told) == 2
    assert "Over: The official release of November 2026 is not out" in told[1]


def test_a_damaged_official_release_or_list_is_told(settings: Settings, told: list[str]) -> None:
    publish(settings, date(2026, 12, 12), month(NOVEMBER))
    mark = make_due(settings, open_landing(settings), OF_NOVEMBER)
    assert mark
    publish(settings, date(2026, 12, 22), month(NOVEMBER), month(DECEMBER))
    watch = Watch(settings, "tell_of_official_releases", OF_NOVEMBER + 30 * MINUTE)
    (settings.releases / mark.release_id / "release.json").unlink()
    watch.tick()
    assert f"The official release {mark.release_id} is not what was published" in told[-1]
    path_of(settings).write_text("{}")
    watch.tick()
    assert "The list of official releases cannot be read" in told[-1]


def test_a_calendar_that_ends_is_told(
    settings: Settings, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(settings, "tell_of_official_releases", datetime(2027, 6, 1, tzinfo=LONDON))
    monkeypatch.setattr("pipelines.alerts.troubles.overdue", lambda *_: None)
    watch.tick()
    assert "The calendar of official releases ends with 10 January 2028, 09:30" in told[0]
