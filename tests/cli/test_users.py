"""`beatbook users`: who may sign in is added, listed and removed; a password is never an argument."""

import json
from pathlib import Path

import pytest
from argon2 import PasswordHasher, profiles
from typer.testing import CliRunner, Result

from pipelines.cli import users as command
from pipelines.cli.main import app
from pipelines.settings import Settings
from portal.access import users

PASSWORD = "correct horse battery"  # pragma: allowlist secret


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(users, "HASHER", PasswordHasher.from_parameters(profiles.CHEAPEST))


def call(*words: str, given: str = f"{PASSWORD}\n") -> Result:
    return CliRunner().invoke(app, ["users", *words], input=given)


def test_a_user_is_added_listed_and_removed() -> None:
    done = call("add", "kent", "--role", "force", "--force", "kent")
    assert (done.exit_code, done.stdout) == (0, "kent may sign in as force of kent\n")
    assert users.check(Settings(), "kent", PASSWORD)
    (row,) = json.loads(call("list", "--format", "json").stdout)
    assert (row["name"], row["role"], row["force_id"], row["token_count"]) == ("kent", "force", "kent", 0)
    assert call("remove", "kent").exit_code == 0
    assert json.loads(call("list", "--format", "json").stdout) == []


def test_a_password_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    call("add", "lead", "--role", "lead")
    assert call("password", "lead", given="another horse entirely\r\nrest").exit_code == 0
    assert users.check(Settings(), "lead", "another horse entirely")
    assert not users.check(Settings(), "lead", PASSWORD)


def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        @staticmethod
        def isatty() -> bool:
            return True

    class Sys:
        stdin = Terminal

    monkeypatch.setattr(command, "sys", Sys)
    done = call("add", "lead", "--role", "lead", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert users.check(Settings(), "lead", PASSWORD)
    assert call("add", "other", "--role", "lead", given=f"{PASSWORD}\nsomething else\n").exit_code == 1
    assert users.find(Settings(), "other") is None


@pytest.mark.parametrize(
    ("words", "given", "code", "said"),
    [
        (
            ["add", "new", "--role", "chief"],
            PASSWORD,
            1,
            "there is no role 'chief'; there are: lead",
        ),
        (["add", "new", "--role", "force"], PASSWORD, 1, "a user of the role force has a force"),
        (["add", "new", "--role", "force", "--force", "kant"], PASSWORD, 1, "there is no force 'kant'"),
        (["add", "new", "--role", "lead"], "short", 1, "12 characters or more"),
        (["add", "new", "--role", "lead"], "", 1, "12 characters or more"),
        (["add", "new"], PASSWORD, 2, "Missing option"),
        (["add", "new", "--role", "lead", "--password", PASSWORD], "", 2, "No such option"),
        (["remove", "nobody"], "", 1, "there is no user nobody"),
        (["password", "nobody"], PASSWORD, 1, "there is no user nobody"),
    ],
)
def test_what_cannot_be_is_said(words: list[str], given: str, code: int, said: str) -> None:
    done = call(*words, given=given)
    assert (done.exit_code, said in done.output) == (code, True), done.output
    assert users.users(Settings()) == []


def test_somebody_is_signed_out_everywhere() -> None:
    call("add", "lead", "--role", "lead")
    done = call("sign-out", "lead")
    assert (done.exit_code, done.stdout) == (0, "sign-ins and tokens of lead ended: 0\n")
