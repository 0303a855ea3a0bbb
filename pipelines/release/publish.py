"""Releases: frozen, published vintages, and the pointer to the current one.

Belongs here: what a release consists of, and the refusal to publish what did not pass. Does not belong
here: Dagster. The order of its steps guarantees nothing (a failed test need not stop what follows), so
publishing reads the gates' own records.
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
import polars as pl

from pipelines.gates.records import GateResult, recorded, required_gates
from pipelines.landing.store import Landing
from pipelines.release.extracts import Column, write_extracts
from pipelines.settings import PROJECT, Settings
from pipelines.warehouse.build import current_build, sha256_of

#: Rows about single messages from the public stay in the warehouse.
PREFIXES = ("bench_", "dim_", "ext_")
FACTS = ("fct_collection",)


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


def current(settings: Settings) -> Release | None:
    """The published release, None before the first."""
    pointer = settings.releases / "current"
    if not pointer.exists():
        return None
    told = json.loads((settings.releases / pointer.read_text().strip() / "release.json").read_text())
    return Release(**told)


def folder_of(settings: Settings, release: Release) -> Path:
    return settings.releases / release.release_id


def check_gates(settings: Settings, landing: Landing) -> list[GateResult]:
    """Every gate that the present build had to pass.

    Raises:
        NotPublishedError: one failed, or left no record, or the warehouse is not the file that was gated.
    """
    build = current_build(settings)
    if build is None:
        raise NotPublishedError(["there is no warehouse, or not the one that was checked: build it again"])
    results, reasons = [], []
    for gate, subject in required_gates(landing, build.build_id):
        result = recorded(settings.gates, gate, subject)
        if result is None:
            reasons.append(f"the {gate} gate left no record for {subject}")
        elif not result.passed:
            reasons += [f"{gate} gate, {subject}: {failure}" for failure in result.failures]
        else:
            results.append(result)
    if reasons:
        raise NotPublishedError(reasons)
    return results


def publish(settings: Settings, landing: Landing) -> Release:
    """Write the release folder and point `current` at it. The same landing and code give the same release.

    Raises:
        NotPublishedError: a gate failed or was not run; the current release stays.
    """
    gates = check_gates(settings, landing)
    staging = settings.releases / f".staging-{os.getpid()}"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        release = _write(settings, staging, gates)
        target = settings.releases / release.release_id
        if not target.exists():  # the same tables were published before: that release stands
            _sync(staging)
            staging.rename(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    pointer = settings.releases / ".current.tmp"
    with pointer.open("w") as file:
        file.write(release.release_id + "\n")
        file.flush()
        os.fsync(file.fileno())
    pointer.replace(settings.releases / "current")
    return current(settings) or release


def _write(settings: Settings, folder: Path, gates: list[GateResult]) -> Release:
    tables = folder / "tables"
    tables.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        connection.execute("set threads = 1")  # one writer, so that the bytes do not depend on timing
        names = [name for (name,) in connection.sql("select table_name from duckdb_tables()").fetchall()]
        names = sorted(n for n in names if n.startswith(PREFIXES) or n in FACTS)
        for name in names:
            connection.execute(  # names come from the warehouse's own catalogue
                f"copy (select * from {name} order by all) to '{tables / name}.parquet' "
                "(format parquet, compression zstd)"
            )
        as_of = connection.sql("select data_as_of_utc from fct_data_as_of").fetchone()
        values = connection.sql("select count(value) from bench_values").fetchone()
        columns = [Column(*row) for row in connection.sql(_COLUMNS).fetchall() if row[0] in names]
        force_ids = [f for (f,) in connection.sql("select force_id from dim_force order by 1").fetchall()]
    digests = {f"tables/{name}.parquet": sha256_of(tables / f"{name}.parquet") for name in names}
    extracts = {
        name: pl.read_parquet(tables / f"{name}.parquet") for name in names if name.startswith("ext_")
    }
    write_extracts(folder / "extracts", extracts, columns, force_ids, settings.profile.note)
    _write_database(folder / "beatbook.duckdb", tables, names)
    data_as_of: datetime | None = as_of[0] if as_of else None
    content = hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()
    stamp = f"{data_as_of:%Y%m%dT%H%M}" if data_as_of else "empty"
    release = Release(
        release_id=f"{stamp}-{content[:10]}",
        data_as_of_utc=f"{data_as_of:%Y-%m-%dT%H:%M:%SZ}" if data_as_of else "",
        created_at_utc=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        profile=settings.profile.name,
        is_invented=settings.profile.is_invented,
        note=settings.profile.note,
        code_version=code_version(),
        definitions_version=digests["tables/bench_definitions.parquet"][:12],
        value_count=values[0] if values else 0,
        gates=[asdict(gate) for gate in gates],
    )
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    release.files = {str(path.relative_to(folder)): sha256_of(path) for path in paths}
    (folder / "release.json").write_text(json.dumps(asdict(release), indent=1))
    return release


_COLUMNS = """
    select table_name, column_name, data_type, coalesce(comment, '')
    from duckdb_columns() where not internal order by table_name, column_index
"""


def _write_database(path: Path, tables: Path, names: list[str]) -> None:
    with duckdb.connect(str(path)) as connection:
        for name in names:
            connection.execute(f"create table {name} as from '{tables / name}.parquet'")


def _sync(folder: Path) -> None:
    """Everything on disk before the rename makes it visible."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def code_version() -> str:
    """The distribution's version, and the commit where the project is a git checkout."""
    told = version("beatbook")
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        return told
    command = [git, "-C", str(PROJECT), "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"{told}+{done.stdout.strip()}" if done.returncode == 0 else told
