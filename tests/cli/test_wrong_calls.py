"""What cannot be meant is refused, and never answered with nothing."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")


@pytest.mark.parametrize("words", ["portal --port", "up --port", "up --portal-port", "sandbox serve --port"])
@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_there_is_not_is_a_wrong_call(words: str, port: str) -> None:
    done = CliRunner().invoke(app, [*words.split(), port])
    assert done.exit_code == 2
    assert "or equal to" in done.stderr


def test_a_host_that_is_not_here_is_no_taken_port() -> None:
    # An address of no machine (RFC 5737): a name would be looked up.
    done = CliRunner().invoke(app, ["portal", "--host", "192.0.2.1", "--port", "3999"])
    assert done.exit_code == 5
    assert done.stderr.startswith("cannot listen on 192.0.2.1, port 3999: ")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1])
        taken = CliRunner().invoke(app, ["portal", "--port", port])
    assert taken.stderr == f"port {port} is taken; choose another: beatbook portal --port N\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("returns list --force nowhere", "no such force: nowhere; "),
        ("returns status --force nowhere", "no such force: nowhere; "),
        ("accounts list --force nowhere", "no such force: nowhere; "),
        ("accounts list --platform myspace", "no such platform: myspace; there are: bluesky, "),
        ("sandbox truth --at 2026-11-01T00:00Z --force nowhere", "no such force: nowhere; there are: avon"),
        ("sandbox truth --at 2026-11-01T00:00Z --platform myspace", "no such platform: myspace; there are: "),
        ("users sign-out nobody", "nobody is no user, and nobody of that name is signed in"),
    ],
)
def test_a_name_that_there_is_not_is_refused(words: str, said: str) -> None:
    done = CliRunner().invoke(app, words.split())
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    assert done.stderr.startswith(said)
