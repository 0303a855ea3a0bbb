"""What is made from the sandbox says so in the commands that show it, and other words that readers go by."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from pipelines.release import opened, reader, revisions
from pipelines.release.official import find
from pipelines.release.published import Release
from pipelines.release.sentences import which
from pipelines.settings import PROFILES, Settings
from tests.release.small_release import OCTOBER, cell, publish_small

INCIDENT = {"incident_id": "i", "force_id": "essex", "platform": "bluesky", "incident_name": "Dam in danger"}
INCIDENT |= {"from_date": date(2026, 10, 17), "until_date": date(2026, 10, 21), "post_count": 12}
INCIDENT |= dict.fromkeys(("share_count_7d", "share_count_1h", "share_count_24h"), 61)
INCIDENT |= dict.fromkeys(("shares_per_post_7d", "usual_shares_per_post_7d"), 5.08)
INCIDENT |= dict.fromkeys(("value_note", "value_note_1h", "value_note_24h"))
INCIDENT |= dict.fromkeys(("follower_count_before", "follower_count_after", "follower_gain_pct"))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    settings = Settings()
    publish_small(settings, [cell("followers", "kent", OCTOBER, 1.0)])
    monkeypatch.setattr("pipelines.release.opened.open_release", with_incidents)
    return settings


def with_incidents(settings: Settings, asked: str | None = None) -> tuple[Release, Any]:
    release = find(settings, asked)
    assert release is not None
    connection = opened.connected(settings, release)
    connection.register("bench_incidents", pl.DataFrame([INCIDENT]))
    return release, connection


@pytest.mark.usefixtures("settings")
def test_incidents_say_that_their_figures_are_invented_and_of_whom_there_is_none() -> None:
    said = " ".join(CliRunner().invoke(app, ["incidents"]).stdout.split())
    assert PROFILES["sandbox"].note in said
    said = CliRunner().invoke(app, ["incidents", "--force", "kent"]).stdout
    assert said.startswith("no incident is declared for kent: ")


@pytest.mark.parametrize(
    ("accounts", "merged", "said"),
    [
        ([(None, None)], False, "not collected"),
        ([(date(2026, 10, 17), None)], False, "no account before and after"),
        ([(None, date(2026, 10, 21))], False, "no account before and after"),
        ([(None, None)], True, "accounts were merged"),
    ],
)
def test_why_there_are_no_followers_follows_from_the_register(
    settings: Settings, accounts: list[tuple[date | None, date | None]], merged: bool, said: str
) -> None:
    release, connection = with_incidents(settings)
    dates = {"opened_date": pl.Date, "closed_date": pl.Date}
    opened_closed = [dict(zip(dates, each, strict=True)) for each in accounts]
    rows = [{"account_id": "a", "force_id": "essex", "platform": "bluesky"} | each for each in opened_closed]
    event = {"into_account_id": "a" if merged else None, "event_date": date(2026, 10, 1)}
    for name, frame in (
        ("dim_account", pl.DataFrame(rows, schema_overrides=dates)),
        ("dim_account_event", pl.DataFrame([event], schema_overrides={"into_account_id": pl.String})),
    ):
        connection.execute(f"drop view {name}")
        connection.register(name, frame)
    (row,) = reader.incidents(release, connection)
    assert row["audience_note"] == said


@pytest.mark.parametrize(
    ("at", "said"), [("13:28:27", "13:28:27 UTC"), ("05:30:00", "05:30 UTC"), ("05:00:00", "05:00 UTC")]
)
def test_a_moment_has_one_zone(at: str, said: str) -> None:
    release = Release("r", f"2026-11-09T{at}Z", "", "sandbox", True, "", "", "", 1)
    assert which(release) == f"Working release r, data as of 2026-11-09 {said}"


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("views", "25,050 views, was 1.50 views"),
        ("%", "25,050%, was 1.50%"),
        ("seconds", "6 h 57 min, was 2 s"),
    ],
)
def test_the_largest_change_is_written_as_tables_write_it(unit: str, said: str) -> None:
    connection = duckdb.connect()
    connection.execute(
        "create table revisions as select 'views' as indicator_id, 'kent' as area_id, 'x' as platform, "
        "'all' as account_scope, 'month' as period_type, date '2026-10-01' as period_start, "
        "25050.0::double as new_value, 1.5::double as old_value, 'code' as reason"
    )
    connection.execute("create table dim_indicator as select 'views' as indicator_id, ? as unit", [unit])
    (row,) = revisions.summary(connection)
    assert row["largest_change"] == f"views, kent, x, all, month of 2026-10-01: {said}"
