"""A force's neighbourhoods, read from a release and on its page."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from starlette.testclient import TestClient

from pipelines.release.neighbourhoods import FIGURES, NO_RESIDENTS, Neighbourhoods, neighbourhoods
from pipelines.release.opened import open_release
from pipelines.release.periods import Period
from pipelines.settings import SEEDS, Settings
from portal.app import build_app
from tests.release.small_release import OCTOBER, SEPTEMBER, cell, end_of, publish_small


def row(name: str, platform: str = "all", accounts: str = "", **more: Any) -> dict[str, Any]:
    """A neighbourhood of Kent in October, 20,000 residents unless said otherwise, nothing offered."""
    figures = {key: value for figure in FIGURES for key, value in ((figure, None), (f"{figure}_note", None))}
    return {
        "force_id": "kent",
        "neighbourhood_id": f"id-{name}",
        "neighbourhood_name": name,
        "platform": platform,
        "period_type": "month",
        "period_start": OCTOBER,
        "resident_count": 20_000,
        "no_residents_because": None,
        "account_count": len(accounts.split(", ")) if accounts else 0,
        "account_ids": accounts or None,
        "served_count": 1 if accounts else None,
        **figures,
        **{f"{figure}_note": "not_offered" for figure in FIGURES},
        **more,
    }


ON_BLUESKY = {
    "followers_per_1k": 12.5,
    "followers_per_1k_note": None,
    "engagements_per_1k_note": "provisional",
    "served_count": 2,
}
ROWS = [
    row("Deal", accounts="bluesky:deal"),
    row("Deal", "bluesky", "bluesky:deal", **ON_BLUESKY),
    row("Hythe", resident_count=None, no_residents_because="zero"),
    row("Lydd"),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(BEATBOOK_HOME=tmp_path, public_pages="force")  # type: ignore[call-arg, arg-type]


def publish(settings: Settings, rows: list[dict[str, Any]] | None) -> None:
    cells = [cell("followers", "kent", OCTOBER, 7.25), cell("followers", "kent", SEPTEMBER, 1.0)]
    frame = None if rows is None else pl.DataFrame(rows, infer_schema_length=None)
    publish_small(settings, cells, neighbourhoods=frame)


def found(settings: Settings, force: str = "kent", start: date = OCTOBER) -> Neighbourhoods | None:
    return neighbourhoods(*open_release(settings), force, Period("month", start, end_of("month", start)))


def test_its_figures_and_reasons_are_those_of_the_project() -> None:
    project = (SEEDS.parent / "dbt_project.yml").read_text()
    listed = project.partition("neighbourhood_figures:")[2].partition("#")[0]
    assert re.findall(r"(\w+): \w+", listed) == list(FIGURES)
    described = (SEEDS / "neighbourhoods.yml").read_text()
    assert all(f"({why})" in described for why in NO_RESIDENTS)


def test_who_has_an_account_and_who_has_none(settings: Settings) -> None:
    publish(settings, ROWS)
    kent = found(settings)
    assert kent is not None
    assert kent.sentence == (
        "2 of 3 neighbourhoods have no account on any platform. data.police.uk gives residents for 2 of "
        "them, 40,000 together."
    )
    assert kent.figures == {"followers_per_1k": "Followers", "engagements_per_1k": "Engagements"}
    [deal] = kent.rows
    assert (deal["residents"], deal["followers_per_1k_shown"]) == ("20,000", "12.5")
    assert deal["engagements_per_1k_shown"] == "Provisional"
    without = [(one["neighbourhood_name"], one["residents"]) for one in kent.without]
    assert without == [("Hythe", "given as 0"), ("Lydd", "20,000")]
    assert (kent.is_any_shared, kent.with_count) == (True, 1)


def test_residents_of_none_are_no_nought(settings: Settings) -> None:
    publish(settings, [row("Hythe", resident_count=None, no_residents_because="not_a_number")])
    kent = found(settings)
    assert kent is not None
    assert kent.sentence.endswith("data.police.uk gives a usable number of residents for none of them.")
    assert (kent.rows, kent.is_any_shared) == ([], False)


def test_where_none_are_there_is_nothing(settings: Settings) -> None:
    publish(settings, ROWS)
    assert found(settings, "essex") is None
    assert found(settings, "kent", SEPTEMBER) is None


def test_a_release_of_an_earlier_version_says_nothing_of_them(settings: Settings) -> None:
    publish(settings, None)
    assert found(settings) is None


def test_their_residents_are_held_against_the_forces(settings: Settings) -> None:
    publish(settings, ROWS)
    release, connection = open_release(settings)
    connection.execute(
        "create or replace view dim_force as "
        "select 'kent' as force_id, 50000 as population, 'mid-2024' as population_vintage"
    )
    kent = neighbourhoods(release, connection, "kent", Period("month", OCTOBER, end_of("month", OCTOBER)))
    assert kent is not None
    assert kent.sentence.endswith(
        "40,000 together: 80% of the force's 50,000 (mid-2024). The two are counted apart and of different "
        "years, so that this may be under or over 100%."
    )


def test_the_page_shows_them_and_folds_the_many(settings: Settings) -> None:
    publish(settings, [*ROWS, *(row(f"Ward {nth}") for nth in range(9))])
    client = TestClient(build_app(settings))
    page = client.get("/forces/kent?period=2026-10").text
    assert "<h2>Neighbourhoods</h2>" in page
    assert "<details open>\n<summary>1 with an account</summary>" in page
    assert "<details>\n<summary>11 without an account</summary>" in page
    assert "<li>Hythe (id-Hythe): residents given as 0</li>" in page
    assert "bluesky:deal (of 2 neighbourhoods)" in page
    assert "<h2>Neighbourhoods</h2>" not in client.get("/forces/kent?period=2026-09").text
