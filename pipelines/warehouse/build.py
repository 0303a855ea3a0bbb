"""The warehouse file: built beside, swapped in whole or not at all, and known by its build.

Belongs here: the file, its lock, the record of what was built, and that a build is whole. Does not belong
here: SQL (dbt/), running dbt (run_dbt.py), Dagster (orchestration/warehouse.py).
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
import msgspec

from pipelines.disk import as_sql, sha256_of, sync, write_whole
from pipelines.gates.records import record
from pipelines.gates.release_gate import dbt_gate
from pipelines.landing.locks import locked
from pipelines.landing.manifest import DamagedError
from pipelines.landing.store import Landing
from pipelines.registry import RegistryError
from pipelines.registry.corrections import FILE as CORRECTIONS
from pipelines.registry.corrections import check_corrections
from pipelines.registry.incidents import FILE as INCIDENTS
from pipelines.registry.incidents import check_incidents
from pipelines.registry.indicators import check_indicators
from pipelines.registry.neighbourhoods import FILE as NEIGHBOURHOODS
from pipelines.registry.neighbourhoods import check_neighbourhoods
from pipelines.registry.peers import check_peers
from pipelines.registry.rate_cards import FILE as RATE_CARDS
from pipelines.registry.rate_cards import check_rate_cards
from pipelines.registry.release_calendar import FILE as CALENDAR
from pipelines.registry.release_calendar import check_release_calendar
from pipelines.registry.staffed_hours import FILE as STAFFED_HOURS
from pipelines.registry.staffed_hours import check_staffed_hours
from pipelines.settings import PROJECT, SEEDS, Settings
from pipelines.warehouse.manifest import built_by_dbt
from pipelines.warehouse.run_dbt import Node, run_dbt
from pipelines.warehouse.window import Window, link_files, window

#: A file in which more than this share of the blocks is free is written anew: tables that are rebuilt leave
#: blocks free that DuckDB uses again but never gives back.
MAX_FREE_SHARE = 0.2
#: What the models read of the register: the sandbox's own files, or seeds.
REGISTER = (
    *("accounts.csv", "account_events.csv", CORRECTIONS, INCIDENTS, STAFFED_HOURS, RATE_CARDS),
    NEIGHBOURHOODS,
)


class NotBuiltError(Exception):
    """The warehouse stays as it was. `failures`: what did not pass, one line each; `nodes`: what was run."""

    def __init__(self, failures: list[str], nodes: list[Node] | None = None) -> None:
        super().__init__("not built: " + "; ".join(failures[:10]))
        self.failures = failures
        self.nodes = nodes or []


@dataclass(frozen=True)
class Build:
    """Which build the warehouse file is: gates are recorded under its id, `sha256` ties it to the file.

    `made_of`: digests of the models, seeds and register that built it, and the versions of DuckDB and numpy:
    where one is another now, all is built again.
    `from_nothing`: why it did not go on from the last build, empty where it did.
    `nodes`: the models, seeds and tests that made it, and how each ended.
    """

    build_id: str
    sha256: str
    file_mark: str
    made_of: dict[str, str]
    window: Window
    from_nothing: str = ""
    nodes: list[Node] = field(default_factory=list)


def build(
    settings: Settings,
    landing: Landing,
    build_id: str,
    *,
    full: bool = False,
    on_node: Callable[[str], None] = lambda name: None,
) -> Build:
    """Build the next warehouse with dbt, beside, and swap it in if everything passed.

    Only what is new since the last build is computed, in a copy of its file; where nothing is, the last build
    stands, and is what is returned. Everything is computed, in an empty file, when `full`, when there is no
    last build, when its file is not what was built (all of it is read), or when models, seeds or the register
    have changed.

    Raises:
        NotBuiltError: nothing has landed yet, a landing file is damaged, or a model or a test failed; the
            last warehouse stays.
    """
    try:
        made = _checked(settings, landing, build_id, full, on_node)
    except NotBuiltError as error:
        write_whole(settings.build_failure, msgspec.json.encode(error.failures))
        raise
    _remove(settings.build_failure)
    return made


def _checked(
    settings: Settings, landing: Landing, build_id: str, full: bool, on_node: Callable[[str], None]
) -> Build:
    try:
        check_indicators(SEEDS)
        check_peers(SEEDS)
        check_release_calendar(SEEDS)
        return _build(settings, landing, build_id, full, on_node)
    except (RegistryError, DamagedError) as error:
        raise NotBuiltError([str(error)]) from error


def _build(
    settings: Settings, landing: Landing, build_id: str, full: bool, on_node: Callable[[str], None]
) -> Build:
    with locked(settings.locks / "warehouse"):
        made_of = made_of_now(settings)
        last, from_nothing = (None, "as asked") if full else _last(settings, made_of)
        found = window(landing, last.window if last else None)
        if found is not None and last is not None and found.history_from_date > last.window.history_from_date:
            last, from_nothing = None, "landing has lost its beginning"  # and so must the warehouse
            found = window(landing, None)
        if found is None:
            raise NotBuiltError(["nothing has landed yet: first `beatbook run` or `beatbook returns import`"])
        check_corrections(settings.register, SEEDS)
        check_incidents(settings.register, SEEDS)
        check_staffed_hours(settings.register, SEEDS)
        check_rate_cards(settings.register, SEEDS)
        check_neighbourhoods(settings.register, SEEDS)
        if last is not None and last.window.runs == found.runs and _has_passed(settings, last):
            _remove(settings.failed_build)
            return last
        try:
            link_files(landing, found, settings.reading)
            _remove(settings.building)
            if last is not None:
                _copy(settings.warehouse, settings.building)
            nodes = run_dbt(settings, on_node)
            gate = dbt_gate(nodes, built_by_dbt(settings), build_id)
            record(settings.gates, gate)
            if not gate.passed:
                _remove(settings.failed_build)
                settings.building.replace(settings.failed_build)
                raise NotBuiltError(gate.failures, nodes)
            _compact(settings.building)
            sync(settings.building)
            mark = _file_mark(settings.building)
            made = Build(build_id, sha256_of(settings.building), mark, made_of, found, from_nothing, nodes)
            settings.building.replace(settings.warehouse)
            write_whole(
                settings.home / "build.json", msgspec.json.format(msgspec.json.encode(made), indent=1)
            )
        finally:
            _remove(settings.building)
            _remove(_anew(settings.building))
            shutil.rmtree(settings.reading, ignore_errors=True)
    return made


def _has_passed(settings: Settings, last: Build) -> bool:
    """Whether all that a build consists of today was in it and passed; its gate's record may be lost."""
    gate = dbt_gate(last.nodes, built_by_dbt(settings), last.build_id)
    if gate.passed:
        record(settings.gates, gate)
    return gate.passed


def current_build(settings: Settings) -> Build | None:
    """The build that the warehouse file is; None when there is none, or it is not the file we recorded."""
    path = settings.home / "build.json"
    if not path.exists() or not settings.warehouse.exists():
        return None
    try:
        made = msgspec.json.decode(path.read_bytes(), type=Build)
    except msgspec.DecodeError:  # of another version of Beatbook, or damaged: the warehouse is built again
        return None
    return made if _file_mark(settings.warehouse) == made.file_mark else None


def failed_at(settings: Settings) -> datetime | None:
    """When the newest build failed (UTC); None where it did not."""
    failed = settings.build_failure
    if not failed.exists():
        return None
    if settings.warehouse.exists() and failed.stat().st_mtime_ns <= settings.warehouse.stat().st_mtime_ns:
        return None
    return datetime.fromtimestamp(failed.stat().st_mtime, UTC)


def failures(settings: Settings) -> list[str]:
    """Why the newest build failed, one line each; empty where that was not recorded whole."""
    try:
        return msgspec.json.decode(settings.build_failure.read_bytes(), type=list[str])
    except (FileNotFoundError, msgspec.MsgspecError):
        return []


def row_counts(settings: Settings) -> dict[str, int]:
    """The rows of each table of the warehouse; a view has none to count."""
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        names = [name for (name,) in connection.sql("select table_name from duckdb_tables()").fetchall()]
        counts = (f"select '{name}', count(*) from \"{name}\"" for name in names)
        return dict(connection.execute(" union all ".join(counts)).fetchall()) if names else {}


@contextmanager
def held_build(settings: Settings) -> Iterator[Build]:
    """The build that the warehouse file is, by the sha256 of all of it; as long as the context lasts no other
    one is swapped in. What judges the file and what copies it both read it so.

    Raises:
        NotBuiltError: there is none, or the file is not what was built.
    """
    with locked(settings.locks / "warehouse"):
        build = current_build(settings)
        if build is None or sha256_of(settings.warehouse) != build.sha256:
            raise NotBuiltError(
                [
                    f"there is no warehouse, or {settings.warehouse} is not what was built: "
                    "`beatbook build` makes it anew"
                ]
            )
        yield build


def _last(settings: Settings, made_of: Mapping[str, str]) -> tuple[Build | None, str]:
    """The build to go on from, or why there is none."""
    if not settings.warehouse.exists():
        return None, "there was no warehouse"
    last = current_build(settings)
    if last is None or sha256_of(settings.warehouse) != last.sha256:
        return None, f"{settings.warehouse.name} was not what build.json says: one of them was damaged"
    if last.made_of != made_of:
        return None, "models, seeds, the register, DuckDB or numpy have changed"
    return last, ""


def _file_mark(path: Path) -> str:
    """Size and time of change, which a rename keeps: tells the file that was hashed without reading it."""
    stat = path.stat()
    return f"{stat.st_size}-{stat.st_mtime_ns}"


def made_of_now(settings: Settings) -> dict[str, str]:
    """What a build is made of now, beside what has landed: each part with its digest or version.

    The calendar of releases is none: a date that is announced changes no figure.
    """
    project = PROJECT / "dbt"
    seeds = [path for path in _files(project / "seeds") if path.stem != Path(CALENDAR).stem]
    register = [settings.register / name for name in REGISTER]
    models = [*_files(project / "models"), *_files(project / "macros"), project / "dbt_project.yml"]
    return {
        "DuckDB": duckdb.__version__,
        "numpy": version("numpy"),  # another may draw other numbers
        "models": _digest(models),
        "seeds": _digest(path for path in seeds if path not in register),
        "register": _digest(path for path in register if path.exists()),
    }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".sql", ".py", ".csv", ".yml"))


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _remove(path: Path) -> None:
    for stale in (path, path.with_name(path.name + ".wal")):
        stale.unlink(missing_ok=True)
    shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """Copy a file; where the file system can, its blocks are shared until one of them is written."""
    with source.open("rb") as reading, target.open("wb") as writing:
        while os.copy_file_range(reading.fileno(), writing.fileno(), 1 << 30):
            pass


def _compact(path: Path) -> None:
    """Write the file anew where too much of it is free."""
    with duckdb.connect(str(path)) as connection:
        row = connection.sql("select free_blocks, total_blocks from pragma_database_size()").fetchone()
        free, total = row or (0, 0)
        if free <= MAX_FREE_SHARE * total:
            return
        anew = _anew(path)
        _remove(anew)
        connection.execute(f"attach {as_sql(anew)} as anew")
        [(name,)] = connection.sql("select current_database()").fetchall()
        connection.execute(f'copy from database "{name}" to anew')
    anew.replace(path)


def _anew(path: Path) -> Path:
    return path.with_name(path.name + ".anew")
