"""What is official stays as it was published: kept whatever its day, and nothing takes its place."""

from datetime import timedelta

import pytest

from pipelines.disk import sha256_of
from pipelines.landing.store import Landing
from pipelines.release.official import damaged, path_of
from pipelines.release.publish import NotPublishedError, publish
from pipelines.release.published import Release, folder_of, folders
from pipelines.settings import Settings
from tests.damage import flip
from tests.release.official import mark
from tests.release.small_build import AS_OF, build


def later(settings: Settings, landing: Landing, days: int) -> Release:
    """A release of another day with other figures."""
    build(settings, f"later-{days}", as_of=AS_OF + timedelta(days=days), value=50.0 + days)
    return publish(settings, landing)


@pytest.mark.parametrize("is_official", [True, False])
def test_it_is_kept_whatever_its_day_and_written_to_by_nobody(
    built: Settings, landing: Landing, is_official: bool
) -> None:
    first = publish(built, landing)
    if is_official:
        mark(built, first)
    folder = folder_of(built, first)
    before = {path: (path.stat().st_mtime_ns, sha256_of(path)) for path in folder.rglob("*.*")}
    for days in (1, 60, 61):  # a later one of the same month, then two of another
        later(built, landing, days)
    kept = [path.name for path in folders(built)]
    assert (first.release_id in kept) is is_official
    if is_official:
        assert {path: (path.stat().st_mtime_ns, sha256_of(path)) for path in before} == before


def test_where_the_list_cannot_be_read_nothing_is_published_and_nothing_removed(
    built: Settings, landing: Landing
) -> None:
    first = publish(built, landing)
    mark(built, first)
    later(built, landing, 1)
    path_of(built).write_text("[")
    with pytest.raises(NotPublishedError, match="no list of official releases"):
        later(built, landing, 60)
    assert first.release_id in [path.name for path in folders(built)]


@pytest.mark.parametrize("name", ["tables/dim_force.parquet", "release.json"])
@pytest.mark.parametrize("is_official", [True, False])
def test_a_build_with_the_same_content_does_not_take_the_place_of_a_damaged_one(
    built: Settings, landing: Landing, name: str, is_official: bool
) -> None:
    first = publish(built, landing)
    if is_official:
        mark(built, first)
    flip(folder_of(built, first) / name)
    again = publish(built, landing)
    assert again.release_id == (f"{first.release_id}-2" if is_official else first.release_id)
    assert folder_of(built, first).is_dir()


def test_mending_puts_back_the_very_bytes(built: Settings, landing: Landing) -> None:
    first = publish(built, landing)
    mark(built, first)
    name = "tables/dim_force.parquet"
    flip(folder_of(built, first) / name)
    publish(built, landing)
    assert sha256_of(folder_of(built, first) / name) == first.files[name]
    assert damaged(built) == {first.release_id: []}
