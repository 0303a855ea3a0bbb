"""The warehouse file: built beside, swapped in whole, and known by its build.

Belongs here: the file, its lock, the record of what was built. Does not belong here: SQL (dbt/), Dagster
(orchestration/warehouse.py).
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.landing.locks import locked
from pipelines.settings import Settings


@dataclass(frozen=True)
class Build:
    """Which build the warehouse file is: gates are recorded under its id, `sha256` ties it to the file."""

    build_id: str
    sha256: str


@contextmanager
def building(settings: Settings) -> Iterator[Path]:
    """The path to build at, empty and locked: DuckDB has one writer, whoever started it.

    A fresh file each time: rebuilding tables in place leaves freed blocks that are never given back.
    """
    path = settings.building
    with locked(settings.locks / "warehouse"):
        for stale in (path, path.with_name(path.name + ".wal")):
            stale.unlink(missing_ok=True)
        yield path


def swap_in(settings: Settings, path: Path, build_id: str) -> Build:
    """Make the built file the warehouse, in one rename."""
    build = Build(build_id, sha256_of(path))
    path.replace(settings.warehouse)
    beside = settings.home / ".build.json.tmp"
    beside.write_text(json.dumps(asdict(build)))
    beside.replace(settings.home / "build.json")
    return build


def current_build(settings: Settings) -> Build | None:
    """The build that the warehouse file is; None when there is none, or it is not the file we recorded."""
    record = settings.home / "build.json"
    if not record.exists() or not settings.warehouse.exists():
        return None
    build = Build(**json.loads(record.read_text()))
    return build if sha256_of(settings.warehouse) == build.sha256 else None


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
