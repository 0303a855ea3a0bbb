"""Releases on disk: damage of any kind is a sentence that names file and release, and a build heals it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.disk import sha256_of
from pipelines.gates.release_gate import release_suites
from pipelines.landing.store import Landing, open_landing
from pipelines.release.publish import publish
from pipelines.release.published import (
    DamagedReleaseError,
    Release,
    compared_with,
    current,
    damage,
    folder_of,
    is_judged_alike,
    newest_whole,
    served,
    verify,
)
from pipelines.release.status import status
from pipelines.settings import Settings
from tests.damage import cut, empty, flip, gone
from tests.release.small_build import AS_OF, build
from tests.release.small_release import OCTOBER, everywhere, publish_small

Damage = Callable[[Path], object]


EVERY_DAMAGE = pytest.mark.parametrize("harm", [flip, cut, empty, gone])


def sums(settings: Settings, release: Release) -> dict[str, str]:
    folder = folder_of(settings, release)
    return {name: sha256_of(folder / name) for name in release.files}


def run(*words: str) -> tuple[int, str]:
    """A command's exit code and what it said; an exception that nobody caught fails the test."""
    done = CliRunner().invoke(app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


# --- what readers are told


@EVERY_DAMAGE
@pytest.mark.parametrize("name", ["tables/bench_values.parquet", "release.json", "release.json.sha256"])
def test_a_damaged_release_is_not_printed(settings: Settings, harm: Damage, name: str) -> None:
    publish_small(settings, everywhere(OCTOBER))
    release = current(settings)
    assert release is not None
    harm(folder_of(settings, release) / name)
    code, said = run("table", "followers")
    assert code == 5
    assert f"release {release.release_id}: {name.removesuffix('.sha256')}" in said
    assert "`beatbook build` publishes anew" in said
    code, said = run("status")
    assert code == 5
    assert "The release is damaged" in said
    assert release.release_id in said


@pytest.mark.parametrize(
    "pointer",
    [b"20260101T0530-0000000000\n", b"", b"\xff\xfe\x00", b"../../etc", b"20261201T0530", b"x" * 9000],
)
def test_a_pointer_to_nothing_names_the_newest_whole_release(settings: Settings, pointer: bytes) -> None:
    publish_small(settings, everywhere(OCTOBER))
    release = current(settings)
    assert release is not None
    (settings.releases / "current").write_bytes(pointer)
    for words in (["table"], ["verify"]):
        code, said = run(*words)
        assert code == 5
        assert "there is no such release" in said
        assert f"the newest whole release is {release.release_id}" in said
        assert len(said) < 600
    assert run("status")[0] == 5


def test_what_another_release_says_of_itself_does_not_count(settings: Settings) -> None:
    publish_small(settings, everywhere(OCTOBER))
    release = current(settings)
    assert release is not None
    other = "20260101T0530-0000000000"
    shutil.copytree(folder_of(settings, release), settings.releases / other)
    (settings.releases / "current").write_text(other)
    with pytest.raises(DamagedReleaseError, match=f"is that of {release.release_id}"):
        current(settings)


def test_a_file_that_the_disk_does_not_give_is_named(settings: Settings) -> None:
    publish_small(settings, everywhere(OCTOBER))
    release = current(settings)
    assert release is not None
    table = folder_of(settings, release) / "tables" / "dim_area.parquet"
    table.unlink()
    table.mkdir()
    with pytest.raises(DamagedReleaseError, match=r"tables/dim_area\.parquet cannot be read: Is a directory"):
        served(settings)


def test_before_the_first_release_nothing_is_damaged(settings: Settings) -> None:
    assert current(settings) is None
    assert verify(settings) == {}
    code, said = run("table")
    assert (code, "nothing is published yet" in said) == (1, True)


def test_every_release_that_is_kept_is_verified(built: Settings, landing: Landing) -> None:
    first = publish(built, landing)
    build(built, "build-2", value=60.0)
    second = publish(built, landing)
    assert verify(built) == {first.release_id: [], second.release_id: []}
    assert run("verify") == (0, "releases: 2, of them damaged: 0\n")
    flip(folder_of(built, first) / "tables" / "bench_values.parquet")
    gone(folder_of(built, second) / "extracts" / "kent" / "accounts.csv")
    code, said = run("verify")
    assert code == 5
    assert f"release {first.release_id}: tables/bench_values.parquet is not what was published" in said
    assert f"release {second.release_id}: extracts/kent/accounts.csv is missing" in said
    assert "releases: 2, of them damaged: 2" in said


# --- healing


@EVERY_DAMAGE
@pytest.mark.parametrize(
    "name",
    [
        "tables/bench_values.parquet",
        "extracts/kent/posts.csv",
        "beatbook.duckdb",
        "release.json",
        "release.json.sha256",
    ],
)
def test_publishing_the_same_again_writes_a_damaged_release_anew(
    built: Settings, landing: Landing, harm: Damage, name: str
) -> None:
    first = publish(built, landing)
    harm(folder_of(built, first) / name)
    again = publish(built, landing)
    assert again.release_id == first.release_id
    assert served(built) == again
    assert damage(folder_of(built, again), again) == []
    assert sorted(path.name for path in built.releases.iterdir()) == [again.release_id, "current"]


@EVERY_DAMAGE
def test_a_damaged_file_is_not_shared_and_is_put_right_in_every_release_that_has_it(
    built: Settings, landing: Landing, harm: Damage
) -> None:
    first = publish(built, landing)
    build(built, "build-2", value=60.0)
    second = publish(built, landing)
    shared = folder_of(built, second) / "extracts" / "kent" / "posts.parquet"
    assert shared.samefile(folder_of(built, first) / "extracts" / "kent" / "posts.parquet")
    harm(shared)
    build(built, "build-3", value=70.0)
    third = publish(built, landing)
    for release in (first, second, third):
        assert sums(built, release) == release.files
    assert shared.samefile(folder_of(built, third) / "extracts" / "kent" / "posts.parquet")


@EVERY_DAMAGE
def test_a_year_of_posts_that_is_damaged_is_written_again(
    built: Settings, landing: Landing, harm: Damage
) -> None:
    old = [("kent", "p1", 1, AS_OF.date().replace(year=2024))]
    build(built, "build-1", posts=old)
    first = publish(built, landing)
    (name,) = (name for name in first.files if name.endswith("posts_2024.parquet"))
    harm(folder_of(built, first) / name)
    build(built, "build-2", posts=old, value=60.0)
    second = publish(built, landing)
    assert second.release_id != first.release_id
    assert sums(built, second) == second.files


@pytest.mark.parametrize("pointer", [b"20260101T0530-0000000000\n", b"", b"\xff\xfe"])
def test_publishing_puts_a_pointer_right(built: Settings, landing: Landing, pointer: bytes) -> None:
    release = publish(built, landing)
    (built.releases / "current").write_bytes(pointer)
    with pytest.raises(DamagedReleaseError):
        current(built)
    assert publish(built, landing) == release
    assert current(built) == release


@EVERY_DAMAGE
def test_an_older_release_that_is_damaged_is_in_nobodys_way(
    built: Settings, landing: Landing, harm: Damage
) -> None:
    first = publish(built, landing)
    harm(folder_of(built, first) / "release.json")
    build(built, "build-2", value=60.0)
    second = publish(built, landing)
    assert current(built) == second
    assert newest_whole(built) == second
    assert folder_of(built, first).is_dir()  # what may still be of use is not removed


def test_status_of_a_damaged_release_goes_on_to_the_pulls(settings: Settings) -> None:
    publish_small(settings, everywhere(OCTOBER))
    (settings.releases / "current").write_text("")
    found = status(settings, open_landing(settings))
    assert found.release is None
    assert not found.is_complete
    assert "there is no such release" in found.damage[0]


# --- what the next release is compared with


def test_the_next_release_is_compared_with_files_that_are_whole(built: Settings, landing: Landing) -> None:
    values, forces = "tables/bench_values.parquet", "tables/dim_force.parquet"
    assert compared_with(built, [values]) is None
    first = publish(built, landing)
    build(built, "build-2", value=60.0)
    second = publish(built, landing)
    assert second.release_id != first.release_id
    assert compared_with(built, [values]) == folder_of(built, second)
    assert compared_with(built, [values, "tables/never_published.parquet"]) is None
    flip(folder_of(built, second) / values)
    assert compared_with(built, [forces, values]) == folder_of(built, first)
    assert compared_with(built, [forces]) == folder_of(built, second)
    # What it has beside them must be whole too, what it lacks need not be there.
    assert compared_with(built, [forces], [values]) == folder_of(built, first)
    assert compared_with(built, [forces], ["tables/never_published.parquet"]) == folder_of(built, second)


def test_what_was_judged_alike_has_the_same_parts_and_expectations(built: Settings, landing: Landing) -> None:
    folder = folder_of(built, publish(built, landing))
    suites = release_suites()
    assert is_judged_alike(folder, {}, suites)
    assert not is_judged_alike(folder, {"models": "others"}, suites)
    assert not is_judged_alike(folder, {}, "others")
    flip(folder / "built_from.json")
    assert not is_judged_alike(folder, {}, suites)
