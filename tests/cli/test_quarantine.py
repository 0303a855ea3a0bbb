"""`beatbook quarantine`: what is kept out is listed, let in and kept out by a named person for a reason."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli.main import app
from pipelines.landing.quarantine import quarantined
from pipelines.landing.store import Landing, open_landing
from pipelines.settings import Settings
from tests.landing.landed import land, refused

DAY = date(2026, 11, 9)
WHO = ("--by", "the press office", "--reason", "a viral post, looked at")


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Landing:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    landing = open_landing(Settings())
    log = [
        {"force_id": force, "account_id": f"bluesky:{force}", "platform": "bluesky", "status": "landed"}
        for force in ("kent", "surrey", "essex", "dorset")
    ]
    out = [refused("bluesky:kent", "kent", "bluesky", "doubled in a day")]
    land(landing, "bluesky", DAY, landing.new_run_id(), {"requests": log}, out)
    return landing


def accounts(landing: Landing) -> list[str]:
    return sorted(quarantined(landing, "bluesky")["account_id"])


def test_what_is_kept_out_is_listed_by_platform_and_by_account(landing: Landing) -> None:
    done = CliRunner().invoke(app, ["quarantine", "list", "--format", "json"])
    (row,) = json.loads(done.stdout)
    assert (row["platform"], row["day"], row["account_count"]) == ("bluesky", "2026-11-09", 1)
    done = CliRunner().invoke(app, ["quarantine", "list", "--platform", "bluesky", "--format", "json"])
    (row,) = json.loads(done.stdout)
    assert (row["account_id"], row["detail"]) == ("bluesky:kent", "doubled in a day")


def test_a_released_account_counts_and_the_decision_is_listed(landing: Landing) -> None:
    words = ["quarantine", "release", "bluesky", "2026-11-09", "--account", "bluesky:kent", *WHO]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert accounts(landing) == []
    listed = CliRunner().invoke(app, ["quarantine", "list"]).stdout
    assert "the press office" in listed
    assert "counts" in listed


def test_what_passed_can_be_held(landing: Landing) -> None:
    words = ["quarantine", "hold", "bluesky", "2026-11-09", "--account", "bluesky:surrey", *WHO]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert accounts(landing) == ["bluesky:kent", "bluesky:surrey"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["release", "bluesky", "yesterday", *WHO], 2, "is no day"),
        (["release", "bluesky", "2026-11-09", "--by", " ", "--reason", "because"], 2, "needs a name"),
        (["release", "bluesky", "2026-11-08", *WHO], 1, "nothing of bluesky landed on 2026-11-08"),
        (["release", "myspace", "2026-11-09", *WHO], 1, "nothing is landed from myspace"),
        (["hold", "bluesky", "2026-11-09", "--account", "bluesky:kant", *WHO], 1, "not asked on bluesky"),
        (["release", "bluesky", "2026-11-09", "--account", "bluesky:essex", *WHO], 1, "nothing of that is"),
        (["list", "--platform", "myspace"], 1, "nothing is landed from myspace"),
    ],
)
def test_what_cannot_be_decided_is_said(landing: Landing, words: list[str], code: int, said: str) -> None:
    before = accounts(landing)
    done = CliRunner().invoke(app, ["quarantine", *words])
    assert (done.exit_code, said in done.output) == (code, True), done.output
    assert accounts(landing) == before
