"""`beatbook returns` as a person types it: a declaration is asked for, and lists are readable."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from pipelines.cli.main import app
from pipelines.landing.store import open_landing
from pipelines.returns.sent import overdue_in_brief
from pipelines.settings import Settings

POSTS = (
    "force_id,platform,handle,post_id,created_at,observed_at,kind,reach_count\n"
    "kent,facebook,kentpolice,1,2026-10-02 09:00,2026-11-05 09:00,post,100\n"
)
OCTOBER = ("--from", "2026-10-01", "--to", "2026-10-31", "--exported-at", "2026-11-05 09:00")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")
    path = tmp_path / "posts.csv"
    path.write_text(POSTS)
    return str(path)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["returns", *words])


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 2, "Add, such as: --from 2026-10-01 --to 2026-10-31 --exported-at '2026-11-02 09:15'"),
        (OCTOBER[:2], 2, "Add, such as: --to 2026-10-31 --exported-at '2026-11-02 09:15'"),
        ((*OCTOBER[:5], "2026-11-05"), 1, "without a time"),
        ((*OCTOBER[:3], "2026-11-30", *OCTOBER[4:]), 1, "after the file was exported"),
        ((*OCTOBER[:5], "2026-11-05 08:00"), 1, "1 problem"),
    ],
)
def test_a_return_without_a_whole_declaration_does_not_land(
    file: str, options: tuple[str, ...], code: int, said: str
) -> None:
    done = run("import", file, *options, "--yes")
    assert (done.exit_code, said in done.output) == (code, True)
    assert run("list", "--format", "json").output.strip() == "[]"


def test_from_importing_to_withdrawing(file: str) -> None:
    assert run("check", file).exit_code == 0
    assert run("check", file, *OCTOBER).exit_code == 0
    assert run("import", file, *OCTOBER, "--yes").exit_code == 0
    other = run("import", file, "--from", "2026-10-02", *OCTOBER[2:], "--yes")
    assert (other.exit_code, "withdraw that return first" in other.output) == (1, True)
    (row,) = json.loads(run("list", "--format", "json").output)
    assert (row["period_from"], row["period_to"], row["state"]) == ("2026-10-01", "2026-10-31", "counts")
    listed = run("list")
    assert (listed.exit_code, listed.exception) == (0, None)
    assert run("withdraw", "r00000001", "--by", " ", "--reason", "why").exit_code == 2
    done = run("withdraw", "r00000001", "--by", "an analyst", "--reason", "of another page")
    assert (done.exit_code, "withdrawn: reach of 1 post" in done.output) == (0, True)
    assert run("withdraw", "r00000001", "--by", "an analyst", "--reason", "again").exit_code == 1
    late = run("status", "--force", "kent")
    assert late.exit_code == 4
    assert "due_on: the last day on which a month's returns were due" in " ".join(late.output.split())
    settings = Settings()
    late_in_brief = overdue_in_brief(settings, open_landing(settings))
    assert late_in_brief == ["kent: posts of facebook:kentpolice (none counts yet)"]
    assert run("status", "--force", "essex").exit_code == 0
    assert run("import", file, *OCTOBER, "--yes").exit_code == 0
