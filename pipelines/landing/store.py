"""The only module that writes landing files: immutable, append-only Parquet. See docs/landing.md.

Belongs here: paths, schemas every source shares, atomic writing, reading one run back. Does not belong
here: HTTP, checks, or anything a platform's own columns mean.
"""

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from pipelines.settings import Settings
from pipelines.sources import catalogue
from pipelines.sources.account_pull import COUNT, TEXT, TIME, Schema

COMMON: Schema = {"force_id": TEXT, "account_id": TEXT, "pulled_at_utc": TIME, "run_id": TEXT}
LOG: dict[str, Schema] = {
    "requests": {
        "platform": TEXT,
        "entity": TEXT,
        "status": TEXT,
        "reason": TEXT,
        "detail": TEXT,
        "seen_count": COUNT,
        "row_count": COUNT,
        "request_count": COUNT,
        "unit_count": COUNT,
        "unknown_field_count": COUNT,
    },
    "verdicts": {
        "platform": TEXT,
        "verdict": TEXT,
        "expectation": TEXT,
        "detail": TEXT,
        "row_count": COUNT,
    },
}
_FILE: Schema = {"file_sha256": TEXT, "line": COUNT}
_COUNTERS = "view impression reach like share quote comment click".split()
RETURNS: dict[str, Schema] = {
    "profiles": {
        "platform": TEXT,
        "observed_at_utc": TIME,
        "follower_count": COUNT,
        "post_count": COUNT,
        **_FILE,
    },
    "posts": {
        "platform": TEXT,
        "post_id": TEXT,
        "created_at_utc": TIME,
        "observed_at_utc": TIME,
        "kind": TEXT,
        **{f"{counter}_count": COUNT for counter in _COUNTERS},
        **_FILE,
    },
    "messages": {
        "platform": TEXT,
        "channel": TEXT,
        "conversation_id": TEXT,
        "message_id": TEXT,
        "direction": TEXT,
        "sent_at_utc": TIME,
        "is_automatic": pl.Boolean,
        **_FILE,
    },
    "outcomes": {"post_id": TEXT, "outcome": TEXT, "outcome_date": pl.Date, **_FILE},
}


def new_run_id(unique: str | None = None) -> str:
    """A run's id, which sorts by the time that it began: of two pulls of a day, the greater is the later."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{(unique or secrets.token_hex(4))[:8]}"


class Landing:
    """The landing folder of one profile. `entities`: for each source its entities' own columns."""

    def __init__(self, root: Path, entities: Mapping[str, Mapping[str, Schema]]) -> None:
        self.root = root
        self.schemas: dict[tuple[str, str], Schema] = {
            (source, entity): COMMON | columns
            for source, own in {**entities, "returns": RETURNS}.items()
            for entity, columns in {**own, **LOG}.items()
        }

    def prepare(self) -> None:
        """Write one empty file for each entity, so that readers find the columns before the first pull."""
        for (source, entity), schema in self.schemas.items():
            path = self.schema_path(source, entity)
            if not path.exists() or pl.read_parquet_schema(path.open("rb")) != pl.Schema(schema):
                write_atomically(path, pl.DataFrame(schema=schema))

    def schema_path(self, source: str, entity: str) -> Path:
        """The empty file that holds an entity's columns."""
        return self.root / source / entity / "schema.parquet"

    def path(self, source: str, entity: str, day: date, run_id: str) -> Path:
        return self.root / source / entity / f"day={day.isoformat()}" / f"{run_id}.parquet"

    def files(self, source: str, entity: str, since: date = date.min) -> Iterator[Path]:
        """The files of an entity that landed on `since` or later, oldest first."""
        for folder in sorted((self.root / source / entity).glob("day=*")):
            if _day_of(folder) >= since:
                yield from sorted(folder.glob("*.parquet"))

    def write(self, source: str, day: date, run_id: str, rows: Mapping[str, list[dict[str, object]]]) -> None:
        """Land what one run got from one source: its log, and a file for each entity that has rows.

        Raises:
            FileExistsError: the run landed already; landing is never changed.
            polars.exceptions.PolarsError: a row does not fit the entity's schema.
        """
        frames = {}
        for entity, entity_rows in rows.items():
            schema = self.schemas[source, entity]
            if entity_rows or entity == "requests":  # a run in which nobody was due is a run too
                filled = [{**row, "run_id": run_id} for row in entity_rows]
                frames[entity] = pl.DataFrame(filled, schema=schema, strict=True, orient="row")
        for entity, frame in frames.items():
            path = self.path(source, entity, day, run_id)
            if path.exists():
                raise FileExistsError(f"{path} has landed already; landing is never changed")
            write_atomically(path, frame)

    def judge(self, source: str, day: date, run_id: str, verdicts: list[dict[str, object]]) -> None:
        """Write the gate's verdicts on a run; a later judgement takes their place."""
        schema = self.schemas[source, "verdicts"]
        frame = pl.DataFrame([{**row, "run_id": run_id} for row in verdicts], schema=schema, orient="row")
        write_atomically(self.path(source, "verdicts", day, run_id), frame)

    def read(self, source: str, entity: str, day: date, run_id: str) -> pl.DataFrame:
        """One run's rows of an entity; empty, with its columns, where it landed none."""
        path = self.path(source, entity, day, run_id)
        if path.exists():
            return pl.read_parquet(path, glob=False)
        return pl.DataFrame(schema=self.schemas[source, entity])

    def passed(
        self, source: str, entity: str, since: date, until: date, columns: Sequence[str]
    ) -> pl.DataFrame:
        """Columns of what a platform's runs of these days landed and the gate let pass."""
        verdicts = self._scan(source, "verdicts", since, until)
        passed = verdicts.filter(pl.col("platform") == source, pl.col("verdict") == "passed")
        rows = self._scan(source, entity, since, until)
        return rows.join(passed, on=["run_id", "force_id"], how="semi").select(columns).collect()

    def _scan(self, source: str, entity: str, since: date, until: date) -> pl.LazyFrame:
        files = [path for path in self.files(source, entity, since) if _day_of(path.parent) <= until]
        paths = [self.schema_path(source, entity), *files]
        return pl.scan_parquet(paths, missing_columns="insert", hive_partitioning=False, glob=False)

    def runs(self, source: str, entity: str = "requests") -> Iterator[tuple[date, str]]:
        """(day, run_id) of everything that landed, oldest first."""
        for path in self.files(source, entity):
            yield _day_of(path.parent), path.stem


def open_landing(settings: Settings) -> Landing:
    """The profile's landing, its empty schema files in place."""
    landing = Landing(
        settings.landing, {name: catalogue.source(name).ENTITIES for name in catalogue.pulled_platforms()}
    )
    landing.prepare()
    return landing


def _day_of(folder: Path) -> date:
    return date.fromisoformat(folder.name.removeprefix("day="))


def write_atomically(path: Path, frame: pl.DataFrame) -> None:
    """Write beside, sync, rename: a reader sees the whole file or none, also when we are killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with beside.open("wb") as file:
        frame.write_parquet(file, compression="zstd", statistics=True)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
