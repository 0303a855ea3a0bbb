"""A month of the sandbox, pulled day by day until it is final, and then made official."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.e2e.conftest import Nation
from tests.e2e.small_nation import small_nation

pytestmark = [pytest.mark.e2e, pytest.mark.long]
#: September is final once its last posts and conversations have been followed for their days.
FIRST, LAST, NEXT = date(2026, 9, 1), date(2026, 10, 16), date(2026, 10, 17)
TABLE = ("table", "engagements_per_post", "--platform", "bluesky", "--period", "2026-09")
BY_HAND = ("releases", "official", "--by", "national lead", "--reason", "before the calendar's first date")


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nation]:
    """Three forces, pulled for six weeks and a half in one command."""
    with small_nation() as url:
        nation = Nation(tmp_path_factory.mktemp("official") / "home", {"BEATBOOK_SANDBOX_URL": url})
        done = nation.run("run", "--days", str((LAST - FIRST).days + 1), "--until", str(LAST))
        assert done.returncode == 0, done.stdout + done.stderr
        yield nation


def test_a_final_month_becomes_official_and_stays_while_days_go_on(nation: Nation) -> None:
    before = nation.json(*TABLE)
    assert sum(row["value"] is not None for row in before if row["area_type"] == "force") == 3
    assert not any(row["is_provisional"] for row in before)
    frozen = nation.release.name

    done = nation.run(*BY_HAND)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "September 2026" in done.stdout
    again = nation.run(*BY_HAND)
    assert again.returncode == 3, again.stdout + again.stderr

    done = nation.run("run", "--until", str(NEXT))
    assert done.returncode == 0, done.stdout + done.stderr
    assert nation.release.name != frozen
    now = nation.json(*TABLE)
    assert {row.pop("release_label") for row in before} == {"Working release"}
    assert {row.pop("release_label") for row in now} == {"Official release 1 (September 2026)"}
    assert now == before
    assert {row["release_id"] for row in now} == {frozen}
    working = nation.json(*TABLE, "--release", "working")
    assert {row["release_id"] for row in working} == {nation.release.name}

    states = {row["release_id"]: row["state"] for row in nation.json("releases", "list")}
    assert states == {
        frozen: "Official release 1 (September 2026)",
        nation.release.name: "working, current",
    }
    difference = nation.run("releases", "diff", frozen, nation.release.name)
    assert difference.returncode == 0, difference.stdout + difference.stderr
