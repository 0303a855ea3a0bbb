"""A release is built again from what it was built from: the runs of then, as they were judged then.

Building itself is tests/e2e/test_replay.py's; here the small build stands for what dbt would make.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipelines.landing.store import Landing
from pipelines.release.publish import publish
from pipelines.release.published import BUILT_FROM, RECORD, RECORD_SUM, Release, folder_of, record_sum
from pipelines.settings import Settings
from pipelines.warehouse.build import NotBuiltError, made_of_now
from tests.damage import cut, empty, flip, gone
from tests.landing.landed import refused
from tests.release.small_build import AS_OF, RUN, build, pull, runs_of
from tests.release.test_published import run

DAY = AS_OF.date()
KENT = refused("youtube:kent", "kent", "youtube")


@pytest.fixture
def rebuilt(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The small build in place of dbt's; `value` is what it makes, `runs` what it was given."""
    made: dict[str, Any] = {"value": 50.0}

    def build_again(own: Settings, then: Landing, build_id: str, **_: object) -> None:
        made["runs"] = [
            (run_id, then.manifest("youtube", day, run_id)) for day, run_id in then.runs("youtube")
        ]
        made["rows"] = [then.read("youtube", "requests", day, run_id) for day, run_id in then.runs("youtube")]
        if "failures" in made:
            raise NotBuiltError(made["failures"])
        build(own, build_id, value=made["value"], runs=runs_of(then), made_of=made_of_now(own))

    monkeypatch.setattr("pipelines.release.replay.build", build_again)
    return made


def released(settings: Settings, landing: Landing, value: float = 50.0) -> Release:
    build(settings, f"build-{value}", value=value, runs=runs_of(landing), made_of=made_of_now(settings))
    return publish(settings, landing)


def replayed(*words: str) -> tuple[int, str]:
    """The command's exit code and what it said, without the line of the progress bar."""
    code, said = run("replay", *words)
    return int(code), said.lstrip("\n")


def everything(settings: Settings) -> dict[str, bytes]:
    paths = (path for path in settings.home.rglob("*") if path.is_file() and "locks" not in path.parts)
    return {str(path): path.read_bytes() for path in paths if "dagster" not in path.parts}


def test_it_is_built_from_the_runs_of_then_judged_as_then(
    built: Settings, landing: Landing, rebuilt: dict[str, Any]
) -> None:
    release = released(built, landing)
    pull(landing, "r00000009-20261109T060000-bbbbbbbb")
    then = landing.manifest("youtube", DAY, RUN)
    landing.judge("youtube", DAY, RUN, [KENT])
    run("status")  # makes its folders
    before = everything(built)
    assert replayed() == (
        0,
        f"release {release.release_id}: same\n"
        "Runs judged again since, and taken as judged then: 1.\n"
        "Every file has its checksum, built anew from 1 run of the landing.\n",
    )
    assert rebuilt["runs"] == [(RUN, then)]
    assert rebuilt["rows"][0].equals(landing.read("youtube", "requests", DAY, RUN))
    after = {name: content for name, content in everything(built).items() if name in before}
    assert after == before
    assert not built.replaying.exists()


def test_revisions_are_proved_where_the_release_before_is_kept(
    built: Settings, landing: Landing, rebuilt: dict[str, Any]
) -> None:
    first, second = released(built, landing), released(built, landing, value=60.0)
    rebuilt["value"] = 60.0
    assert replayed(second.release_id)[0] == 0
    rebuilt["value"] = 50.0
    assert replayed(first.release_id)[0] == 0
    code, said = replayed(second.release_id)
    assert (code, "tables/revisions.parquet" in said) == (3, True)
    for path in sorted(folder_of(built, first).rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    folder_of(built, first).rmdir()
    code, said = replayed(second.release_id)
    assert (code, "tables/revisions.parquet" in said) == (3, False)
    rebuilt["value"] = 60.0
    assert replayed(second.release_id)[0] == 0


def test_what_differs_is_named_and_without_a_reason_it_is_a_fault(
    built: Settings, landing: Landing, rebuilt: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    release = released(built, landing)
    rebuilt["value"] = 60.0
    code, said = replayed()
    assert code == 3
    assert said.splitlines()[:3] == [
        f"release {release.release_id}: differs",
        "  tables/bench_values.parquet",
        "  extracts of 3 forces: essex, kent, surrey",
    ]
    assert "this is a fault" in said
    monkeypatch.setattr("pipelines.release.replay.code_version", lambda: "9.9")
    monkeypatch.setattr("pipelines.release.replay.made_of_now", lambda _: {"DuckDB": "9", "models": "other"})
    code, said = replayed()
    assert f"Perhaps why: published by version {release.code_version}, and this is 9.9." in said
    assert "Perhaps why: not as they were then: DuckDB, models." in said
    assert "this is a fault" not in said


def test_a_build_that_fails_is_said_with_what_failed(
    built: Settings, landing: Landing, rebuilt: dict[str, Any]
) -> None:
    release = released(built, landing)
    rebuilt["failures"] = ["a test failed"]
    assert replayed() == (
        3,
        f"release {release.release_id}: differs\n  it could not be built again:\n  a test failed\n",
    )


@pytest.mark.parametrize("harm", [flip, cut, empty, gone])
@pytest.mark.parametrize("is_manifest", [True, False])
def test_every_damaged_landing_file_is_named(
    built: Settings,
    landing: Landing,
    rebuilt: dict[str, Any],
    harm: Callable[[Path], None],
    is_manifest: bool,
) -> None:
    other = "r00000009-20261109T060000-bbbbbbbb"
    pull(landing, other)
    released(built, landing)
    paths = [landing.path("youtube", "requests", DAY, run_id) for run_id in (RUN, other)]
    if is_manifest:
        paths = [landing.manifest_path("youtube", DAY, run_id) for run_id in (RUN, other)]
    for path in paths:
        harm(path)
    code, said = replayed()
    assert code == 3
    for path in paths:
        assert f"{path} is missing, or is not what was landed" in said
    assert "runs" not in rebuilt, "nothing is built from what is damaged"


def test_a_verdict_of_then_that_was_lost_is_named(
    built: Settings, landing: Landing, rebuilt: dict[str, Any]
) -> None:
    then = landing.manifest("youtube", DAY, RUN).sha256
    released(built, landing)
    landing.judge("youtube", DAY, RUN, [KENT])
    lost = landing.replaced_path("youtube", DAY, RUN, then)
    lost.unlink()
    code, said = replayed()
    assert (code, str(lost) in said) == (3, True)


def test_a_release_that_is_not_there_or_does_not_say_what_it_was_built_from(
    built: Settings, landing: Landing
) -> None:
    assert "nothing is published yet" in replayed()[1]
    release = released(built, landing)
    code, said = replayed("20200101T0530-0123456789")
    assert (code, release.release_id in said) == (1, True)
    folder = folder_of(built, release)
    (folder / BUILT_FROM).write_text("{}")
    code, said = replayed()
    assert (code, f"{BUILT_FROM} is not what was published" in said) == (5, True)
    del release.files[BUILT_FROM]
    (folder / RECORD).write_bytes(msgspec.json.encode(release))
    (folder / RECORD_SUM).write_text(record_sum(folder / RECORD))
    code, said = replayed(release.release_id)
    assert (code, "does not say what it was built from; an earlier version published it" in said) == (5, True)
