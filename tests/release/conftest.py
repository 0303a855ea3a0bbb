"""A data folder of its own for each test, and in it what publishing reads."""

from pathlib import Path

import pytest

from pipelines.landing.store import Landing, open_landing
from pipelines.settings import Settings
from tests.release.small_build import build, pull, write_manifest


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    return Settings()


@pytest.fixture
def landing(settings: Settings) -> Landing:
    return open_landing(settings)


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The manifest of the small build, in place of the project's."""
    path = tmp_path / "manifest.json"
    write_manifest(path)
    monkeypatch.setattr("pipelines.release.contents.manifest", lambda settings: path)
    return path


@pytest.fixture
def built(settings: Settings, landing: Landing, manifest: Path) -> Settings:
    """A build, a run of one platform, and both gates passed."""
    pull(landing)
    build(settings)
    return settings
