"""A force's page: when somebody answers."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipelines.settings import SEEDS, Settings
from portal.app import build_app
from portal.pages import forces
from tests.release.small_release import OCTOBER, SEPTEMBER, cell, publish_small


def row(indicator: str, platform: str, value: float | None = None) -> dict[str, Any]:
    return {"indicator_id": indicator, "platform": platform, "value": value}


def test_its_columns_are_indicators_that_there_are() -> None:
    listed = (SEEDS / "indicators.csv").read_text()
    assert all(f"\n{name}," in listed for name in forces.WHEN)


def test_a_platform_without_any_number_has_no_line() -> None:
    covered, day, *_ = forces.WHEN
    rows = [row(day, "bluesky"), row(covered, "bluesky", 25.0), row(covered, "x"), row(day, "x")]
    assert forces.hours([*rows, row("posts_per_week", "x", 4.0)]) == [[rows[1], rows[0]]]


def test_weeks_which_have_no_parts_of_the_day_show_the_hours_alone() -> None:
    own = row(forces.WHEN[0], "bluesky", 25.0)
    assert forces.hours([own]) == [[own]]
    assert forces.hours([]) == []


def test_the_page_has_them_where_there_is_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forces, "WHEN", ("followers",))
    settings = Settings(BEATBOOK_HOME=tmp_path, public_pages="force")  # type: ignore[call-arg, arg-type]
    cells = [cell("followers", "essex", OCTOBER, 7.25, n=12), cell("followers", "essex", SEPTEMBER)]
    publish_small(settings, cells)
    client = TestClient(build_app(settings))
    assert "<h2>When somebody answers</h2>" in client.get("/forces/essex?period=2026-10").text
    assert "<h2>When somebody answers</h2>" not in client.get("/forces/essex?period=2026-09").text
