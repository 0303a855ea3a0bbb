"""What goes wrong is a sentence with an exit code, whoever met it; a mistake of ours stays a traceback."""

import sqlite3
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.cli.common import Exit
from pipelines.landing.locks import locked
from pipelines.orchestration import runs
from pipelines.orchestration.runs import Outcome
from pipelines.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "a [home]"))
    monkeypatch.setattr("pipelines.settings.PROJECT", tmp_path)
    return Settings()


def build() -> Result:
    return CliRunner().invoke(app, ["build"])


def test_a_full_disk_met_by_dagsters_own_database(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(runs, "build", full)
    done = build()
    assert done.exit_code == 5
    assert "the disk is full: what is to be written does not fit in " in done.stderr


@pytest.mark.parametrize("code", [Exit.GATE_FAILED, Exit.INFRASTRUCTURE])
def test_a_full_disk_met_by_a_step_or_by_dbt_is_no_failed_gate(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, code: Exit
) -> None:
    reason = "warehouse: not built: model.a: IO Error: Could not write [b]: No space left on device"
    monkeypatch.setattr(runs, "build", lambda *_, **__: Outcome(code, [reason]))
    done = build()
    assert done.exit_code == 5
    assert reason in done.stderr
    assert "the disk is full" in done.stderr
    monkeypatch.setattr(runs, "build", lambda *_, **__: Outcome(Exit.GATE_FAILED, ["a test failed"]))
    assert build().exit_code == 3


def test_a_folder_that_cannot_be_written_to(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/locks/command")

    monkeypatch.setattr("pipelines.settings.write_whole", refused)
    done = build()
    assert done.exit_code == 5
    assert f"cannot write to {settings.home}: [Errno 13] Permission denied: '/locks/command'" in done.stderr


def test_two_commands_at_once(settings: Settings) -> None:
    with locked(settings.locks / "command"):
        done = build()
    assert done.exit_code == 5
    assert "another command is at work: process " in done.stderr
    assert f"holds {settings.locks}/command; wait for it to end" in done.stderr


def test_a_mistake_of_ours_is_not_hidden(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(*_: object, **__: object) -> None:
        raise KeyError("a mistake")

    monkeypatch.setattr(runs, "build", mistaken)
    assert isinstance(build().exception, KeyError)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PROFILE", "nonsense", "there is no profile 'nonsense'; there are: sandbox, production"),
        ("MAX_REQUESTS_PER_RUN", "abc", "it should be a whole number"),
        ("MAX_MINUTES_PER_PULL", "0", "it should be greater than 0"),
    ],
)
@pytest.mark.parametrize("words", ["build", "plan", "returns list", "users list"])
def test_a_wrong_setting_is_named_by_every_command(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str, words: str
) -> None:
    monkeypatch.setenv(f"BEATBOOK_{name}", value)
    done = CliRunner().invoke(app, words.split())
    assert (done.exit_code, done.stderr) == (5, f"BEATBOOK_{name} is {value!r}: {said}\n")
