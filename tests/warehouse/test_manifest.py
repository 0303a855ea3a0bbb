"""dbt reads the project once for each change, and an unfinished reading is never taken for a manifest."""

import os
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.warehouse import manifest as module
from pipelines.warehouse.manifest import ManifestError, manifest


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one model, last changed a while ago."""
    monkeypatch.setattr(module, "DBT_PROJECT", tmp_path)
    monkeypatch.setattr(Settings, "dbt_target", tmp_path / "target" / "sandbox")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.sql").write_text("select 1")
    for path in (tmp_path / "models" / "a.sql", tmp_path / "models"):
        os.utime(path, (1_000, 1_000))
    return tmp_path


@pytest.fixture
def parsed(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What dbt was asked for, one entry each time."""
    calls: list[str] = []
    monkeypatch.setattr(module, "_parse", lambda settings: calls.append(settings.profile.name))
    return calls


def test_it_is_parsed_once(parsed: list[str]) -> None:
    assert manifest(Settings()) == manifest(Settings())
    assert parsed == ["sandbox"]


@pytest.mark.parametrize("name", ["models/a.sql", "models"])
def test_it_is_parsed_again_after_a_change(project: Path, parsed: list[str], name: str) -> None:
    manifest(Settings())
    later = (project / "target" / "sandbox" / "prepared").stat().st_mtime + 1
    os.utime(project / name, (later, later))
    manifest(Settings())
    assert len(parsed) == 2


def test_what_dbt_did_not_finish_is_done_again(
    project: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(settings: Settings) -> None:
        (settings.dbt_target / "manifest.json").write_text("{")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "_parse", killed)
        with pytest.raises(KeyboardInterrupt):
            manifest(Settings())
    manifest(Settings())
    assert len(parsed) == 1


def test_a_mistake_in_the_project_is_said_in_dbts_words(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dbt = tmp_path / "dbt"
    dbt.write_text("#!/bin/sh\necho 'there is no model b'; exit 2\n")
    dbt.chmod(0o755)
    monkeypatch.setattr(module, "DBT", dbt)
    with pytest.raises(ManifestError, match="there is no model b"):
        manifest(Settings())
