"""Dates that were announced are kept: where one has gone from the calendar nothing is published."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from pipelines.landing.store import Landing, open_landing
from pipelines.release import announced
from pipelines.release.announced import next_official, unkept
from pipelines.release.marking import make_due
from pipelines.release.publish import NotPublishedError, publish
from pipelines.settings import SEEDS, Settings
from tests.release.official import NOVEMBER, OF_NOVEMBER, month
from tests.release.official import publish as publish_months
from tests.release.small_build import build


@pytest.fixture
def calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A calendar that a test can change."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    for name in ("release_calendar.csv", "bank_holidays.csv"):
        shutil.copy(SEEDS / name, folder)
    monkeypatch.setattr(announced, "SEEDS", folder)
    return folder / "release_calendar.csv"


def test_a_date_that_a_release_named_is_not_changed_in_place(
    built: Settings, landing: Landing, calendar: Path
) -> None:
    publish(built, landing)
    assert unkept(built) == []
    text = calendar.read_text()
    calendar.write_text(text.replace("2026-12-21", "2026-12-22"))
    build(built, "build-2", value=60)
    with pytest.raises(NotPublishedError, match="2026-12-21 was announced for 2026-11"):
        publish(built, landing)
    calendar.write_text(text + "2026-11-01,2026-12-22,2026-12-11,2026-11-30,A late return.\n")
    assert publish(built, landing).next_official["at_utc"] == "2026-12-22T09:30:00Z"


def test_a_date_that_was_kept_by_an_official_release_stays(settings: Settings, calendar: Path) -> None:
    publish_months(settings, date(2026, 12, 12), month(NOVEMBER))
    make_due(settings, open_landing(settings), OF_NOVEMBER)
    assert unkept(settings) == []
    lines = calendar.read_text().splitlines(keepends=True)
    calendar.write_text("".join(line for line in lines if not line.startswith("2026-11-01")))
    (said,) = unkept(settings)
    assert said.startswith("2026-12-21 was announced for 2026-11")


def test_a_calendar_that_has_ended_announces_nothing(settings: Settings, calendar: Path) -> None:
    calendar.write_text(calendar.read_text().splitlines()[0] + "\n")
    assert next_official(settings) == {}
