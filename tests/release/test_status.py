"""What stands in the way of the next release: the last build, a failed one, what the last pull brought."""

import os
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.gates.records import GateResult, record
from pipelines.landing.manifest import Refused
from pipelines.landing.store import Landing, open_landing
from pipelines.release.marking import make_due
from pipelines.release.official import path_of
from pipelines.release.status import Status, already_landed, status
from pipelines.settings import Profile, Settings
from pipelines.sources.catalogue import pulled_platforms
from tests.damage import cut, flip
from tests.landing.landed import land, refused
from tests.release.official import NOVEMBER, OF_NOVEMBER, month, publish
from tests.release.small_release import OCTOBER, everywhere, publish_small

DAY, RUN = date(2026, 11, 9), "20261109T053000000000-aaaaaaaa"
NOW = datetime(2026, 11, 9, 5, 30)  # noqa: DTZ001


@pytest.fixture
def landing(settings: Settings) -> Landing:
    return open_landing(settings)


def build(settings: Settings, posts_from: str = "2026-09-01") -> None:
    """A warehouse file and the record of how it was built, both gates passed."""
    settings.warehouse.write_bytes(b"a warehouse")
    stat = settings.warehouse.stat()
    window = {
        "history_from_date": "2026-09-01",
        "first_pull_date": None,
        "last_pull_date": None,
        "posts_from_date": posts_from,
        "messages_from_date": posts_from,
        "data_as_of_utc": "2026-11-09T05:30:00",
        "runs": {},
    }
    made = {
        "build_id": "b1",
        "sha256": "",
        "file_mark": f"{stat.st_size}-{stat.st_mtime_ns}",
        "made_of": {},
        "window": window,
    }
    (settings.home / "build.json").write_bytes(msgspec.json.encode(made))
    for gate in ("dbt", "release"):
        record(settings.gates, GateResult(gate, "b1", passed=True))


def pull(landing: Landing, *quarantined: Refused, **log: Any) -> None:
    """One account of Kent, polled on YouTube."""
    row = {"force_id": "kent", "account_id": "youtube:kent", "pulled_at_utc": NOW, "platform": "youtube"}
    row |= {"entity": "posts", "status": "landed"}
    land(landing, "youtube", DAY, RUN, {"requests": [row | log]}, quarantined)


def test_all_well(settings: Settings, landing: Landing) -> None:
    publish_small(settings, everywhere(OCTOBER))
    pull(landing)
    build(settings)
    found = status(settings, landing)
    assert found.is_complete
    assert found.pulls == [
        {
            "platform": "youtube",
            "day": "2026-11-09",
            "polled": 1,
            "landed": 1,
            "refused": 0,
            "throttled": 0,
            "failed": 0,
            "quarantined": 0,
        }
    ]


def test_an_empty_folder_is_incomplete(settings: Settings, landing: Landing) -> None:
    assert status(settings, landing) == Status(next_official="November 2026: 21 December 2026, 09:30")
    assert not Status().is_complete


@pytest.mark.parametrize("outcome", ["throttled", "failed"])
def test_an_account_that_went_wrong_is_named(settings: Settings, landing: Landing, outcome: str) -> None:
    publish_small(settings, everywhere(OCTOBER))
    pull(landing, status=outcome, reason="server_error", detail="503")
    found = status(settings, landing)
    assert not found.is_complete
    assert found.pulls[0][outcome] == 1
    assert found.missing_in_brief == [f"kent: youtube:kent {outcome}: server_error (503)"]


def test_a_quarantined_account_is_named(settings: Settings, landing: Landing) -> None:
    publish_small(settings, everywhere(OCTOBER))
    pull(landing, refused("youtube:kent", "kent", "youtube", "a handle is empty"))
    found = status(settings, landing)
    assert not found.is_complete
    assert found.pulls[0]["quarantined"] == 1
    assert found.missing_in_brief == ["kent: youtube:kent quarantined: a handle is empty"]


def test_a_gate_without_a_record_and_one_that_failed_are_named(settings: Settings, landing: Landing) -> None:
    build(settings)
    (settings.gates / "release" / "b1.json").unlink()
    record(settings.gates, GateResult("dbt", "b1", passed=False, failures=["a test failed"]))
    assert status(settings, landing).failed_gates == [
        "dbt gate, b1: a test failed",
        "release gate: no record for b1",
    ]


@pytest.mark.parametrize(
    ("posts_from", "line"),
    [
        ("2026-09-01", "every day from 2026-09-01"),
        ("2026-10-09", "the days from 2026-10-09, the rest as it was"),
        ("2026-11-11", "nothing was new"),
    ],
)
def test_what_the_last_build_computed(
    settings: Settings, landing: Landing, posts_from: str, line: str
) -> None:
    build(settings, posts_from)
    os.utime(settings.warehouse)  # what is not the recorded file is no build
    assert status(settings, landing).build is None
    build(settings, posts_from)
    printed = CliRunner().invoke(app, ["status"]).stdout
    assert f": {line}\n" in printed


@pytest.mark.parametrize(("hours", "is_said"), [(1, True), (-1, False)])
def test_a_failed_build_is_said_until_a_later_one_passes(
    settings: Settings, landing: Landing, hours: int, is_said: bool
) -> None:
    build(settings)
    settings.build_failure.write_text('["corrections.csv, line 2: no such account"]')
    moment = settings.warehouse.stat().st_mtime + 3600 * hours
    os.utime(settings.build_failure, (moment, moment))
    found = status(settings, landing)
    assert (found.failed_build is not None) == is_said
    done = CliRunner().invoke(app, ["status"])
    assert ("corrections.csv, line 2: no such account" in done.stdout) == is_said
    assert done.exit_code == 4


def test_a_day_has_landed_when_every_platform_has_a_run_and_none_is_quarantined_as_a_whole(
    landing: Landing,
) -> None:
    pull(landing)
    assert not already_landed(landing, DAY)
    log = [
        {"force_id": force, "account_id": f"bluesky:{force}", "platform": "bluesky", "status": "landed"}
        for force in ("essex", "kent", "surrey")
    ]
    for platform in set(pulled_platforms()) - {"youtube"}:
        land(landing, platform, DAY, RUN, {"requests": log if platform == "bluesky" else []})
    assert already_landed(landing, DAY)
    bad = [refused(f"bluesky:{force}", force, "bluesky") for force in ("essex", "kent")]
    landing.judge("bluesky", DAY, RUN, bad[:1])
    assert already_landed(landing, DAY)
    landing.judge("bluesky", DAY, RUN, bad)
    assert not already_landed(landing, DAY)


def test_the_next_official_release_is_announced_and_a_calendar_that_ends_is_said(
    settings: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = status(settings, landing)
    assert (found.next_official, found.calendar) == ("November 2026: 21 December 2026, 09:30", None)
    monkeypatch.setattr("pipelines.release.status.check_release_calendar", lambda _: [])
    found = status(settings, landing)
    assert found.next_official == ""
    assert "the calendar of official releases is empty" in (found.calendar or "")


def test_the_official_release_and_what_is_due_and_not_out_are_said(
    settings: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(settings, date(2026, 12, 12), month(NOVEMBER))
    monkeypatch.setattr(Profile, "present", lambda _: OF_NOVEMBER)
    found = status(settings, landing)
    assert found.official == ""
    assert found.held.startswith(
        "November 2026 was due 21 December 2026, 09:30: `beatbook releases official`"
    )
    assert make_due(settings, landing, OF_NOVEMBER)
    found = status(settings, landing)
    assert (found.official, found.held) == (
        "Official release 1 (November 2026): 20261212T0530-0000000001",
        "",
    )
    said = CliRunner().invoke(app, ["status"]).stdout
    assert "Newest Official release 1 (November 2026): 20261212T0530-0000000001" in said


def list_cut(settings: Settings, release_id: str) -> None:
    path_of(settings).write_text("[")


def folder_gone(settings: Settings, release_id: str) -> None:
    (settings.releases / release_id).rename(settings.releases / ".moved")


def record_changed(settings: Settings, release_id: str) -> None:
    cut(settings.releases / release_id / "release.json")


def table_changed(settings: Settings, release_id: str) -> None:
    flip(settings.releases / release_id / "tables" / "dim_area.parquet")


@pytest.mark.parametrize(
    ("harm", "line"),
    [
        (list_cut, "official.json is no list of official releases"),
        (folder_gone, "release 20261212T0530-0000000001: its folder is gone"),
        (record_changed, "release 20261212T0530-0000000001: release.json is not what was published"),
        (
            table_changed,
            "release 20261212T0530-0000000001: tables/dim_area.parquet is not what was published",
        ),
    ],
)
def test_a_damaged_official_release_is_exit_code_5_and_to_be_put_back(
    settings: Settings, landing: Landing, harm: Callable[[Settings, str], None], line: str
) -> None:
    publish(settings, date(2026, 12, 12), month(NOVEMBER))
    pull(landing)
    mark = make_due(settings, landing, OF_NOVEMBER)
    assert mark
    publish(settings, date(2026, 12, 22), month(NOVEMBER))
    assert status(settings, landing).is_complete
    harm(settings, mark.release_id)
    found = status(settings, landing)
    assert [said.endswith(line) for said in found.official_damage] == [True]
    assert found.release
    assert not found.is_complete
    done = CliRunner().invoke(app, ["status"], env={"COLUMNS": "250"})
    assert done.exit_code == 5
    assert line in done.stdout
    assert "What is official is damaged: put it back from a copy: an official release is not" in done.stdout
    assert CliRunner().invoke(app, ["status", "--format", "json"]).exit_code == 5
