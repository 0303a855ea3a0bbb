"""The whole way of three forces on two days: pulled over HTTP, gated, built, published, read, refused.

Belongs here: what `make test` shows of the whole. Does not belong here: that figures are the sandbox's truth
(test_truth.py), or what becomes of failures (test_failures.py): those need the whole nation.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.landing.locks import locked
from tests.e2e.conftest import UNTIL, Nation
from tests.e2e.small_nation import FORCES, small_nation

pytestmark = pytest.mark.e2e
PULLED = ("run", "--days", "2", "--until", str(UNTIL))


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nation]:
    with small_nation() as url:
        nation = Nation(tmp_path_factory.mktemp("first") / "home", {"BEATBOOK_SANDBOX_URL": url})
        done = nation.run(*PULLED)
        assert done.returncode == 0, done.stdout + done.stderr
        yield nation


def test_every_force_has_the_followers_that_were_read_or_a_reason(nation: Nation) -> None:
    """Of the week that ended before the last pull, whose followers are those of its end."""
    week = ("--period", str(UNTIL - timedelta(days=7)), "--period-type", "week")
    table = nation.json("table", "followers_per_1k", "--platform", "mastodon", *week)
    rows = {row["area_id"]: row for row in table if row["area_type"] == "force"}
    assert len(rows) == 48
    read = dict(
        nation.query(
            "select force_id, 1000.0 * sum(follower_count) / any_value(population) from fct_account_days "
            "inner join dim_force_population using (force_id) where platform = 'mastodon' "
            f"and activity_date = '{UNTIL}' and until_year is null group by force_id"
        )
    )
    assert read.keys() == FORCES
    for force_id, row in rows.items():
        if force_id in FORCES:
            assert row["value"] == pytest.approx(read[force_id])
        else:
            assert row["value_note"]


def test_the_release_is_of_gates_that_passed_and_says_that_it_is_invented(nation: Nation) -> None:
    status = nation.json("status")
    assert status["release"]["release_id"] == nation.release.name
    with duckdb.connect(str(nation.release / "beatbook.duckdb"), read_only=True) as release:
        assert release.sql("select distinct is_invented from bench_values").fetchall() == [(True,)]


def test_what_gates_expected_is_on_pages_that_are_there(nation: Nation) -> None:
    of_day = {row["subject"]: row for row in nation.json("gates", "--day", str(UNTIL))}
    assert {"mastodon/posts", "bench_values"} <= of_day.keys()
    for row in of_day.values():
        assert row["failed"] == 0 < row["expectations"]
        assert "DID NOT HOLD" not in Path(row["page"]).read_text().split("</style>")[1]
    # Of a day without landing only what is built is left.
    before = {row["subject"] for row in nation.json("gates", "--day", str(UNTIL - timedelta(days=5)))}
    assert before == {subject for subject in of_day if "/" not in subject}


def test_what_cannot_be_meant_is_said_plainly(nation: Nation) -> None:
    done = nation.run("run", "--force", "kant")
    assert done.returncode == 1
    assert "no such force: kant" in done.stderr
    assert nation.run("table", "nonsense").returncode == 1
    assert nation.run("run", "--days", "0").returncode == 2


def test_two_commands_at_once_are_refused(nation: Nation) -> None:
    with locked(nation.home / "locks" / "command"):
        done = nation.run("build")
    assert done.returncode == 5
    assert "another command is at work" in done.stderr


def test_a_number_is_explained_from_its_accounts_to_its_place(nation: Nation) -> None:
    week = (str(UNTIL - timedelta(days=7)), "--period-type", "week", "--platform", "mastodon")
    found = nation.json("explain", "followers_per_1k", "kent", *week)
    said = [line for _, lines in found["sections"] for line in lines]
    followers = sum(row["follower_count"] for row in found["accounts"])
    assert len(found["accounts"]) > 1
    assert any(line.startswith(f"1,000 × {followers:,} ÷ 1,931,700 = ") for line in said)
    of_few = nation.json("explain", "answered_1h_pct", "kent", *week)
    assert of_few["accounts"] == []
    assert "too few questions" in of_few["no_accounts"]
    nobody = nation.run("explain", "followers_per_1k", "kant")
    assert nobody.returncode == 1
    assert "there is no force kant" in nobody.stderr
