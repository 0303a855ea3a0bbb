"""What fails is named, the rest is published; a gate that fails leaves the last release where it is."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.sources.catalogue import pulled_platforms
from sandbox.http import ECHO
from sandbox.serve import start
from tests.e2e.conftest import UNTIL, Nation

pytestmark = [pytest.mark.e2e, pytest.mark.long]
DAY = ("--until", "2026-11-10")


def holds(path: Path, words: str, since: float) -> bool:
    """Whether a file that was written since then holds them, be it packed or not."""
    if not path.is_file() or path.stat().st_mtime < since:
        return False
    if path.suffix == ".parquet":
        return words in str(pl.read_parquet(path).to_dicts())
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as file:
            return any(
                words in str(file.execute(f'select * from "{name}"').fetchall())
                for (name,) in file.execute(
                    "select table_name from information_schema.tables where table_type = 'BASE TABLE'"
                ).fetchall()
            )
    return words.encode() in path.read_bytes()


def test_an_account_a_platform_and_a_force_fail_and_the_rest_is_published(
    copied: Callable[[], Nation],
) -> None:
    nation = copied()
    before = nation.release.name
    faults = ["bluesky:bluesky:kent:flip", "youtube:*:503", "mastodon:derbyshire:negative", "*:essex:echo"]
    began = time.time()
    with start(faults=faults) as url:
        done = nation.run("run", *DAY, env={"BEATBOOK_SANDBOX_URL": url})
    assert done.returncode == 0, done.stdout + done.stderr
    assert nation.release.name != before

    status = nation.json("status")
    pulls = {row["platform"]: row for row in status["pulls"]}
    assert pulls["youtube"]["failed"] == pulls["youtube"]["polled"]
    assert pulls["bluesky"]["failed"] == 1
    missing = {(row["account_id"], row["entity"]): row for row in status["missing"]}
    assert missing["mastodon:essex", "profiles"]["reason"] == "bad_request"
    assert not any(ECHO in words for words in (done.stdout, done.stderr, str(status)))
    assert [path for path in nation.home.rglob("*") if holds(path, ECHO, since=began)] == []
    held = nation.query(
        "select account_id, detail from fct_collection where reason = 'quarantined' "
        "and platform = 'mastodon' and collected_date = '2026-11-10' order by account_id"
    )
    assert pulls["mastodon"]["quarantined"] == len(held) > 0
    assert all("derbyshire" in account and "below zero" in why for account, why in held)
    out = [row for row in status["missing"] if row["outcome"] == "quarantined"]
    assert {(row["platform"], row["force_id"]) for row in out} == {("mastodon", "derbyshire")}
    assert pulls["mastodon"]["quarantined"] == len(out)
    assert missing["bluesky:kent", "profiles"]["reason"] == "flipped_type"
    assert missing["youtube:metropolitan", "profiles"]["reason"] == "server_error"
    assert missing["mastodon:derbyshire", ""]["detail"].startswith("mastodon/profiles")
    done = nation.run("status")
    assert done.returncode == 4
    lines = [line for line in done.stdout.splitlines() if line.startswith("  youtube: ")]
    assert "accounts failed: server_error" in lines[0]
    assert len(lines) == len({row["reason"] for row in status["missing"] if row["platform"] == "youtube"})
    (kent,) = (row for row in nation.json("status", "--force", "kent") if row["account_id"] == "bluesky:kent")
    assert (kent["outcome"], kent["since"]) == ("failed", "2026-11-10")
    assert kent["reason"].startswith("profiles: flipped_type")

    reasons = dict(
        nation.query(
            "select account_id, reason from fct_collection where status <> 'landed' and platform = 'bluesky' "
            "and collected_date = '2026-11-10' and is_due"
        )
    )
    assert reasons["bluesky:kent"] == "flipped_type"

    table = nation.json("table", "followers_per_1k", "--platform", "bluesky")
    assert [row["area_type"] for row in table].count("force") == 48


def test_what_is_missing_says_why_in_the_table(copied: Callable[[], Nation]) -> None:
    nation = copied()
    table = nation.json("table", "followers_per_1k", "--platform", "youtube")
    rows = {row["area_id"]: row for row in table if row["area_type"] == "force"}
    assert len(rows) == 48
    assert (rows["dyfed-powys"]["value"], rows["dyfed-powys"]["value_note"]) == (None, "not_collected")
    assert "hidden" in rows["dyfed-powys"]["note"]
    assert rows["city-of-london"]["value_note"] == "too_few_residents"
    assert all((row["value"] is None) == (row["value_note"] is not None) for row in rows.values())


def test_a_platform_that_is_wrong_as_a_whole_is_quarantined_and_the_others_are_published(
    copied: Callable[[], Nation],
) -> None:
    nation = copied()
    before = nation.release.name
    with start(faults=["bluesky:*:negative"]) as url:
        done = nation.run("run", *DAY, env={"BEATBOOK_SANDBOX_URL": url})
    assert done.returncode == 0, done.stderr
    assert "bluesky quarantined" in done.stderr
    assert nation.release.name != before
    collected = (
        "select platform, count(*) filter (status = 'landed'), count(*) filter (reason = 'quarantined') "
        "from fct_collection where collected_date = '2026-11-10' and is_due group by platform"
    )
    landed = {platform: counts for platform, *counts in nation.query(collected)}
    assert landed["bluesky"][0] == 0
    assert landed["bluesky"][1] > 48
    assert landed["mastodon"][0] > 40
    assert landed["mastodon"][1] == landed["youtube"][1] == 0
    (bluesky,) = (row for row in nation.json("status")["pulls"] if row["platform"] == "bluesky")
    assert bluesky["quarantined"] == bluesky["polled"] - bluesky["refused"]

    # One force pulled again, and in good health, clears nothing.
    done = nation.run("run", *DAY, "--force", "kent")
    assert done.returncode == 0, done.stderr
    assert {platform: counts for platform, *counts in nation.query(collected)}["bluesky"][0] == 0


def test_a_day_that_nobody_answered_is_not_published(copied: Callable[[], Nation]) -> None:
    nation = copied()
    before = nation.release.name
    with start(faults=[f"{platform}:*:503" for platform in pulled_platforms()]) as url:
        done = nation.run("run", *DAY, env={"BEATBOOK_SANDBOX_URL": url})
    assert done.returncode == 3
    assert nation.release.name == before
    assert any("forces that are due were collected" in line for line in nation.json("status")["failed_gates"])


def test_a_command_that_is_killed_can_be_run_again_also_for_named_forces(
    copied: Callable[[], Nation],
) -> None:
    nation = copied()
    before = nation.release.name
    for moment in ("bluesky", "youtube"):  # in the midst of the pull; after it, in gates or build
        with nation.start("run", "--until", str(UNTIL)) as process:
            assert process.stderr is not None
            next(line for line in process.stderr if moment in line)
            os.killpg(process.pid, signal.SIGKILL)
    assert nation.release.name == before
    done = nation.run("run", "--until", str(UNTIL), "--force", "kent")
    assert done.returncode == 0, done.stdout + done.stderr

    pulls = {row["platform"]: row for row in nation.json("status")["pulls"]}
    assert pulls["mastodon"]["polled"] > 100  # the day as a whole, of which a part was pulled again
    newest = max((nation.home / "landing" / "mastodon" / "profiles" / f"day={UNTIL}").iterdir())
    assert pl.read_parquet(newest)["force_id"].unique().to_list() == ["kent"]
    doubled = "select count(*) - count(distinct account_id || activity_date) from fct_account_days"
    assert nation.query(doubled) == [(0,)]
    assert nation.release.name == before  # the same moment gives the same answers, so the same release
    with sqlite3.connect(nation.home / "dagster" / "history" / "runs.db") as runs:
        assert runs.execute("select count(*) from runs where status = 'STARTED'").fetchall() == [(0,)]
