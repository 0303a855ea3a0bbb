"""Two days with a late return between them: what was revised is listed, and both releases come again."""

import hashlib
import shutil
from pathlib import Path

import pytest

from pipelines.landing.store import open_landing
from pipelines.settings import Settings
from tests.damage import flip
from tests.e2e.conftest import UNTIL, Nation
from tests.landing.landed import refused

pytestmark = [pytest.mark.e2e, pytest.mark.long]
DAYS = [UNTIL.replace(day=8), UNTIL]


def returned(nation: Nation, observed_at: str, followers: int) -> None:
    """Kent's own count of its followers on Facebook, which nobody pulls."""
    file = nation.home.parent / f"{followers}.csv"
    handle = "kent"
    for line in (nation.home / "register" / "accounts.csv").read_text().splitlines():
        if line.startswith("facebook:") and line.split(",")[1] == "kent":
            handle = line.split(",")[3]
    file.write_text(
        "force_id,platform,handle,observed_at,follower_count,post_count\n"
        f"kent,facebook,{handle},{observed_at},{followers},\n"
    )
    day = observed_at[:10]
    declared = ("--from", day, "--to", day, "--exported-at", observed_at)
    done = nation.run("returns", "import", str(file), *declared, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Nation:
    nation = Nation(tmp_path_factory.mktemp("replay") / "home")
    assert nation.run("plan").returncode == 0  # the sandbox's register is there
    for day, observed_at, followers in zip(DAYS, ("2026-10-31", "2026-11-01"), (10_000, 20_000), strict=True):
        returned(nation, f"{observed_at}T12:00:00Z", followers)
        done = nation.run("run", "--until", str(day))
        assert done.returncode == 0, done.stdout + done.stderr
    return nation


def published(nation: Nation) -> dict[str, str]:
    """What a replay must not touch."""
    own = [nation.home / "warehouse.duckdb", nation.home / "build.json"]
    own += sorted(path for path in (nation.home / "releases").rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in own}


def releases(nation: Nation) -> list[str]:
    return sorted(path.name for path in (nation.home / "releases").iterdir() if path.is_dir())


def test_what_a_late_return_changes_is_listed_with_old_new_and_why(nation: Nation) -> None:
    rows = nation.json("revisions")
    assert {row["old_release_id"] for row in rows} == {releases(nation)[0]}
    late = [row for row in rows if row["reason"] == "late_return"]
    # Kent has one account: of its followers all are official as before, of groups' another share.
    assert {row["indicator_id"] for row in late} == {"followers_per_1k", "official_followers_pct"}
    kent = [row for row in late if row["area_id"] == "kent" and row["old_value"] is not None]
    assert {row["period_type"] for row in kent} == {"week", "month"}
    for row in kent:
        assert (row["platform"], row["indicator_id"]) == ("facebook", "followers_per_1k")
        assert row["new_value"] == pytest.approx(2 * row["old_value"])
    assert {row["reason"] for row in rows if row["platform"] == "mastodon"} <= {"provisional", "later_data"}


def test_both_releases_come_out_the_same_and_nothing_is_touched(
    nation: Nation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATBOOK_HOME", str(nation.home))
    landing = open_landing(Settings())
    ((day, run_id),) = landing.runs("mastodon", DAYS[0], DAYS[0])
    asked = landing.read("mastodon", "requests", day, run_id)
    account = refused(asked["account_id"][0], asked["force_id"][0], "mastodon")
    landing.judge("mastodon", day, run_id, [account])
    before = published(nation)
    for release_id in releases(nation):
        done = nation.run("replay", release_id)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"release {release_id}: same" in done.stdout
        assert "Runs judged again since, and taken as judged then: 1." in done.stdout
    assert published(nation) == before
    assert not (nation.home / "replaying").exists()


def test_another_register_is_a_difference_with_its_reason(nation: Nation, tmp_path: Path) -> None:
    other = Nation(tmp_path / "home")
    shutil.copytree(nation.home, other.home, symlinks=True)
    accounts = other.home / "register" / "accounts.csv"
    accounts.write_text(accounts.read_text().replace(",contact_centre,", ",campaign,"))
    done = other.run("replay")
    assert done.returncode == 3, done.stdout + done.stderr
    assert f"release {releases(nation)[1]}: differs" in done.stdout
    assert "tables/dim_account.parquet" in done.stdout
    assert "tables/dim_period.parquet" not in done.stdout
    assert "Perhaps why: not as they were then: register." in done.stdout


def test_a_damaged_landing_file_is_named(nation: Nation, tmp_path: Path) -> None:
    other = Nation(tmp_path / "home")
    shutil.copytree(nation.home, other.home, symlinks=True)
    (path,) = (other.home / "landing" / "bluesky" / "posts").glob(f"day={DAYS[0]}/*.parquet")
    flip(path)
    done = other.run("replay", releases(nation)[0])
    assert done.returncode == 3, done.stdout + done.stderr
    assert f"{path} is missing, or is not what was landed: put it back from a copy" in done.stdout
