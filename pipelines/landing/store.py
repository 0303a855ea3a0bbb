"""The only module that writes landing files: immutable, append-only Parquet. See docs/landing.md.

Belongs here: paths, schemas every source shares, writing a run as one, reading it back as it was written.
Does not belong here: HTTP, checks, or anything a platform's own columns mean.
"""

import hashlib
import secrets
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import polars as pl

from pipelines.disk import write_whole
from pipelines.landing.locks import locked
from pipelines.landing.manifest import DamagedError, Decision, Manifest, Refused, decode, encode
from pipelines.settings import Settings, SettingsError
from pipelines.sources import catalogue
from pipelines.sources.account_pull import COUNT, PURPOSE, TEXT, TIME, Schema

#: What a pulse's run_id ends in. Who asks for the runs of a day has no pulses, unless they ask for them.
PULSE = "-pulse"
#: Of so few days each is asked for by name: what has landed before must not cost anything then.
ASKED_FOR = timedelta(days=62)

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
}
#: What a return declares of itself, in its log, where `pulled_at_utc` is when it was exported. `channels`: of
#: messages, those that it has rows of, as `direct|public`.
DECLARED: Schema = {"period_from_date": pl.Date, "period_to_date": pl.Date, "channels": TEXT}
_FILE: Schema = {"file_sha256": TEXT, "line": COUNT}
_COUNTERS = "view impression reach like share quote comment click".split()
_REACTIONS = "like love haha wow sad angry".split()
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
        **{f"{sort}_reaction_count": COUNT for sort in _REACTIONS},
        **PURPOSE,
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
        "author_key": TEXT,
        "in_reply_to": TEXT,
        "closed_at_utc": TIME,
        **_FILE,
    },
    "outcomes": {"platform": TEXT, "post_id": TEXT, "outcome": TEXT, "outcome_date": pl.Date, **_FILE},
    "tool_figures": {
        "platform": TEXT,
        "tool": TEXT,
        "figure": TEXT,
        "from_date": pl.Date,
        "to_date": pl.Date,
        "value": pl.Float64,
        "unit": TEXT,
        **_FILE,
    },
    "requests": {**LOG["requests"], **DECLARED, "file_sha256": TEXT},
}


class Landing:
    """The landing folder of one profile. `entities`: for each source its entities' own columns."""

    def __init__(self, root: Path, entities: Mapping[str, Mapping[str, Schema]]) -> None:
        self.root = root
        self.schemas: dict[tuple[str, str], Schema] = {
            (source, entity): COMMON | columns
            for source, own in {**entities, "returns": RETURNS}.items()
            for entity, columns in {**LOG, **own}.items()
        }

    def prepare(self) -> None:
        """Write one empty file for each entity, so that readers find the columns before the first pull.

        Raises:
            SettingsError: an earlier version landed here; its runs have no manifests.
        """
        if next(self.root.glob("*/verdicts/day=*"), None):
            raise SettingsError(
                f"{self.root} was landed by an earlier version, without manifests, and is not read: set "
                "BEATBOOK_HOME to another folder"
            )
        for (source, entity), schema in self.schemas.items():
            path = self.schema_path(source, entity)
            if not path.exists() or pl.read_parquet_schema(path.open("rb")) != pl.Schema(schema):
                write_atomically(path, pl.DataFrame(schema=schema))

    def schema_path(self, source: str, entity: str) -> Path:
        """The empty file that holds an entity's columns."""
        return self.root / source / entity / "schema.parquet"

    def path(self, source: str, entity: str, day: date, run_id: str) -> Path:
        return self.root / source / entity / f"day={day.isoformat()}" / f"{run_id}.parquet"

    def manifest_path(self, source: str, day: date, run_id: str) -> Path:
        """The file that says that a run has landed, and what."""
        return self.root / source / "runs" / f"day={day.isoformat()}" / f"{run_id}.json"

    def replaced_path(self, source: str, day: date, run_id: str, sha256: str) -> Path:
        """Where the manifest with that digest is kept once the run has been judged again."""
        return self.root / source / "replaced" / f"day={day.isoformat()}" / f"{run_id}.{sha256}.json"

    def new_run_id(self, unique: str | None = None, *, is_pulse: bool = False) -> str:
        """A run's id. Runs are ordered by the number in it, which never goes back as a clock can.

        Of two pulls of a moment, the greater id is the later. A pulse's ends in `-pulse`.
        """
        counter = self.root / "last_run"
        with locked(self.root / ".last_run.lock"):
            last = counter.read_bytes().strip() if counter.exists() else b""
            number = 1 + (int(last) if last.isdigit() else self._greatest_number())
            write_whole(counter, f"{number}\n".encode())
        name = f"r{number:08d}-{datetime.now(UTC):%Y%m%dT%H%M%S}-{(unique or secrets.token_hex(4))[:8]}"
        return name + PULSE * is_pulse

    def _greatest_number(self) -> int:
        """Of everything that has landed, for a landing whose counter was lost."""
        names = (path.name[1:9] for path in self.root.glob("*/runs/day=*/r*.json"))
        return max((int(name) for name in names if name.isdecimal()), default=0)

    def frames(
        self, source: str, run_id: str, rows: Mapping[str, Sequence[Mapping[str, object]] | pl.DataFrame]
    ) -> dict[str, pl.DataFrame]:
        """Rows as they will land: the log, and each entity that has rows.

        Raises:
            polars.exceptions.PolarsError: a row does not fit the entity's schema.
        """
        frames = {}
        for entity, entity_rows in {"requests": (), **rows}.items():
            schema = self.schemas[source, entity]
            if isinstance(entity_rows, pl.DataFrame):
                frames[entity] = entity_rows.with_columns(run_id=pl.lit(run_id)).select(list(schema))
            elif entity_rows or entity == "requests":  # a run in which nobody was due is a run too
                filled = [{**row, "run_id": run_id} for row in entity_rows]
                frames[entity] = pl.DataFrame(filled, schema=schema, strict=True, orient="row")
        return frames

    def write(
        self,
        source: str,
        day: date,
        run_id: str,
        frames: Mapping[str, pl.DataFrame],
        quarantined: Sequence[Refused] = (),
        suites: str = "",
    ) -> None:
        """Land what one run got from one source and what the gate said of it, as one.

        The manifest is the last file: a run that was killed before it has not landed.

        Raises:
            FileExistsError: the run landed already; landing is never changed.
        """
        taken = [path for entity in frames if (path := self.path(source, entity, day, run_id)).exists()]
        if taken:
            raise FileExistsError(f"{taken[0]} has landed already; landing is never changed")
        files = {
            entity: write_atomically(self.path(source, entity, day, run_id), frame)
            for entity, frame in frames.items()
        }
        self._put(source, day, Manifest(run_id, files, suites, list(quarantined)))

    def judge(
        self, source: str, day: date, run_id: str, quarantined: Sequence[Refused], suites: str = ""
    ) -> None:
        """Replace what the gate said of a run that has landed; its rows stay as they are, and what was said
        before is kept for the releases that were built from it."""
        before = self.manifest(source, day, run_id)
        write_whole(self.replaced_path(source, day, run_id, before.sha256), encode(before))
        self._put(source, day, Manifest(run_id, before.files, suites, list(quarantined)))

    def decide(self, source: str, day: date, run_id: str, decision: Decision) -> None:
        """Land a decision on what the runs of a day brought."""
        self._put(source, day, Manifest(run_id, {}, "", [], decision))

    def _put(self, source: str, day: date, manifest: Manifest) -> None:
        write_whole(self.manifest_path(source, day, manifest.run_id), encode(manifest))

    def manifest(self, source: str, day: date, run_id: str) -> Manifest:
        """What a run landed.

        Raises:
            DamagedError: the manifest is missing, or is not what was written.
        """
        return decode(self.manifest_path(source, day, run_id))

    def manifest_of(self, source: str, day: date, run_id: str, sha256: str) -> Manifest:
        """The manifest of a run with that digest: the present one, or one that it replaced.

        Raises:
            DamagedError: neither is there, or it is not what was written.
        """
        replaced = self.replaced_path(source, day, run_id, sha256)
        found = decode(replaced) if replaced.exists() else self.manifest(source, day, run_id)
        if found.sha256 != sha256:
            raise DamagedError(replaced)
        return found

    def read(
        self, source: str, entity: str, day: date, run_id: str, columns: Sequence[str] = ()
    ) -> pl.DataFrame:
        """One run's rows of an entity; empty, with its columns, where it landed none. Of `columns`, all
        unless some are named, those that the run landed: earlier ones had fewer.

        Raises:
            DamagedError: the file is missing, or is not what was landed.
        """
        wanted = self.manifest(source, day, run_id).files.get(entity)
        if wanted is None:
            return pl.DataFrame(schema=self.schemas[source, entity])
        content = self._bytes(self.path(source, entity, day, run_id), wanted)
        landed = [name for name in pl.read_parquet_schema(BytesIO(content)) if not columns or name in columns]
        return pl.read_parquet(BytesIO(content), columns=landed)

    def files(self, source: str, day: date, run_id: str, entities: Container[str]) -> dict[str, Path]:
        """The files of a run's `entities`, each of them as it was landed.

        Raises:
            DamagedError: one is missing, or is not what was landed.
        """
        wanted = self.manifest(source, day, run_id).files
        paths = {entity: self.path(source, entity, day, run_id) for entity in wanted if entity in entities}
        for entity, path in paths.items():
            self._bytes(path, wanted[entity])
        return paths

    def _bytes(self, path: Path, wanted: str) -> bytes:
        content = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(content).hexdigest() != wanted:
            raise DamagedError(path)
        return content

    def runs(
        self, source: str, since: date = date.min, until: date = date.max, *, pulses: bool = False
    ) -> Iterator[tuple[date, str]]:
        """(day, run_id) of what landed in these days, oldest first; pulses only when they are asked for."""
        folder = self.root / source / "runs"
        if until - since < ASKED_FOR:
            days = [since + timedelta(days=nth) for nth in range((until - since).days + 1)]
        else:
            days = sorted(day for path in folder.glob("day=*") if since <= (day := _day_of(path)) <= until)
        for day in days:
            names = (path.stem for path in sorted((folder / f"day={day}").glob("*.json")))
            yield from ((day, name) for name in names if pulses or not is_pulse(name))


def open_landing(settings: Settings) -> Landing:
    """The profile's landing, its empty schema files in place."""
    landing = Landing(
        settings.landing, {name: catalogue.source(name).ENTITIES for name in catalogue.pulled_platforms()}
    )
    landing.prepare()
    return landing


def is_pulse(run_id: str) -> bool:
    """Whether a run is a pulse: it knows posts and conversations of hours, and nothing of the day."""
    return run_id.endswith(PULSE)


def _day_of(folder: Path) -> date:
    return date.fromisoformat(folder.name.removeprefix("day="))


def write_atomically(path: Path, frame: pl.DataFrame) -> str:
    """Write a frame whole or not at all; its sha256."""
    content = BytesIO()
    frame.write_parquet(content, compression="zstd", statistics=True)
    write_whole(path, content.getvalue())
    return hashlib.sha256(content.getvalue()).hexdigest()
