"""The map of tiles: every force has its place, and says its figure there."""

import re
from itertools import pairwise
from pathlib import Path

import polars as pl
from starlette.testclient import TestClient

from pipelines.settings import SEEDS, Settings
from portal.app import build_app
from portal.tiles import TILES
from tests.release.small_release import OCTOBER, cell, publish_small


def test_every_force_has_a_place_of_its_own_and_a_name_that_fits() -> None:
    assert set(TILES) == set(pl.read_csv(SEEDS / "forces.csv")["force_id"])
    places = sorted((column, row) for column, row, _ in TILES.values())
    assert all(one != other for one, other in pairwise(places))
    names = [name for _, _, name in TILES.values()]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 9


def test_neighbours_lie_as_on_the_map() -> None:
    def south_of(one: str, other: str) -> bool:
        return TILES[one][1] > TILES[other][1]

    def east_of(one: str, other: str) -> bool:
        return TILES[one][0] > TILES[other][0]

    assert south_of("northumbria", "police-scotland")
    assert south_of("kent", "essex")
    assert south_of("devon-and-cornwall", "avon-and-somerset")
    assert east_of("norfolk", "cambridgeshire")
    assert east_of("gwent", "south-wales")
    assert east_of("humberside", "west-yorkshire")


def test_a_tile_says_the_figure_of_its_force(tmp_path: Path) -> None:
    settings = Settings(BEATBOOK_HOME=tmp_path, public_pages="indicator")  # type: ignore[call-arg, arg-type]
    publish_small(
        settings, [cell("followers", "essex", OCTOBER, 7.25, n=12), cell("followers", "surrey", OCTOBER)]
    )
    client = TestClient(build_app(settings))
    drawn = client.get("/charts/tiles.svg?indicator=followers&platform=bluesky&period=2026-10").text
    said = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    assert len([text for text in said if text == "no number"]) == len(TILES) - 1
    assert {"Essex", "= 7.25", "Surrey"} <= set(said)
    page = client.get("/indicators/followers?platform=bluesky&period=2026-10").text
    assert "/charts/tiles.svg?" in page
