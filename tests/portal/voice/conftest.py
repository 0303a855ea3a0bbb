"""A portal with a preview that is open: two forces, a lead and an engineer, on 14 December 2026."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher, profiles

from pipelines.settings import Profile, Settings
from portal.access import users
from portal.app import build_app
from tests.portal.access.conftest import PASSWORD, Browser
from tests.release.official import NOVEMBER, month, publish

WITHIN = datetime(2026, 12, 14, 8, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(users, "HASHER", PasswordHasher.from_parameters(profiles.CHEAPEST))
    monkeypatch.setattr(Profile, "present", lambda _: WITHIN)
    settings = Settings()
    settings.profile = replace(settings.profile)
    for name, role, force in (
        ("lead", "lead", None),
        ("engineer", "engineer", None),
        ("kent", "force", "kent"),
        ("essex", "force", "essex"),
    ):
        users.add(settings, name, role, force, PASSWORD)  # type: ignore[arg-type]
    publish(settings, date(2026, 12, 13), month(NOVEMBER, 4.25))
    return settings


def browser_of(settings: Settings, name: str) -> Browser:
    browser = Browser(build_app(settings))
    assert browser.sign_in(name).status_code == 303
    return browser


@pytest.fixture
def essex(settings: Settings) -> Browser:
    return browser_of(settings, "essex")


@pytest.fixture
def lead(settings: Settings) -> Browser:
    return browser_of(settings, "lead")
