"""A data folder of its own for each test."""

from pathlib import Path

import pytest

from pipelines.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    return Settings()
