"""The pulse's job and schedule: a step a platform, apart from the days, off the daily run's time."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import pytest
from dagster._core.instance_for_test import instance_for_test

from pipelines.definitions import build_definitions
from pipelines.landing.locks import locked
from pipelines.landing.pull import pull_day
from pipelines.landing.store import is_pulse, open_landing
from pipelines.orchestration.partitions import days
from pipelines.orchestration.pulse import NAME, config_at, step_of
from pipelines.settings import LONDON, Settings
from pipelines.sources.catalogue import pulled_platforms
from tests.gates.nation import settings_of
from tests.landing.landed import land

DAY = date(2026, 11, 5)
AT = datetime(2026, 11, 5, 13, tzinfo=LONDON)


class Pulsed:
    """A nation of one force, pulled on one day; `broken` is what does not answer."""

    def __init__(self) -> None:
        self.broken = "nothing"

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        if self.broken in request.url.path:
            raise OSError("no such host")
        return None


@pytest.fixture
def pulsed() -> Pulsed:
    return Pulsed()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pulsed: Pulsed) -> Settings:
    monkeypatch.setattr("os.environ", dict(os.environ))
    made = settings_of(tmp_path / "home", monkeypatch, answer=pulsed.answer)
    made.prepare()
    landing = open_landing(made)
    for platform in pulled_platforms():
        pull_day(made, platform, DAY, landing.new_run_id(), forces=["kent"])
    return made


def execute(settings: Settings, **also: Any) -> dg.ExecuteInProcessResult:
    job = build_definitions(settings).resolve_job_def(NAME)
    return job.execute_in_process(run_config={"ops": config_at(AT)}, raise_on_error=False, **also)


def test_a_pulse_lands_each_platform_and_is_seen_beside_the_day(settings: Settings) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        done = execute(settings, instance=instance)
        assert done.success
        landing = open_landing(settings)
        for platform in pulled_platforms():
            [pulse] = [run for _, run in landing.runs(platform, DAY, DAY, pulses=True) if is_pulse(run)]
            assert landing.manifest(platform, DAY, pulse).files.keys() >= {"requests"}
            key = dg.AssetKey(["landing", platform])
            [seen] = instance.fetch_observations(key, limit=5).records
            assert seen.partition_key == str(DAY)
            # No pulse makes a day one that has landed.
            assert instance.fetch_materializations(key, limit=5).records == []


@pytest.mark.parametrize("at", ["soon", "2026-11-05", "2026-11-05T13:00", "1999-11-05T13:00Z"])
def test_a_moment_that_is_none_is_said_and_nobody_is_asked(settings: Settings, at: str) -> None:
    """A moment without a zone would be the machine's: an hour's pulse under another day."""
    job = build_definitions(settings).resolve_job_def(NAME)
    with dg.DagsterInstance.ephemeral() as instance:
        done = job.execute_in_process(
            run_config={"ops": {step_of("bluesky"): {"config": {"at": at}}}},
            op_selection=[step_of("bluesky")],
            raise_on_error=False,
            instance=instance,
        )
    [failed] = [event for event in done.all_node_events if event.is_step_failure]
    assert at[:4] in str(failed.step_failure_data.error)
    assert failed.step_failure_data.user_failure_data is not None  # our sentence, no traceback of theirs
    landing = open_landing(settings)
    assert [run for _, run in landing.runs("bluesky", DAY, DAY, pulses=True) if is_pulse(run)] == []


def test_a_platform_that_fails_or_is_being_asked_holds_no_other(settings: Settings, pulsed: Pulsed) -> None:
    with locked(settings.locks / "bluesky"):
        done = execute(settings)
    assert done.success  # whoever asks it now brings more than the pulse would
    pulsed.broken = "/youtube/"
    done = execute(settings)
    assert done.success  # accounts that fail are in the log
    (settings.register / "accounts.csv").write_text("no register\n")
    done = execute(settings)
    assert not done.success
    failed = {event.step_key for event in done.all_events if event.is_step_failure}
    assert failed == {f"pulse__{platform}" for platform in pulled_platforms()}


def test_it_runs_every_hour_on_the_hour_and_half_an_hour_from_the_daily_run(settings: Settings) -> None:
    schedule = build_definitions(settings).resolve_schedule_def("pulse_hourly")
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 * * * *", "Europe/London")
    assert schedule.job_name == NAME
    with instance_for_test() as instance:

        def tick(moment: datetime) -> Any:
            context = dg.build_schedule_context(instance, scheduled_execution_time=moment)
            return schedule(context)

        request = tick(AT)
        assert isinstance(request, dg.RunRequest)
        assert request.run_config == {"ops": config_at(AT.astimezone(UTC))}
        # A clock before the sandbox's days.
        skipped = tick(AT - timedelta(days=400))
        assert isinstance(skipped, dg.SkipReason)
        assert "the days of the sandbox are 2026-09-01 to" in str(skipped.skip_message)
        # The last one is not over.
        job = build_definitions(settings).resolve_job_def(NAME)
        instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
        assert "is not over" in str(tick(AT).skip_message)


def test_in_production_it_is_of_now_and_on_from_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "production"))
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")
    schedule = build_definitions(Settings()).resolve_schedule_def("pulse_hourly")
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    with instance_for_test() as instance:
        request = schedule(dg.build_schedule_context(instance, scheduled_execution_time=AT))
    assert isinstance(request, dg.RunRequest)
    assert not request.run_config


def test_a_day_that_only_pulses_have_seen_has_not_landed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "production"))
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")
    settings = Settings()
    landing, today = open_landing(settings), settings.profile.today()
    land(landing, "bluesky", today - timedelta(days=2), "r00000001-a", {"requests": []})
    land(landing, "bluesky", today - timedelta(days=1), "r00000002-a-pulse", {"requests": []})
    assert days(settings).get_partition_keys() == [str(today - timedelta(days=2)), str(today)]
