"""Beside a figure stands what it is without declared incidents, in words and as a number."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from starlette.testclient import TestClient

from pipelines.release.published import current
from pipelines.release.without_incidents import say_without_incidents
from pipelines.settings import Settings
from portal.app import build_app
from tests.release.small_release import OCTOBER, cell, publish_small

COLUMNS = (
    "indicator_id text, area_id text, platform text, account_scope text, period_type text, "
    "period_start date, incidents text, value double, value_without double, unit text"
)


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"create table bench_without_incidents ({COLUMNS})")
    connection.execute(
        "insert into bench_without_incidents values "
        "('shares', 'derbyshire', 'bluesky', 'all', 'month', '2026-10-01', 'Dam', 104, 10, 'shares'), "
        "('shares', 'kent', 'bluesky', 'all', 'month', '2026-10-01', 'Dam, Fair', 1, null, 'shares'), "
        "('shares', 'derbyshire', 'bluesky', 'all', 'month', '2026-09-01', 'Dam', 9, 8, 'shares')"
    )
    return connection


def row(area: str, value: float | None = 1.0, **more: Any) -> dict[str, Any]:
    return {
        **{"indicator_id": "shares", "area_id": area, "platform": "bluesky", "account_scope": "all"},
        **{"period_type": "month", "period_start": date(2026, 10, 1), "value": value, "note": None},
        "value_without_incidents": None,
        **more,
    }


def said(settings: Settings, connection: duckdb.DuckDBPyConnection, *rows: dict[str, Any]) -> list[Any]:
    if current(settings) is None:
        publish_small(settings, [cell("followers", "kent", OCTOBER, 1.0)])
    release = current(settings)
    assert release is not None
    say_without_incidents(release, connection, list(rows))
    return [(each["value_without_incidents"], each["note"]) for each in rows]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(BEATBOOK_HOME=tmp_path, public_pages="indicator,national")  # type: ignore[call-arg, arg-type]


def test_it_is_said_at_the_figure_of_the_period(
    settings: Settings, connection: duckdb.DuckDBPyConnection
) -> None:
    derbyshire, kent, essex = row("derbyshire", note="Estimated."), row("kent"), row("essex")
    assert said(settings, connection, derbyshire, kent, essex) == [
        (10, "Estimated. Without Dam: 10.0."),
        (None, "Without Dam, Fair too little is left for a figure."),
        (None, None),
    ]


def test_of_some_accounts_and_where_there_is_no_figure_nothing_is_said(
    settings: Settings, connection: duckdb.DuckDBPyConnection
) -> None:
    assert said(settings, connection, row("derbyshire", account_scope="officers")) == [(None, None)]
    assert said(settings, connection, row("derbyshire", None, note="Too few.")) == [(None, "Too few.")]


def test_a_release_of_an_earlier_version_says_nothing_of_it(settings: Settings) -> None:
    """As the small release does, which has no such table."""
    assert said(settings, duckdb.connect(), row("derbyshire")) == [(None, None)]
    with duckdb.connect() as empty, pytest.raises(duckdb.CatalogException):
        empty.sql("from bench_without_incidents")
    page = TestClient(build_app(settings)).get("/indicators/followers?platform=bluesky&period=2026-10")
    assert page.status_code == 200
    assert "Without " not in page.text
