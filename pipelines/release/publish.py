"""Releases: frozen, published vintages, and the pointer to the current one.

Belongs here: the refusal to publish what did not pass; writing, pointing at and removing releases, whole.
Does not belong here: Dagster (the order of its steps guarantees nothing: a failed test need not stop what
follows, so publishing reads the gates' own records), which models are published (contents.py), the files of
extracts (extracts.py), or which releases are kept (keep.py).
"""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from pipelines.gates.records import REQUIRED, GateResult, recorded
from pipelines.landing.locks import locked
from pipelines.landing.quarantine import in_brief
from pipelines.landing.store import Landing
from pipelines.release.contents import Contents, contents
from pipelines.release.extracts import write_extracts
from pipelines.release.files import Files
from pipelines.release.keep import Made, superseded
from pipelines.settings import LONDON, PROJECT, Settings
from pipelines.warehouse.build import Build, current_build
from pipelines.warehouse.window import POSTS_BACK, landed

DATABASE = "beatbook.duckdb"
#: Sorting posts needs more in a large year; DuckDB then uses the disk.
MEMORY_LIMIT = "1GB"


class NotPublishedError(Exception):
    """Nothing was published, the current release stays. `reasons` says why, one line each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("not published: " + "; ".join(reasons))
        self.reasons = reasons


@dataclass
class Release:
    """What release.json says."""

    release_id: str
    data_as_of_utc: str
    created_at_utc: str
    profile: str
    is_invented: bool
    note: str
    code_version: str
    definitions_version: str
    value_count: int
    gates: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)  # path → sha256
    quarantined: list[dict[str, Any]] = field(default_factory=list)  # of the days that can still change
    years: dict[str, str] = field(default_factory=dict)  # year of older posts → digest of its rows


def current(settings: Settings) -> Release | None:
    """The published release, None before the first."""
    pointer = settings.releases / "current"
    return _read(settings.releases / pointer.read_text().strip()) if pointer.exists() else None


def _read(folder: Path) -> Release:
    return msgspec.json.decode((folder / "release.json").read_bytes(), type=Release)


def folder_of(settings: Settings, release: Release) -> Path:
    return settings.releases / release.release_id


def check_gates(settings: Settings, landing: Landing, build: Build) -> list[GateResult]:
    """Every gate that the present build had to pass.

    Raises:
        NotPublishedError: one failed, left no record, or what landed has been judged again since.
    """
    results, reasons = [], []
    for gate in REQUIRED:
        result = recorded(settings.gates, gate, build.build_id)
        if result is None:
            reasons.append(f"the {gate} gate left no record for {build.build_id}")
        elif not result.passed:
            reasons += [f"{gate} gate, {build.build_id}: {failure}" for failure in result.failures]
        else:
            results.append(result)
    now = landed(landing)
    changed = [key for key, run in build.window.runs.items() if now.get(key) != run.manifest]
    if changed:
        reasons.append(f"judged again since the build: {', '.join(changed[:3])}; build again")
    if reasons:
        raise NotPublishedError(reasons)
    return results


def publish(settings: Settings, landing: Landing) -> Release:
    """Write the release folder, point `current` at it, and remove the releases that are not kept.

    The same landing and the same code give the same release.

    Raises:
        NotPublishedError: a gate failed or was not run, or the warehouse is not the file that was gated; the
            current release stays.
    """
    # No other build is swapped in between its gates and its release.
    with locked(settings.locks / "warehouse"):
        build = current_build(settings)
        if build is None:
            raise NotPublishedError(
                ["there is no warehouse, or not the one that was checked: build it again"]
            )
        gates = check_gates(settings, landing, build)
        _clear(settings)
        staging = settings.releases / ".staging"
        try:
            release = _write(settings, landing, staging, build, gates)
            target = folder_of(settings, release)
            if target.exists():  # the same tables were published before: that release stands
                release = _read(target)
            else:
                staging.rename(target)
        finally:
            _clear(settings)
        _point_at(settings, release)
        _remove_superseded(settings, release)
    return release


def _write(
    settings: Settings, landing: Landing, folder: Path, build: Build, gates: list[GateResult]
) -> Release:
    last = current(settings)
    files = Files(folder, folder_of(settings, last) if last else None, last.files if last else {})
    data_as_of = datetime.fromisoformat(build.window.data_as_of_utc).replace(tzinfo=UTC)
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")  # one writer, so that the bytes do not depend on timing
        connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        connection.execute(f"set temp_directory = '{folder}.tmp'")
        connection.execute(f"attach '{settings.warehouse}' as warehouse (read_only)")
        connection.execute("use warehouse")
        published = contents(settings)
        _write_tables(files, connection, published)
        years = write_extracts(
            files,
            connection,
            published.extracts,
            data_as_of.astimezone(LONDON).date(),
            last.years if last else {},
            settings.profile.note,
        )
        values = connection.sql("select count(value) from bench_values").fetchone()
    digests = {name: digest for name, digest in sorted(files.digests.items()) if name != DATABASE}
    digest = hashlib.sha256(json.dumps(digests).encode()).hexdigest()
    release = Release(
        release_id=f"{data_as_of:%Y%m%dT%H%M}-{digest[:10]}",
        data_as_of_utc=f"{data_as_of:%Y-%m-%dT%H:%M:%SZ}",
        created_at_utc=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        profile=settings.profile.name,
        is_invented=settings.profile.is_invented,
        note=settings.profile.note,
        code_version=code_version(),
        definitions_version=files.digests["tables/dim_indicator.parquet"][:12],
        value_count=values[0] if values else 0,
        gates=[asdict(gate) for gate in gates],
        files=dict(sorted(files.digests.items())),
        quarantined=in_brief(landing, data_as_of.astimezone(LONDON).date() - POSTS_BACK),
        years=years,
    )
    (folder / "release.json").write_bytes(msgspec.json.format(msgspec.json.encode(release), indent=1))
    _sync(folder / "release.json")
    return release


def _write_tables(files: Files, connection: duckdb.DuckDBPyConnection, published: Contents) -> None:
    """Each table as Parquet, and all of them in one DuckDB file. Names come from the project's own models."""
    connection.execute(f"attach '{files.path(DATABASE)}' as release")
    names = sorted(f"tables/{model.name}.parquet" for model in published.tables)
    for name in names:
        table = f"release.{Path(name).stem}"
        connection.execute(f"create table {table} as from {Path(name).stem} order by all")
        connection.execute(f"copy {table} to '{files.path(name)}' (format parquet, compression zstd)")
    connection.execute("detach release")
    for name in (*names, DATABASE):
        files.add(name)


def _point_at(settings: Settings, release: Release) -> None:
    beside = settings.releases / ".current.tmp"
    beside.write_text(release.release_id + "\n")
    _sync(beside)
    beside.replace(settings.releases / "current")


def _sync(path: Path) -> None:
    """On disk before a rename makes it visible."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _remove_superseded(settings: Settings, published: Release) -> None:
    releases = [_read(path.parent) for path in settings.releases.glob("[!.]*/release.json")]
    made = (Made(each.data_as_of_utc, each.created_at_utc, each.release_id) for each in releases)
    for release_id in superseded(made, published.release_id):
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
