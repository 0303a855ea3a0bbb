"""Publishing: a frozen vintage of what passed, and the pointer to it.

Belongs here: the refusal to publish what did not pass; writing, pointing at and removing releases, whole.
Does not belong here: Dagster (the order of its steps guarantees nothing: a failed test need not stop what
follows, so publishing reads the gates' own records), which models are published (contents.py), the files of
extracts (extracts.py), reading and checking releases (published.py), or which are kept (keep.py).
"""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
import msgspec

from pipelines.disk import as_sql, sync, write_whole
from pipelines.gates.records import REQUIRED, GateResult, recorded
from pipelines.gates.release_gate import is_complete
from pipelines.landing.locks import locked
from pipelines.landing.quarantine import decisions, in_brief
from pipelines.landing.store import Landing
from pipelines.release import revisions
from pipelines.release.announced import next_official, unkept
from pipelines.release.contents import Contents, contents
from pipelines.release.extracts import describe_extracts, write_extract, write_extracts
from pipelines.release.files import Files, share
from pipelines.release.identity import identified
from pipelines.release.keep import Made, superseded
from pipelines.release.official import officials
from pipelines.release.published import (
    BUILT_FROM,
    RECORD,
    RECORD_SUM,
    BuiltFrom,
    DamagedReleaseError,
    Release,
    built_from,
    damage,
    folder_of,
    previous,
    read,
    readable,
    record_sum,
)
from pipelines.release.rollback import let_in_again
from pipelines.settings import LONDON, PROJECT, Settings
from pipelines.warehouse.build import Build, NotBuiltError, held_build
from pipelines.warehouse.window import POSTS_BACK, landed

DATABASE = "beatbook.duckdb"
#: Sorting posts needs more in a large year; DuckDB then uses the disk.
MEMORY_LIMIT = "1GB"


class NotPublishedError(Exception):
    """Nothing was published, the current release stays. `reasons` says why, one line each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("not published: " + "; ".join(reasons))
        self.reasons = reasons


def check_gates(settings: Settings, landing: Landing, build: Build) -> list[GateResult]:
    """Every gate that the present build had to pass.

    Raises:
        NotPublishedError: one failed, left no record, what landed has been judged again since, or the date of
            an official release that was announced has gone.
    """
    results, reasons = [], []
    for gate in REQUIRED:
        result = recorded(settings.gates, gate, build.build_id)
        if result is None:
            reasons.append(f"the {gate} gate left no record for {build.build_id}")
        elif not result.passed:
            reasons += [f"{gate} gate, {build.build_id}: {failure}" for failure in result.failures]
        elif gate == "release" and not is_complete(result):
            reasons.append(f"the release gate judged {build.build_id} by other expectations: build again")
        else:
            results.append(result)
    now = landed(landing)
    changed = [key for key, run in build.window.runs.items() if now.get(key) != run.manifest]
    if changed:
        reasons.append(f"judged again since the build: {', '.join(changed[:3])}; build again")
    try:
        reasons += unkept(settings)
    except DamagedReleaseError as error:  # what is frozen cannot be known
        reasons += error.damage
    if reasons:
        raise NotPublishedError(reasons)
    return results


def standing_verdict(settings: Settings, landing: Landing, build: Build) -> GateResult | None:
    """The release gate's verdict where the current release is of this very build and code, and nobody's
    override let it pass; None otherwise. `build` is held."""
    last = previous(settings)
    try:
        gates = check_gates(settings, landing, build)
    except NotPublishedError:
        return None
    [verdict] = (gate for gate in gates if gate.gate == "release")
    return verdict if last is not None and _is_of(last, gates) and not verdict.overridden else None


def publish(settings: Settings, landing: Landing) -> Release:
    """Write the release folder, point `current` at it, and remove the releases that are not kept.

    The same landing and the same code give the same tables and extracts, whatever was published before; what
    is current and would be published again stands. One that is damaged is written anew, and so is what others
    share with it.

    Raises:
        NotPublishedError: a gate failed or was not run, or the warehouse is not the file that was gated; the
            current release stays.
    """
    try:
        # The gates' verdicts are on a build; the build is the file with its sha256; and that is what is
        # copied, because nothing else is swapped in while it is held.
        with held_build(settings) as build:
            gates = check_gates(settings, landing, build)
            return _publish(settings, landing, build, gates)
    except NotBuiltError as error:
        raise NotPublishedError(error.failures) from error


def _publish(settings: Settings, landing: Landing, build: Build, gates: list[GateResult]) -> Release:
    _clear(settings)
    staging = settings.releases / ".staging"
    last = previous(settings)
    if last is not None and _stands(settings, last, gates):
        _point_at(settings, last)
        return last
    files = Files(staging, folder_of(settings, last) if last else None, last.files if last else {})
    try:
        release = write(
            settings,
            landing,
            files,
            staging,
            build,
            gates,
            last.years if last else {},
            lambda content: identified(settings, content, last),
        )
        target = folder_of(settings, release)
        if before := _whole(target):  # it was published before, and stands
            release = before
        else:
            if target.exists():
                target.rename(settings.releases / f".removed-{target.name}")
            staging.rename(target)
            sync(settings.releases)
    finally:
        _clear(settings)
    _point_at(settings, release)
    _mend(settings, release, files.damaged)
    _remove_superseded(settings, {release.release_id, last.release_id if last else release.release_id})
    return release


def _point_at(settings: Settings, release: Release) -> None:
    let_in_again(settings, release.release_id)
    write_whole(settings.releases / "current", f"{release.release_id}\n".encode())


def _stands(settings: Settings, release: Release, gates: list[GateResult]) -> bool:
    """Whether a release is whole and of the build with these verdicts, written by this code."""
    return _is_of(release, gates) and _whole(folder_of(settings, release)) is not None


def _is_of(release: Release, gates: list[GateResult]) -> bool:
    same_code = release.code_version == code_version() and not release.code_version.endswith("-dirty")
    return same_code and release.gates == [asdict(gate) for gate in gates]


def _whole(folder: Path) -> Release | None:
    """The release in a folder if it is there and whole."""
    try:
        release = read(folder)
    except DamagedReleaseError:
        return None
    return None if damage(folder, release) else release


def _mend(settings: Settings, release: Release, names: Iterable[str]) -> None:
    """Files that turned out damaged in the last release are shared by others: give them the whole ones."""
    for other in readable(settings):
        folder = folder_of(settings, other)
        for name in names:
            is_shared = name in other.files and other.files[name] == release.files.get(name)
            if is_shared and damage(folder, other, [name]):
                share(folder_of(settings, release) / name, folder / name)
                sync((folder / name).parent)


def write(
    settings: Settings,
    landing: Landing,
    files: Files,
    folder: Path,
    build: Build,
    gates: list[GateResult],
    last_years: Mapping[str, str],
    named: Callable[[str], tuple[str, Path | None]],
) -> Release:
    """Write all files of a release into a folder. `last_years`: of the last release; `named`: the id of the
    release with this content, and the folder of the one that it revises, None where there is none.

    The content is a digest of tables and extracts; what is written after it depends on the release before.
    """
    data_as_of = datetime.fromisoformat(build.window.data_as_of_utc).replace(tzinfo=UTC)
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")  # one writer, so that the bytes do not depend on timing
        connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        connection.execute(f"set temp_directory = {as_sql(folder.with_name('.staging.tmp'))}")
        connection.execute(f"attach {as_sql(settings.warehouse)} as warehouse (read_only)")
        connection.execute("use warehouse")
        published = contents(settings)
        connection.execute(f"attach {as_sql(files.path(DATABASE))} as release")
        for name in sorted(model.name for model in published.tables):
            connection.execute(f"create table release.{name} as from {name} order by all")
            _write_table(files, connection, name)
        as_of = data_as_of.astimezone(LONDON).date()
        years = write_extracts(files, connection, published.extracts, as_of, last_years)
        content = f"{data_as_of:%Y%m%dT%H%M}-{_digest(files, published)[:10]}"
        release_id, folder_before = named(content)
        made = BuiltFrom(
            code_version(), build.made_of, {key: run.sha256 for key, run in sorted(build.window.runs.items())}
        )
        made_before = built_from(folder_before, read(folder_before)) if folder_before else None
        revisions.write(connection, landing, made, folder_before, made_before)
        _write_table(files, connection, revisions.NAME)
        own = revisions.model(next(model for model in published.tables if model.name == "bench_values"))
        write_extract(files, connection, own.name)
        describe_extracts(files, connection, [*published.extracts, own], settings.profile.note)
        counts = "(select count(value) from bench_values), (select count(*) from release.revisions)"
        [(value_count, revised_count)] = connection.sql(f"select {counts}").fetchall()
        connection.execute("detach release")
    files.add(DATABASE)
    files.add_text(BUILT_FROM, msgspec.json.format(msgspec.json.encode(made), indent=1).decode())
    since = data_as_of.astimezone(LONDON).date() - POSTS_BACK
    release = Release(
        release_id=release_id,
        data_as_of_utc=f"{data_as_of:%Y-%m-%dT%H:%M:%SZ}",
        created_at_utc=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        profile=settings.profile.name,
        is_invented=settings.profile.is_invented,
        note=settings.profile.note,
        code_version=made.code_version,
        definitions_version=files.digests["tables/dim_indicator.parquet"][:12],
        value_count=value_count,
        gates=[asdict(gate) for gate in gates],
        files=dict(sorted(files.digests.items())),
        quarantined=in_brief(landing, since),
        decisions=decisions(landing, since),
        years=years,
        revises=folder_before.name if folder_before else "",
        revised_count=revised_count,
        next_official=next_official(settings),
    )
    record = folder / RECORD
    write_whole(record, msgspec.json.format(msgspec.json.encode(release), indent=1))
    write_whole(folder / RECORD_SUM, record_sum(record).encode())
    for below in (folder, *folder.rglob("*/")):  # the names of the files too are on disk before it is seen
        sync(below)
    return release


def _write_table(files: Files, connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """A table of the release's own database, as Parquet. Names come from the project's own models."""
    path = f"tables/{name}.parquet"
    connection.execute(
        f"copy release.{name} to {as_sql(files.path(path))} (format parquet, compression zstd)"
    )
    files.add(path)


def _digest(files: Files, published: Contents) -> str:
    """Of what has been written, and of what is said of its columns."""
    described = {model.name: model.descriptions for model in published.extracts}
    return hashlib.sha256(json.dumps([dict(sorted(files.digests.items())), described]).encode()).hexdigest()


def _remove_superseded(settings: Settings, read: Set[str]) -> None:
    made = [Made(r.data_as_of_utc, r.created_at_utc, r.release_id) for r in readable(settings)]
    with locked(settings.locks / "official"):  # none becomes official while it is removed
        official = {mark.release_id for mark in officials(settings)}
        for release_id in superseded(made, read | official):
            # Out of sight in one rename: a release that is there is whole.
            (settings.releases / release_id).rename(settings.releases / f".removed-{release_id}")
    _clear(settings)


def _clear(settings: Settings) -> None:
    """What a release leaves that was killed while it was written or removed."""
    for path in settings.releases.glob(".*"):
        if path.is_dir():
            shutil.rmtree(path)


def code_version() -> str:
    """The distribution's version, and the commit where the project is a git checkout."""
    distribution = version("beatbook")
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        return distribution
    command = [git, "-C", str(PROJECT), "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"{distribution}+{done.stdout.strip()}" if done.returncode == 0 else distribution
