"""Good rows for everything that is gated: what bad rows and small warehouses in tests are made from.

What is gated has a name: `youtube/profiles`, or the name of its suite, `release_bench_values`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.gates import suites
from pipelines.gates.landing_gate import of_entity
from pipelines.gates.release_gate import RELEASE_TABLES, contract
from pipelines.gates.validation import Failure, validate
from pipelines.landing.store import LOG, Landing
from pipelines.sources.account_pull import COUNT, TEXT
from pipelines.sources.catalogue import pulled_platforms, source

Row = dict[str, Any]
FORCES = ["essex", "kent", "surrey"]
AREAS = [*FORCES, "all_forces"]
SEEN = datetime(2026, 11, 9, 5, 30)  # noqa: DTZ001
PARAMETERS: dict[str, Any] = {
    "force_ids": FORCES,
    "earliest": "2026-10-08 05:30:00+00:00",
    "latest": "2026-11-09 06:30:00+00:00",
    "area_ids": AREAS,
    "force_count": len(FORCES),
    "value_notes": ["late", "provisional"],
}
LANDING = Landing(Path(), {name: source(name).ENTITIES for name in pulled_platforms()})

_TYPES = {
    "varchar": TEXT,
    "date": pl.Date,
    "double": pl.Float64,
    "bigint": COUNT,
    "boolean": pl.Boolean,
}
RELEASE = {
    f"release_{table}": {column: _TYPES[kind] for column, kind in contract(table).items()}
    for table in RELEASE_TABLES
}
_ACCOUNT = {"account_id": TEXT, "force_id": TEXT}
_LEVELS = _ACCOUNT | {"counter": TEXT, "level_ratio": pl.Float64, "fall_ratio": pl.Float64}
_WEEKDAYS = dict.fromkeys(("volume_ratio", "null_share_rise", "level_ratio"), pl.Float64)
PLAUSIBLE: dict[str, dict[str, Any]] = {
    "plausible_profiles": _LEVELS,
    "plausible_posts": _LEVELS,
    "plausible_accounts": _ACCOUNT | {"is_same": COUNT, "kept_ratio": pl.Float64, "twin_share": pl.Float64},
    "plausible_weekday_platform": {"counter": TEXT, **_WEEKDAYS},
    "plausible_weekday_accounts": {**_ACCOUNT, "counter": TEXT, **_WEEKDAYS},
    "plausible_platform": {
        "counter": TEXT,
        **dict.fromkeys(("median_ratio", "null_share_rise", "unchanged_share"), pl.Float64),
    },
}
SCHEMAS: dict[str, dict[str, Any]] = {
    **{f"{name}/{entity}": s for (name, entity), s in LANDING.schemas.items() if entity not in LOG},
    **RELEASE,
    **PLAUSIBLE,
}
OF_TABLES = {
    "expect_table_columns_to_match_ordered_list",
    "expect_table_row_count_to_be_between",
    "expect_table_row_count_to_equal",
}


@dataclass(frozen=True)
class Expectation:
    gated: str
    place: int
    type: str
    kwargs: Row = field(compare=False)

    @property
    def columns(self) -> list[str]:
        pair = [self.kwargs[name] for name in ("column_A", "column_B") if name in self.kwargs]
        return pair or self.kwargs.get("column_list") or [self.kwargs["column"]]

    def __str__(self) -> str:
        about = "-".join(self.columns) if self.type not in OF_TABLES else "table"
        return f"{self.gated}-{self.place}-{self.type.removeprefix('expect_')}-{about}"


def suite_of(gated: str) -> str:
    return suites.landing_suite(*gated.split("/")) if "/" in gated else gated


def definitions_of(gated: str, **parameters: Any) -> list[suites.Expectation]:
    """What is expected of it, with every parameter in place."""
    given = PARAMETERS | {"logged_rows": 0} | parameters
    source, _, entity = gated.partition("/")
    schema = SCHEMAS[gated]
    given |= of_entity(source, entity, schema) if entity else {"columns": list(schema)}
    return suites.expectations_of(suite_of(gated), given)


@cache
def expectations_of(gated: str) -> list[Expectation]:
    found = enumerate(definitions_of(gated))
    return [Expectation(gated, place, item["type"], item["kwargs"]) for place, item in found]


def failures_of(gated: str, frame: pl.DataFrame, **parameters: Any) -> list[Failure]:
    """What the gate finds in a frame that has as many rows as were logged."""
    return validate(gated, definitions_of(gated, **{"logged_rows": frame.height} | parameters), frame)


def good_row(gated: str, number: int) -> Row:
    """A row that holds everything; of two numbers no text and no day is the same."""
    words = {
        e.kwargs["column"]: e.kwargs["value_set"] for e in expectations_of(gated) if "value_set" in e.kwargs
    }
    made: dict[Any, Any] = {
        pl.Int64: number + 1,
        pl.Int32: 1,
        pl.Float64: 0.5,
        pl.Boolean: False,
        pl.Date: date(2026, 1, 1) + timedelta(days=number),
        pl.Datetime("us"): SEEN - timedelta(days=1),
    }
    row: Row = {name: made.get(kind, f"{name}-{number}") for name, kind in SCHEMAS[gated].items()}
    row |= {column: allowed[number % len(allowed)] for column, allowed in words.items()}
    if gated in PLAUSIBLE:  # as the day before
        row |= {name: 1.0 for name in row if name.endswith("_ratio")}
        row |= {name: 0.0 for name in row if name.startswith(("twin", "null", "unchanged"))} | {"is_same": 1}
        row = {name: row[name] for name in SCHEMAS[gated]}
    if gated == "release_bench_comparisons":
        row |= {"rank": 1, "ranked_of": len(FORCES)}
    if gated == "release_bench_values":
        row |= _value_or_reason(number)
    return row


def _value_or_reason(number: int) -> Row:
    """Of a suite's good cells, one in three has an interval, one a number alone, one a reason."""
    row: Row = {"value": 50.0, "unit": "%", "value_note": None}
    limits = {"ci998_low": 20.0, "ci95_low": 30.0, "ci95_high": 60.0, "ci998_high": 70.0}
    if number % 3 == 0:
        return row | limits
    row |= dict.fromkeys(limits)
    return row if number % 3 == 1 else row | {"value": None, "value_note": "late"}


def frame_of(gated: str, rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMAS[gated], strict=True, orient="row")


def good_rows(gated: str) -> list[Row]:
    return [good_row(gated, number) for number in range(12)]
