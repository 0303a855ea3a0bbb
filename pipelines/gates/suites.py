"""Runs a GX suite from expectations/*.json on one frame, and says what failed in figures.

Belongs here: the only use of Great Expectations. Does not belong here: what a failure leads to (the gates),
or what needs the whole warehouse (dbt tests).

GX takes pandas frames in memory: on DuckDB through SQLAlchemy it loses its results.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import polars as pl

from pipelines.settings import PROJECT

SUITES = PROJECT / "expectations"
FIGURES = "unexpected_count unexpected_percent element_count missing_count observed_value".split()


@dataclass
class Failure:
    """One expectation that did not hold: which, why it is there, its figures, and the rows that broke it."""

    suite: str
    expectation: str
    why: str
    figures: dict[str, Any]
    rows: list[int] = field(default_factory=list)  # empty: the frame as a whole is wrong

    def __str__(self) -> str:
        figures = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        return f"{self.suite}: {self.expectation} ({figures}): {self.why}"


def has_suite(name: str) -> bool:
    return (SUITES / f"{name}.json").exists()


def validate(name: str, frame: pl.DataFrame, parameters: Mapping[str, Any]) -> list[Failure]:
    """Run the suite `expectations/<name>.json` on `frame`; an empty list says that all of it holds.

    `parameters` fill the suite's `{"$PARAMETER": ...}` values.

    Raises:
        FileNotFoundError: there is no such suite.
    """
    definition = json.loads((SUITES / f"{name}.json").read_text())
    batches, suite_class = _gx()
    batch = batches.get_batch({"dataframe": frame.to_pandas()})
    suite = suite_class(name=name, expectations=definition["expectations"])
    result = batch.validate(suite, result_format="COMPLETE", expectation_parameters=dict(parameters))
    return [_failure(name, item) for item in result.results if not item.success]


def _failure(suite: str, item: Any) -> Failure:
    config, result = item.expectation_config, item.result or {}
    kwargs = config.kwargs
    columns = kwargs.get("column") or kwargs.get("column_list") or kwargs.get("column_A") or ""
    columns = ", ".join(columns) if isinstance(columns, list) else columns
    figures = {name: result[name] for name in FIGURES if result.get(name) is not None}
    if item.exception_info and not figures:
        figures = {"error": _error(item.exception_info)}
    expectation = f"{config.type}({columns})"
    why = (config.meta or {}).get("why", "")
    return Failure(suite, expectation, why, figures, list(result.get("unexpected_index_list") or []))


def _error(info: Mapping[str, Any]) -> str:
    """What GX could not compute, in its own words and without the traceback (one for each metric)."""
    told = [info] if "exception_message" in info else list(info.values())
    return "; ".join(sorted({str(each["exception_message"]) for each in told}))[:300]


@cache
def _gx() -> tuple[Any, Any]:
    """GX's context is made once; importing it takes seconds, so it waits for the first gate."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx  # noqa: PLC0415
    from great_expectations.core import ExpectationSuite  # noqa: PLC0415

    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("landed").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("all"), ExpectationSuite
