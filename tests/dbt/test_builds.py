"""The whole project builds, with its unit tests, where there is little; and what ends stays accounted for."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.landing.store import Landing
from pipelines.registry.corrections import NONE
from pipelines.registry.incidents import NONE as NO_INCIDENT
from pipelines.registry.neighbourhoods import NONE as NO_NEIGHBOURHOOD
from pipelines.registry.rate_cards import NONE as NO_RATE_CARD
from pipelines.registry.staffed_hours import NONE as NO_HOURS
from pipelines.sources.catalogue import pulled_platforms, source
from pipelines.warehouse.window import link_files, window
from tests.dbt.conftest import Project
from tests.landing.landed import land

ACCOUNTS = """\
account_id,force_id,platform,handle,platform_account_id,account_type,url,source,source_date,note
facebook:essex,essex,facebook,Essex,,corporate,,invented,2026-01-01,
facebook:kent,kent,facebook,Kent,,corporate,,invented,2026-01-01,
"""
EVENTS = """\
account_id,event_type,event_date,new_handle,into_account_id,source,note
facebook:kent,closed,2026-03-10,,,invented,
"""


#: Accounts and their forces, with what they had at the end of October 2025 and 2026.
GROWING = {
    ("facebook:kent", "kent"): (1000, 1200),
    ("facebook:kent-dogs", "kent"): (333, 300),
    ("facebook:kent-new", "kent"): (None, 5000),
    ("facebook:kent-into", "kent"): (2000, 2900),
    ("facebook:kent-merged", "kent"): (800, None),
    ("facebook:essex", "essex"): (480, 450),
}
MERGED = "facebook:kent-merged,merged_into,2026-04-10,,facebook:kent-into,invented,"


def empty_landing(folder: Path) -> Landing:
    landing = Landing(folder / "landing", {name: source(name).ENTITIES for name in pulled_platforms()})
    landing.prepare()
    return landing


def land_followers(landing: Landing, account_id: str, force_id: str, day: date, count: int | None) -> None:
    """A return of one follower count at noon, or, without a count, of nothing."""
    land_counts(landing, day, {(account_id, force_id): count})


def land_counts(landing: Landing, day: date, counts: dict[tuple[str, str], int | None]) -> None:
    """The same of several accounts, each with its force."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).replace(tzinfo=None)
    asked = {"entity": "profiles", "row_count": 1, "reason": "", "detail": "", "request_count": 0}
    asked |= {"unit_count": 0, "unknown_field_count": 0}
    rows: dict[str, list[dict[str, object]]] = {"profiles": [], "requests": []}
    for (account_id, force_id), count in counts.items():
        own = {"force_id": force_id, "account_id": account_id, "platform": "facebook", "pulled_at_utc": noon}
        rows["requests"].append(own | asked | {"status": "empty" if count is None else "landed"})
        if count is not None:
            row = {"observed_at_utc": noon, "follower_count": count, "post_count": None, "file_sha256": ""}
            rows["profiles"].append(own | row | {"line": 2})
    land(landing, "returns", day, f"r{day.toordinal():08d}-00000000", rows)


def read(landing: Landing, project: Project) -> None:
    found = window(landing, None)
    assert found is not None
    link_files(landing, found, project.read)


@pytest.fixture(scope="module")
def from_one_return(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """Production built from one follower count of a real account, and whose it is."""
    folder = tmp_path_factory.mktemp("one_return")
    project, landing = Project(folder, profile="production"), empty_landing(folder)
    per_head = {row["force_id"] for row in project.seed("forces") if row["is_per_head"] == "true"}
    account = next(
        row
        for row in project.seed("accounts")
        if row["platform"] == "facebook" and row["force_id"] in per_head
    )
    force_id = account["force_id"]
    land_followers(landing, account["account_id"], force_id, date(2026, 11, 15), 1000)
    # Tuesday's return of nothing: only now is the week known to be over.
    land_followers(landing, account["account_id"], force_id, date(2026, 11, 17), None)
    read(landing, project)
    project.dbt("build", "--exclude-resource-type", "unit_test")
    return project, force_id


#: Joins of which no part is an equality, of tables so small that it does not matter: indicators, periods,
#: platforms, groups of forces, corrections.
SMALL_ENOUGH = {
    "int_profiles__unioned",
    "bench_cusum",
    "bench_measures",
    "bench_possible_cells",
    "dim_area_member",
    "assert_every_cell_of_the_grid_is_accounted_for",
}


def test_no_model_compares_every_row_with_every_other(from_one_return: tuple[Project, str]) -> None:
    """DuckDB does so, whatever else is equal, where the condition of an outer join speaks of the left side
    alone: half a million rows against as many were two thirds of a year's build."""
    project, _ = from_one_return
    files = [
        path
        for path in (project.folder / "target" / "compiled").rglob("*.sql")
        if not any(part.endswith(".yml") for part in path.parts)
    ]
    assert len(files) > 100
    found = set()
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        connection.execute(f"set file_search_path = '{project.read}'")
        for path in files:
            [(_, plan)] = connection.sql(f"explain {path.read_text()}").fetchall()
            if "BLOCKWISE_NL_JOIN" in plan:
                found.add(path.stem)
    assert found == SMALL_ENOUGH


def test_production_builds_from_one_return(from_one_return: tuple[Project, str]) -> None:
    """A number for its force, reasons everywhere else."""
    project, force_id = from_one_return
    project.dbt("test", "--select", "test_type:unit")  # fixtures take their types from tables that are there
    found = project.ask(
        "select area_id, platform, account_scope, period_type, numerator, is_invented from bench_values "
        "where value is not null and indicator_id not in "
        "('accounts_per_100k', 'platforms_used', 'messages_collected_pct', 'posts_collected_pct', "
        "'official_followers_pct') order by all"
    )
    own = [(force_id, "facebook", scope, "week", 1000, False) for scope in ("all", "official")]
    # A force of which nothing could be had keeps nobody else from being all there is.
    assert [row for row in found if row[0] == force_id] == own
    assert {row[4] for row in found} == {1000}
    held_back = (
        "select count(*) > 0 from {} where platform in ('x', 'youtube') and value_note = 'terms_restricted'"
    )
    assert project.ask(held_back.format("bench_not_available")) == [(True,)]
    assert project.ask("select count(*) from bench_values where platform in ('x', 'youtube')") == [(0,)]


@pytest.mark.long
def test_a_force_whose_last_account_closed_says_so(tmp_path: Path) -> None:
    """Periods after the end have a cell with the reason; the checks of the build find one that is missing."""
    register = tmp_path / "register"
    register.mkdir()
    (register / "accounts.csv").write_text(ACCOUNTS)
    (register / "account_events.csv").write_text(EVENTS)
    (register / "corrections.csv").write_text(NONE)
    (register / "incidents.csv").write_text(NO_INCIDENT)
    (register / "staffed_hours.csv").write_text(NO_HOURS)
    (register / "rate_cards.csv").write_text(NO_RATE_CARD)
    (register / "neighbourhoods.csv").write_text(NO_NEIGHBOURHOOD)
    project, landing = Project(tmp_path, register=register), empty_landing(tmp_path)
    land_followers(landing, "facebook:kent", "kent", date(2026, 3, 8), 1000)
    land_followers(landing, "facebook:essex", "essex", date(2026, 5, 3), 500)
    read(landing, project)
    project.dbt("build", "--exclude-resource-type", "unit_test")
    noted = project.ask(
        "select value_note from bench_values where area_id = 'kent' and platform = 'facebook' "
        "and indicator_id = 'followers_per_1k' and account_scope = 'all' and period_end = date '2026-04-30'"
    )
    assert noted == [("no_account",)]


@pytest.mark.long
def test_growth_is_of_the_accounts_that_had_followers_at_both_ends(tmp_path: Path) -> None:
    """By a plain loop over what forces sent; nobody who was carried over from a merged account is a gain."""
    register = tmp_path / "register"
    register.mkdir()
    lines = [f"{a},{f},facebook,{a[9:]},,corporate,,invented,2025-01-01," for a, f in GROWING]
    (register / "accounts.csv").write_text("\n".join([ACCOUNTS.splitlines()[0], *lines, ""]))
    (register / "account_events.csv").write_text("\n".join([EVENTS.splitlines()[0], MERGED, ""]))
    (register / "corrections.csv").write_text(NONE)
    (register / "incidents.csv").write_text(NO_INCIDENT)
    (register / "staffed_hours.csv").write_text(NO_HOURS)
    (register / "rate_cards.csv").write_text(NO_RATE_CARD)
    (register / "neighbourhoods.csv").write_text(NO_NEIGHBOURHOOD)
    project, landing = Project(tmp_path, register=register), empty_landing(tmp_path)
    land_counts(landing, date(2025, 9, 1), dict.fromkeys(GROWING, 1))
    for nth, day in enumerate((date(2025, 10, 31), date(2026, 10, 31))):
        land_counts(landing, day, {account: counts[nth] for account, counts in GROWING.items()})
    land_counts(landing, date(2026, 11, 4), dict.fromkeys(GROWING))
    read(landing, project)
    project.dbt("build", "--exclude-resource-type", "unit_test")
    found = project.ask(
        "select area_id, numerator, denominator, n, value, note_detail from bench_values "
        "where indicator_id = 'follower_growth_pct' and period_end = date '2026-10-31' "
        "and platform = 'facebook' and area_id in ('kent', 'essex') and account_scope = 'all'"
    )
    said = {
        "kent": "2 of 4 accounts have a count at both ends and no merger between; "
        "facebook:kent-merged was merged into facebook:kent-into on 2026-04-10",
        "essex": None,
    }
    expected = set()
    for force_id, text in said.items():
        kept = [
            (was, became)
            for (account_id, of), (was, became) in GROWING.items()
            if of == force_id and was and became and account_id != "facebook:kent-into"
        ]
        before, after = sum(was for was, _ in kept), sum(became for _, became in kept)
        value = 100 * (after - before) / before
        expected.add((force_id, after - before, before, len(kept), value, text))
    assert set(found) == expected
