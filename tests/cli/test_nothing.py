"""Where there is nothing to show, people are told so in words; scripts get an empty list."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from pipelines.cli.main import app
from pipelines.gates import data_docs
from pipelines.release import opened, reader, revisions


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")


def call(words: str) -> Result:
    done = CliRunner().invoke(app, words.split(), env={"COLUMNS": "250"})
    assert done.exit_code == 0, done.output
    return done


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("returns list", "nothing was returned yet"),
        ("returns list --force kent", "nothing was returned yet by kent"),
        ("returns status", "no open account has ever sent a return, and so none is expected"),
        ("quarantine list --since 2026-11-01", "nothing has been quarantined since 2026-11-01"),
        ("override list", "no rule has ever been overridden"),
        ("releases list", "nothing is published yet"),
        ("users list", "nobody may sign in: `beatbook users add` lets somebody"),
        ("accounts list --force kent --platform nextdoor", "the register has no such account"),
    ],
)
def test_a_list_without_rows_says_so(words: str, said: str) -> None:
    assert call(words).stdout == f"{said}\n"
    assert call(f"{words} --format json").stdout == "[]\n"
    assert call(f"{words} --format csv").stdout == ""


def test_a_register_without_conflicts(monkeypatch: pytest.MonkeyPatch) -> None:
    register = SimpleNamespace(conflicts=list)
    monkeypatch.setattr("pipelines.cli.accounts.load_register", lambda _: register)
    said = call("accounts conflicts").stdout
    assert said == "no sources name different accounts for one force and platform\n"


def test_a_force_without_mergers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "open_release", lambda *_: (None, None))
    monkeypatch.setattr(reader, "mergers", lambda *_: [])
    assert call("mergers --force kent").stdout.startswith("no account of kent was merged or closed: ")
    assert call("mergers").stdout.startswith("no account was merged or closed: ")


def test_a_release_that_revises_nothing_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    release = SimpleNamespace(release_id="B", revises="A", note="", revised_count=0)
    monkeypatch.setattr(opened, "open_release", lambda *_: (release, None))
    monkeypatch.setattr(revisions, "summary", lambda _: [])
    assert call("revisions").stdout == "release B revises no cell of release A\n"


def test_gates_say_that_nothing_landed_on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_docs, "of_build", lambda _: [{"failed": [], "page": Path("page")}])
    done = call("gates --day 2030-01-01")
    assert done.stderr == "nothing landed on 2030-01-01: this is the present build alone\n"


def test_an_override_holds_or_does_not() -> None:
    call("override add prices_moved --until 2099-01-01 --by me --reason why")
    row = call("override list").stdout.splitlines()[-2]
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "prices_moved", "yes", "2099-01-01", "me", "why"
    ]  # fmt: skip


def test_a_template_names_itself(tmp_path: Path) -> None:
    call(f"returns template outcomes --to {tmp_path}")
    cover = load_workbook(tmp_path / "beatbook-outcomes.xlsx")["Cover"]
    lines = [row[0] for row in cover.iter_rows(values_only=True)]
    assert "Then: beatbook returns import beatbook-outcomes.xlsx" in lines
