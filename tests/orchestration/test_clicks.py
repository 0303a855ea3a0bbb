"""What the UI's GraphQL shows: the days that are offered, a tick that comes late, runs of the command."""

import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from dagster._core.test_utils import freeze_time
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.landing.store import open_landing
from pipelines.orchestration.partitions import days
from pipelines.registry import RegistryError
from pipelines.settings import LONDON, Settings
from tests.landing.landed import land
from tests.orchestration.dagster_ui import REPOSITORY, Ui, dagster_ui

TODAY = date(2026, 11, 20)
DAYS_OFFERED = (
    '{assetNodeOrError(assetKey: {path: ["landing", "youtube"]}) {... on AssetNode {partitionKeys}}}'
)
TICK = """
mutation($schedule: ScheduleSelector!, $moment: Float!) {
  scheduleDryRun(selectorData: $schedule, timestamp: $moment) {
    ... on DryRunInstigationTick {
      evaluationResult { skipReason error { message } runRequests { runKey tags { key value } } }
    }
  }
}
"""


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.environ", {**os.environ, "BEATBOOK_HOME": str(tmp_path / "home")})


@pytest.fixture
def production(environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """On `TODAY`, whatever the clock shows: it could strike midnight."""
    os.environ["BEATBOOK_PROFILE"] = "production"
    settings = Settings()
    settings.prepare()
    monkeypatch.setattr(type(settings.profile), "clock_day", staticmethod(lambda: TODAY))
    with freeze_time(datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=LONDON)):
        yield settings


def landed(settings: Settings, day: date) -> None:
    landing = open_landing(settings)
    land(landing, "youtube", day, landing.new_run_id(), {"requests": []})


def tick(ui: Ui, day: date) -> dict[str, object]:
    """What the schedule asks for at 05:30 of a day."""
    schedule = {**REPOSITORY, "scheduleName": "daily_0530_london"}
    at = datetime(day.year, day.month, day.day, 5, 30, tzinfo=LONDON)
    answer = ui.ask(TICK, schedule=schedule, moment=at.timestamp())
    found: dict[str, object] = answer["scheduleDryRun"]["evaluationResult"]
    return found


@pytest.mark.dbt
def test_production_offers_today_and_what_has_landed_and_a_late_tick_asks_for_nothing(
    production: Settings,
) -> None:
    before, missed = TODAY - timedelta(days=3), TODAY - timedelta(days=2)
    landed(production, before)
    landed(production, TODAY - timedelta(days=1))
    with dagster_ui(production) as ui:
        offered = ui.ask(DAYS_OFFERED)["assetNodeOrError"]["partitionKeys"]
        assert offered == [str(before), str(TODAY - timedelta(days=1)), str(TODAY)]

        late = tick(ui, missed)
        assert not late["runRequests"]
        assert late["skipReason"] == f"{missed} cannot be pulled; what can be pulled now: {TODAY}"
        [request] = tick(ui, TODAY)["runRequests"]  # type: ignore[misc,attr-defined]
        assert {"key": "dagster/partition", "value": str(TODAY)} in request["tags"]


def test_production_before_its_first_pull_offers_today_alone(production: Settings) -> None:
    assert days(production).get_partition_keys() == [str(TODAY)]


@pytest.mark.parametrize("clock", [date(2026, 3, 1), date(2026, 10, 1), date(2027, 2, 1)])
def test_the_sandbox_offers_its_days_whatever_the_clock_shows(
    environment: None, clock: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings()
    monkeypatch.setattr(type(settings.profile), "clock_day", staticmethod(lambda: clock))
    with freeze_time(datetime(clock.year, clock.month, clock.day, 12, tzinfo=LONDON)):
        offered = days(settings).get_partition_keys()
    assert offered[0] == "2026-09-01"
    assert offered[-1] == str(max(date(2026, 11, 10), clock))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--until", "2026-08-31"], "2026-08-31 cannot be pulled: the days of the sandbox are 2026-09-01 to"),
        (["--until", "9999-12-31"], "9999-12-31 cannot be pulled"),
        (["--days", "71"], "71 days up to 2026-11-09 cannot be pulled"),
        (["--days", "9999999"], "9999999 days up to 2026-11-09 cannot be pulled"),
    ],
)
def test_a_day_that_there_is_not_is_a_sentence_and_a_wrong_call(
    environment: None, words: list[str], said: str
) -> None:
    done = CliRunner().invoke(app, ["run", *words])
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_register_that_is_wrong_is_bad_input_to_a_build(
    environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No gate has failed: a file is to be put right, as where a command reads it without a run."""

    def wrong(_: Path) -> None:
        raise RegistryError("corrections.csv", 2, "counter", "'likes' is no counter")

    monkeypatch.setattr("pipelines.warehouse.build.check_peers", wrong)
    done = CliRunner().invoke(app, ["build"])
    assert done.exit_code == 1
    assert "corrections.csv, line 2, column counter: 'likes' is no counter" in done.stderr


def test_a_run_of_the_command_has_its_job_and_can_be_run_again(environment: None) -> None:
    """A build with nothing landed, which fails at once."""
    done = CliRunner().invoke(app, ["build"])
    assert done.exit_code == 3
    assert "nothing has landed yet" in done.stderr
    with dagster_ui(Settings()) as ui:
        [found] = ui.ask(RUNS)["runsOrError"]["results"]
        assert found["repositoryOrigin"] == REPOSITORY
        jobs = ui.ask(JOBS, repository=REPOSITORY)["repositoryOrError"]["pipelines"]
        assert {job["name"]: [run["runId"] for run in job["runs"]] for job in jobs}["build"] == [
            found["runId"]
        ]
        run = ui.instance.get_run_by_id(found["runId"])
        assert run is not None
        for strategy in ("ALL_STEPS", "FROM_FAILURE"):
            again = ui.again(run, strategy)
            assert (again.parent_run_id, again.job_name) == (run.run_id, "build")


RUNS = """
{
  runsOrError {
    ... on Runs {
      results { runId tags { key value } repositoryOrigin { repositoryLocationName repositoryName } }
    }
  }
}
"""
JOBS = """
query($repository: RepositorySelector!) {
  repositoryOrError(repositorySelector: $repository) {
    ... on Repository { pipelines { name runs { runId } } }
  }
}
"""
