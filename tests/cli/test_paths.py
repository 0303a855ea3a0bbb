"""A path that a person gives and that cannot be used is bad input, said in one sentence that names it."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.main import app


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def refused(*words: str) -> str:
    done: Result = CliRunner().invoke(app, list(words))
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    assert done.stderr.count("\n") == 1
    return done.stderr


WRITING = (
    ("workbook", "{}.xlsx"),
    ("bundle", "{}.zip"),
    ("accounts", "neighbourhoods", "--to", "{}.csv"),
)
READING = (("accounts", "discover", "{}"), ("purposes", "{}"))


@pytest.mark.parametrize("words", WRITING)
def test_a_folder_to_write_into_that_is_not_there(words: tuple[str, ...]) -> None:
    said = refused(*(word.format("absent/a") for word in words))
    assert said == "absent: there is no such folder\n"
    assert not Path("absent").exists()


@pytest.mark.parametrize("words", WRITING)
def test_a_folder_where_a_file_is_to_be_written(words: tuple[str, ...]) -> None:
    written = [word.format("a") for word in words]
    Path(written[-1]).mkdir()
    assert refused(*written) == f"{written[-1]} is a folder, and should be a file\n"


def test_templates_go_into_a_folder_that_is_there() -> None:
    assert refused("returns", "template", "--to", "absent") == "absent: there is no such folder\n"
    Path("a file").touch()
    assert refused("returns", "template", "--to", "a file") == "a file is a file, and should be a folder\n"


@pytest.mark.parametrize("words", READING)
def test_what_is_no_file_is_not_read(words: tuple[str, ...]) -> None:
    os.mkfifo("pipe")
    for path, said in (
        ("absent", "absent: there is no such file\n"),
        (".", ". is a folder, and should be a file\n"),
        ("pipe", "pipe is a pipe or a device, and should be a file\n"),
        ("/dev/zero", "/dev/zero is a pipe or a device, and should be a file\n"),
    ):
        assert refused(*(word.format(path) for word in words)) == said


def test_what_this_user_may_not_touch_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("closed").mkdir()
    Path("secret").touch()
    monkeypatch.setattr("pipelines.cli.paths.os.access", lambda *_: False)  # the tests may run as root
    said = "closed: this user may not write into the folder\n"
    assert refused("returns", "template", "--to", "closed") == said
    assert refused("purposes", "secret") == "secret may not be read by this user\n"


def test_a_return_that_is_this_folder_is_named() -> None:
    done = CliRunner().invoke(app, ["returns", "check", "."], env={"BEATBOOK_PROFILE": "production"})
    assert done.exit_code == 1
    assert done.stderr.startswith(". is a folder")
