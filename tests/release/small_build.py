"""A build small enough to read: three forces, two of them with posts, every gate passed.

Belongs here: the warehouse file that publishing reads and what is recorded of it. Does not belong here: how
its tables come about (dbt).
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

import duckdb
import msgspec
import polars as pl

from pipelines.disk import sha256_of
from pipelines.gates.records import GateResult, record
from pipelines.gates.release_gate import RELEASE_TABLES, SUPPRESSED, contract, release_suites
from pipelines.landing.store import Landing
from pipelines.settings import Settings
from pipelines.warehouse.build import Build
from pipelines.warehouse.window import Run, Window, window
from tests.gates.good_rows import AREAS, FORCES, frame_of, good_rows
from tests.landing.landed import land

RUN, BUILD = "20261109T053000000000-aaaaaaaa", "build-1"
AS_OF = datetime(2026, 11, 9, 5, 30)  # noqa: DTZ001
TABLES = [
    "bench_comparisons",
    "bench_not_available",
    "bench_values",
    "dim_account",
    "dim_area_member",
    "dim_correction",
    "dim_force",
    "dim_indicator",
    "fct_collection",
]
EXTRACTS = {
    "ext_benchmarks": {
        "force_id": "The force.",
        "period_end": "The last day of its period.",
        "value": "The value.",
        "is_provisional": "Whether it can change.",
    },
    "ext_not_available": {"force_id": "The force.", "value_note": "Why there is no number."},
    "ext_accounts": {"force_id": "The force.", "account_id": "The account."},
    "ext_posts": {
        "force_id": "The force.",
        "post_id": "The post.",
        "like_count": 'How many liked it, "here"',
        "created_at_utc": "When it was made.",
        "created_date": "On which day.",
    },
}
#: Force, post, likes and day of each post.
Post = tuple[str, str, int, date]
POSTS: list[Post] = [("kent", f"p{n}", n, date(2026, 11, 1)) for n in range(3)]

_SQL = (
    "create table dim_force as select unnest($forces) as force_id",
    "create table dim_indicator as select distinct indicator_id, indicator_version, "
    "'followers' as known_by, 'followers' as unit from bench_values",
    "create table dim_account as select 'youtube:' || force_id as account_id, force_id, 'youtube' as "
    "platform, 'corporate' as account_type, null::date as opened_date, null::date as closed_date "
    "from dim_force",
    "create table dim_correction (correction_id varchar, platform varchar, account_id varchar, "
    "post_id varchar, counter varchar, from_date date, until_date date, replacement double)",
    "create table dim_area_member as select force_id as area_id, force_id from dim_force union all "
    "select 'all_forces', force_id from dim_force",
    "create table fct_collection as select account_id, force_id, platform, date '2026-11-09' as "
    "collected_date, '' as reason from dim_account",
    "create table ext_benchmarks as select area_id as force_id, date '2026-11-08' as period_end, value, "
    "is_provisional from bench_values where area_id <> 'all_forces'",
    "create table ext_not_available as select 'essex' as force_id, 'not_offered' as value_note",
    "create view ext_accounts as select force_id, 'youtube:' || force_id as account_id from dim_force",
    "create table bench_measures as select 'kent' as force_id, 1 as conversation_count",
    "create table fct_conversations as select 'one message of the public' as message_id",
)


def write_manifest(path: Path, tables: Iterable[str] = TABLES) -> None:
    """What dbt would say of the project: the two exposures, and the columns of the extracts."""
    models: dict[str, Mapping[str, str]] = {**{name: {} for name in tables}, **EXTRACTS}
    models["bench_values"] = {name: f"The {name}." for name in contract("bench_values")}
    nodes = {
        f"model.beatbook.{name}": {
            "name": name,
            "columns": {column: {"description": text} for column, text in columns.items()},
        }
        for name, columns in {**models, "bench_measures": {}}.items()
    }
    exposures = {"release": list(tables), "extracts": list(EXTRACTS)}
    text = {
        "nodes": nodes,
        "exposures": {
            name: {"name": name, "depends_on": {"nodes": [f"model.beatbook.{model}" for model in named]}}
            for name, named in exposures.items()
        },
    }
    path.write_text(json.dumps(text))


def pull(landing: Landing, run_id: str = RUN) -> None:
    """A run of one platform."""
    log = {"force_id": "kent", "account_id": "youtube:kent", "pulled_at_utc": AS_OF, "platform": "youtube"}
    land(landing, "youtube", AS_OF.date(), run_id, {"requests": [log]})


def passed(gate: str, build_id: str) -> GateResult:
    """A verdict on all that is gated."""
    rows = dict.fromkeys((*RELEASE_TABLES, SUPPRESSED), 1)
    return GateResult(gate, build_id, True, checked_rows=rows, suites=release_suites())


def runs_of(landing: Landing) -> dict[str, Run]:
    """Everything that has landed, as a build records it."""
    found = window(landing, None)
    return found.runs if found else {}


def build(
    settings: Settings,
    build_id: str = BUILD,
    *,
    value: float = 50.0,
    posts: Iterable[Post] = POSTS,
    as_of: datetime = AS_OF,
    gates: bool = True,
    runs: Mapping[str, Run] | None = None,
    changes: Iterable[str] = (),
    made_of: Mapping[str, str] | None = None,
) -> None:
    """Put a warehouse in place, as if dbt had built it and both gates had passed.

    `runs`: what it was built from; `changes`: SQL that makes it another one; `made_of`: as the build's.
    """
    frames = {
        name: frame_of(f"release_{name}", good_rows(f"release_{name}"))
        for name in ("bench_values", "bench_comparisons", "bench_not_available")
    }
    has_value = pl.col("value").is_not_null()
    frames["bench_values"] = frames["bench_values"].with_columns(
        value=pl.when(has_value).then(value), area_id=pl.Series([AREAS[n % len(AREAS)] for n in range(12)])
    )
    schema = {"force_id": pl.String, "post_id": pl.String, "like_count": pl.Int64, "created_date": pl.Date}
    made = pl.DataFrame(list(posts), schema=schema, orient="row")
    frames["ext_posts"] = made.select(
        "force_id",
        "post_id",
        "like_count",
        created_at_utc=pl.col("created_date").cast(pl.Datetime("us")) + pl.duration(hours=10),
        created_date="created_date",
    )
    settings.home.mkdir(parents=True, exist_ok=True)
    settings.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        for name, frame in frames.items():
            connection.register("frame", frame)
            connection.execute(f"create table {name} as from frame")
        for sql in (*_SQL, *changes):
            connection.execute(sql, {"forces": FORCES} if "$forces" in sql else None)
    stat = settings.warehouse.stat()
    day = as_of.date()
    seen = Window(day, day, day, day, day, as_of.isoformat(), dict(runs or {}))
    mark = f"{stat.st_size}-{stat.st_mtime_ns}"
    recorded = Build(build_id, sha256_of(settings.warehouse), mark, dict(made_of or {}), seen)
    (settings.home / "build.json").write_bytes(msgspec.json.encode(recorded))
    if gates:
        for gate in ("dbt", "release"):
            record(settings.gates, passed(gate, build_id))
