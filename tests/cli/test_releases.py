"""`beatbook releases`: list, diff, rollback and official, with exit codes that a script relies on."""

import csv
import io
import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.main import app
from pipelines.landing.locks import locked
from pipelines.landing.store import open_landing
from pipelines.release.marking import make_due
from pipelines.release.official import officials
from pipelines.release.published import current, folder_of
from pipelines.release.rollback import Rollback, roll_back, rollbacks
from pipelines.settings import Profile, Settings
from tests.damage import flip, gone
from tests.release.official import NOVEMBER, OF_DECEMBER, OF_NOVEMBER, month, publish
from tests.release.small_release import OCTOBER

FIRST, SECOND = "20261212T0530-0000000001", "20261213T0530-0000000001"
OFFICIAL = "Official release 1 (November 2026)"
WHY = ("--by", "A lead", "--reason", "The clock was down.")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    settings = Settings()
    publish(settings, date(2026, 12, 12), month(NOVEMBER, 3.0))
    publish(settings, date(2026, 12, 13), month(NOVEMBER, 4.0))
    return settings


def call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "250"})


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """The moment that it is for the command."""
    monkeypatch.setattr(Profile, "present", lambda _: moment)


def test_releases_are_listed_with_month_state_size_and_whether_they_are_whole(settings: Settings) -> None:
    make_due(settings, open_landing(settings), OF_NOVEMBER)
    rows = json.loads(call("releases", "list", "--format", "json").stdout)
    assert [(row["release_id"], row["state"], row["final_month"], row["is_whole"]) for row in rows] == [
        (SECOND, "Official release 1 (November 2026), current", "2026-11", True),
        (FIRST, "working", "2026-11", True),
    ]
    assert all(row["bytes"] > row["own_bytes"] * 0 for row in rows)
    flip(settings.releases / FIRST / "tables" / "dim_area.parquet")
    done = call("releases", "list")
    assert done.exit_code == 5
    assert "damaged" in done.stdout
    assert "tables/dim_area.parquet is not what was published" in done.stdout
    unread = json.loads(call("releases", "list", "--no-verify", "--format", "json").stdout)
    assert [row["is_whole"] for row in unread] == [None, None]


def test_what_is_different_is_said_in_sentences_and_listed_as_csv(settings: Settings) -> None:
    said = call("releases", "diff", FIRST, "working").stdout
    assert said.startswith(
        f"Old: Working release {FIRST}, data as of 2026-12-12 05:30 UTC\n"
        f"New: Working release {SECOND}, data as of 2026-12-13 05:30 UTC\n"
        "1 cell: What was collected since says otherwise.\n"
    )
    assert said.endswith("\n1 cell differs between them.\n")
    assert "Essex Police, Followers per 1,000, Bluesky, November 2026: 4 in place of 3." in said.replace(
        "4.00 in place of 3.00", "4 in place of 3"
    )
    (row,) = csv.DictReader(io.StringIO(call("releases", "diff", FIRST, SECOND, "--format", "csv").stdout))
    assert (row["old_value"], row["new_value"], row["reason"]) == ("3.0", "4.0", "later_data")
    same = call("releases", "diff", SECOND, "working").stdout
    assert same.endswith("They are one and the same release.\n")
    missing = call("releases", "diff", FIRST, "20200101T0530-0000000001")
    assert (missing.exit_code, "is kept" in missing.stderr) == (1, True)


def test_whichever_way_round_it_is_asked_the_older_release_is_the_old_one(settings: Settings) -> None:
    make_due(settings, open_landing(settings), OF_NOVEMBER)
    publish(settings, date(2026, 12, 22), month(NOVEMBER, 9.0))
    for format_ in ("table", "csv", "json"):
        asked = [
            call("releases", "diff", *words, "--format", format_)
            for words in (("official", "working"), ("working", "official"))
        ]
        assert asked[0].output == asked[1].output
        assert f"Old: {OFFICIAL} {SECOND}" in asked[1].output
        assert asked[1].stdout.startswith({"table": "Old: ", "csv": "indicator_id,", "json": "["}[format_])
    assert json.loads(asked[1].stdout)[0]["new_value"] == 9.0


def test_of_the_same_data_the_release_that_was_made_later_is_the_new_one(settings: Settings) -> None:
    publish(settings, date(2026, 12, 13), month(NOVEMBER, 4.0), number=2)
    said = call("releases", "diff", "working", SECOND).stdout
    assert said.startswith(f"Old: Working release {SECOND}, ")
    assert said.endswith("\nNo cell differs between them.\n")


def test_a_rollback_is_recorded_and_the_table_is_the_earlier_one(settings: Settings) -> None:
    assert call("releases", "rollback", FIRST).exit_code == 2
    done = call("releases", "rollback", FIRST, "--by", "An engineer", "--reason", "Doubled.")
    assert done.exit_code == 0, done.output
    assert [(each.by, each.to_release) for each in rollbacks(settings)] == [("An engineer", FIRST)]
    release = current(settings)
    assert release
    assert release.release_id == FIRST
    assert "rolled back from" in call("releases", "list").stdout
    again = call("releases", "rollback", FIRST, "--by", "An engineer", "--reason", "Again.")
    assert again.exit_code == 1
    assert f"Nothing was rolled back: {FIRST} is the current release" in again.stderr
    assert call("releases", "rollback", SECOND, "--by", " ", "--reason", "Again.").exit_code == 2
    assert len(rollbacks(settings)) == 1


def test_a_rollback_waits_for_a_build_and_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    building = ExitStack()
    building.enter_context(locked(settings.locks / "warehouse"))

    def once_it_has_ended(*arguments: Any) -> Rollback:
        building.close()
        return roll_back(*arguments)

    monkeypatch.setattr("pipelines.release.rollback.roll_back", once_it_has_ended)
    done = call("releases", "rollback", FIRST, *WHY)
    assert done.exit_code == 0
    assert f"A build is under way (process {os.getpid()})" in done.stderr
    assert f"{FIRST} is current" in done.stdout


def test_the_command_does_what_the_calendar_says(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, OF_NOVEMBER)
    done = call("releases", "official")
    assert done.stdout.startswith(f"Official release 1 (November 2026): {SECOND}\n")
    again = call("releases", "official")
    assert again.stdout == "Nothing is due. Next: December 2026, 11 January 2027, 09:30.\n"
    at(monkeypatch, OF_DECEMBER)
    held = call("releases", "official")
    assert held.exit_code == 3
    assert "Nothing was made official: no working release is of data after December 2026." in held.stderr
    assert len(officials(settings)) == 1


def test_by_hand_it_says_who_and_why_and_needs_both(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, OF_NOVEMBER)
    for words in (("--by", "A lead"), ("--reason", "why"), (FIRST,), ("--correction",)):
        assert call("releases", "official", *words).exit_code == 2, words
    assert call("releases", "official", FIRST, *WHY).exit_code == 0
    (mark,) = officials(settings)
    assert (mark.release_id, mark.by, mark.reason) == (FIRST, "A lead", "The clock was down.")
    assert call("releases", "official", *WHY).exit_code == 3
    corrected = call("releases", "official", SECOND, "--correction", *WHY)
    assert "Official release 2 (November 2026, corrected)" in corrected.stdout
    again = call("releases", "official", "--correction", *WHY)
    assert again.exit_code == 3
    assert again.stderr == (
        "Nothing was made official: nothing newer than Official release 2 (November 2026, corrected) is "
        "published, so there is nothing to put out as its correction. Mend what is wrong, `beatbook build`, "
        "and ask again.\n"
    )
    assert "It changes 1 cell of" in corrected.stdout


def test_a_table_is_official_unless_it_is_asked_for_otherwise(settings: Settings) -> None:
    words = ("table", "followers", "--platform", "bluesky", "--format", "json")
    make_due(settings, open_landing(settings), OF_NOVEMBER)
    publish(settings, date(2026, 12, 22), month(NOVEMBER, 9.0))

    def essex(*more: str) -> tuple[float, str]:
        rows = json.loads(call(*words, *more).stdout)
        (row,) = (row for row in rows if row["area_id"] == "essex")
        return row["value"], row["release_label"]

    assert essex() == essex("--release", "official") == (4.0, "Official release 1 (November 2026)")
    assert essex("--release", "working") == (9.0, "Working release")
    assert essex("--release", FIRST) == (3.0, "Working release")
    said = " ".join(call("table", "followers", "--period", str(OCTOBER)).stdout.split())
    assert f"Official release 1 (November 2026) {SECOND}, data as of" in said


def test_verify_names_an_official_release_that_has_gone(settings: Settings) -> None:
    make_due(settings, open_landing(settings), OF_NOVEMBER)
    publish(settings, date(2026, 12, 22), month(NOVEMBER, 9.0))
    release = settings.releases / SECOND
    assert call("verify").exit_code == 0
    release.rename(release.with_name(".moved"))
    done = call("verify")
    assert done.exit_code == 5
    assert "Official release 1 (November 2026): release 20261213T0530-0000000001:" in done.stdout
    assert folder_of(settings, current(settings)).exists()  # type: ignore[arg-type]
    listed = json.loads(call("releases", "list", "--format", "json").stdout)
    assert [(row["release_id"], row["is_whole"]) for row in listed if row["official_number"]] == [
        (SECOND, False)
    ]


@pytest.mark.parametrize("harm", [flip, gone])
@pytest.mark.parametrize(
    "words",
    [
        ("table", "followers"),
        ("table", "followers", "--release", SECOND),
        ("releases", "diff", SECOND, "working"),
        ("releases", "rollback", SECOND, *WHY),
        ("verify",),
    ],
)
def test_a_damaged_table_of_an_official_release_is_put_back_and_not_built(
    settings: Settings, harm: Callable[[Path], None], words: tuple[str, ...]
) -> None:
    make_due(settings, open_landing(settings), OF_NOVEMBER)
    publish(settings, date(2026, 12, 22), month(NOVEMBER, 9.0))
    name = "tables/bench_values.parquet"
    harm(settings.releases / SECOND / name)
    done = call(*words)
    assert done.exit_code == 5
    assert f"release {SECOND}: {name} is" in done.output
    assert "put it back from a copy" in done.output
    assert "beatbook build" not in done.output


def test_an_official_release_that_has_gone_is_lost_and_no_unknown_one(settings: Settings) -> None:
    make_due(settings, open_landing(settings), OF_NOVEMBER)
    publish(settings, date(2026, 12, 22), month(NOVEMBER, 9.0))
    (settings.releases / SECOND).rename(settings.releases / ".moved")
    done = call("table", "followers", "--release", SECOND)
    assert done.exit_code == 5
    assert f"{OFFICIAL}: release {SECOND}: its folder is gone; put it back from a copy" in done.stderr
