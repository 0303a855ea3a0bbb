"""A release holds what the exposures name, and they name nothing that could give a suppressed figure away."""

from pathlib import Path

import pytest

from pipelines.release.contents import Contents, contents
from pipelines.settings import Settings
from tests.release.small_build import EXTRACTS, TABLES


@pytest.fixture(scope="module")
def published() -> Contents:
    """Those of the project itself."""
    return contents(Settings())


def test_the_exposures_are_read_from_the_manifest(settings: Settings, manifest: Path) -> None:
    found = contents(settings)
    assert [model.name for model in found.tables] == TABLES
    assert {model.name: model.descriptions for model in found.extracts} == EXTRACTS


def test_measures_cells_posts_and_conversations_are_in_no_release(published: Contents) -> None:
    """They hold counts that bench_values suppresses."""
    tables = {model.name for model in published.tables if not model.name.startswith("dim_")}
    benchmarks = {"bench_values", "bench_comparisons", "bench_funnels", "bench_not_available"}
    benchmarks |= {"bench_shrunk", "bench_ranks", "bench_changes"}  # of cells that have a value
    benchmarks |= {"bench_peer_comparisons"}  # sums of what bench_values shows
    benchmarks |= {
        "bench_incidents",
        "bench_without_incidents",
        "bench_questions",
    }  # posts and followers; figures of all forces
    benchmarks |= {"bench_cusum"}  # in tenths, of months that are shown
    benchmarks |= {"bench_merger_effects"}  # means of twelve weeks, each of them with enough to show
    benchmarks |= {"bench_neighbourhoods"}  # followers and posts
    assert tables == benchmarks | {"fct_collection"}
    assert all(model.name.startswith("ext_") for model in published.extracts)


def test_every_extract_is_in_the_exposure_and_every_column_of_one_is_described(published: Contents) -> None:
    folder = Path(__file__).parents[2] / "dbt" / "models" / "extracts"
    assert {model.name for model in published.extracts} == {path.stem for path in folder.glob("*.sql")}
    for model in published.extracts:
        assert "force_id" in model.descriptions
        assert all(model.descriptions.values()), model.name
