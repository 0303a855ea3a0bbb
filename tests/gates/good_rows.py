"""Good rows for every suite in expectations/: what bad rows and small warehouses in tests are made from."""

import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.gates.suites import SUITES
from pipelines.landing.store import Landing
from pipelines.settings import PROJECT
from pipelines.sources.catalogue import pulled_platforms, source

Row = dict[str, Any]
FORCES = ["essex", "kent", "surrey"]
SEEN = datetime(2026, 11, 9, 5, 30)  # noqa: DTZ001
PARAMETERS: dict[str, Any] = {
    "force_ids": FORCES,
    "latest": "2026-11-09 06:30:00",
    "force_count": len(FORCES),
    "areas": len(FORCES) + 1,
}
LANDING = Landing(Path(), {name: source(name).ENTITIES for name in pulled_platforms()})
SUITE_NAMES = sorted(path.stem for path in SUITES.glob("*.json"))
OF_TABLES = {
    "expect_table_columns_to_match_ordered_list",
    "expect_table_row_count_to_be_between",
    "expect_column_unique_value_count_to_be_between",
}


@dataclass(frozen=True)
class Expectation:
    suite: str
    place: int
    type: str
    kwargs: Row = field(compare=False)

    @property
    def columns(self) -> list[str]:
        pair = [self.kwargs[name] for name in ("column_A", "column_B") if name in self.kwargs]
        return pair or self.kwargs.get("column_list") or [self.kwargs["column"]]

    def __str__(self) -> str:
        about = "-".join(self.columns) if self.type not in OF_TABLES else "table"
        return f"{self.suite}-{self.place}-{self.type.removeprefix('expect_')}-{about}"


def expectations_of(suite: str) -> list[Expectation]:
    told = json.loads((SUITES / f"{suite}.json").read_text())["expectations"]
    return [Expectation(suite, place, item["type"], item["kwargs"]) for place, item in enumerate(told)]


ALL = [expectation for suite in SUITE_NAMES for expectation in expectations_of(suite)]


def filled(value: Any) -> Any:
    """A kwarg with its parameter in place."""
    return PARAMETERS[value["$PARAMETER"]] if isinstance(value, dict) else value


@cache
def schema_of(suite: str) -> dict[str, Any]:
    if suite.startswith("landing_"):
        _, name, entity = suite.split("_")
        return LANDING.schemas[name, entity]
    return contract_of(suite.removeprefix("release_"))


def contract_of(model: str) -> dict[str, Any]:
    """The columns of a benchmark table as dbt's contract has them."""
    types = {
        "varchar": pl.String,
        "date": pl.Date,
        "double": pl.Float64,
        "bigint": pl.Int64,
        "boolean": pl.Boolean,
    }
    text = (PROJECT / "dbt/models/benchmarks/_bench.yml").read_text()
    (block,) = re.findall(rf"^  - name: {model}\n(.*?)(?=^  - name: |\Z)", text, re.MULTILINE | re.DOTALL)
    found = re.findall(r"^      - name: (\w+)\n.*?data_type: (\w+)", block, re.MULTILINE | re.DOTALL)
    return {name: types[kind] for name, kind in found}


def good_row(suite: str, number: int) -> Row:
    """A row that holds everything; of two numbers no text and no day is the same."""
    words = {
        e.kwargs["column"]: e.kwargs["value_set"] for e in expectations_of(suite) if "value_set" in e.kwargs
    }
    made: dict[Any, Any] = {
        pl.Int64: number + 1,
        pl.Float64: 0.5,
        pl.Boolean: False,
        pl.Date: date(2026, 1, 1) + timedelta(days=number),
        pl.Datetime("us"): SEEN - timedelta(days=1),
    }
    row: Row = {name: made.get(kind, f"{name}-{number}") for name, kind in schema_of(suite).items()}
    row |= {column: filled(allowed)[0] for column, allowed in words.items() if allowed}
    row["force_id"] = FORCES[number % len(FORCES)]
    if suite == "release_bench_comparisons":
        row |= {"rank": 1, "ranked_of": len(FORCES)}
    if suite == "release_bench_values":
        row["force_id"] = [*FORCES, "national"][number % PARAMETERS["areas"]]
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


def frame_of(suite: str, rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema_of(suite), strict=True, orient="row")


def good_rows(suite: str) -> list[Row]:
    return [good_row(suite, number) for number in range(12)]
