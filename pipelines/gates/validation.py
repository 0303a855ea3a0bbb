"""Runs expectations on one frame with Great Expectations, and says what failed in figures.

Belongs here: how Great Expectations judges a frame. Does not belong here: which expectations (suites.py),
what a failure leads to (the gates), its pages (data_docs.py), or what needs the whole warehouse (dbt tests).

GX takes pandas frames in memory: on DuckDB through SQLAlchemy it loses its results. Its own way from a frame
to a result (context, batch, validator) hashes the frame twice and works out anew which metrics each
expectation needs, 170 ms for a suite on a frame of a few rows. Here its engine computes the same metrics and
its expectations judge them, but what is needed is worked out once for each expectation, and the rows that
break one are listed only where one is broken.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import polars as pl
import polars.selectors as cs

from pipelines.gates.suites import Expectation
from pipelines.imports import importing

FIGURES = "unexpected_count unexpected_percent element_count missing_count observed_value".split()


class Gated(NamedTuple):
    """A frame, what it is of, and what is expected of it."""

    subject: str
    expectations: Sequence[Expectation]
    frame: pl.DataFrame


@dataclass
class Failure:
    """One expectation that did not hold: which, why it is there, its figures, and the rows that broke it."""

    subject: str
    expectation: str
    why: str
    figures: dict[str, Any]
    rows: list[int] = field(default_factory=list)  # empty: the frame as a whole is wrong

    @property
    def title(self) -> str:
        """What did not hold, without its figures."""
        return f"{self.subject}: {self.expectation}"

    def __str__(self) -> str:
        figures = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        return f"{self.title} ({figures}): {self.why}"


@dataclass(frozen=True)
class _Plan:
    """An expectation and the metrics, with all they depend on, that GX needs to judge it."""

    expectation: Any
    result_format: Any
    metrics: dict[str, Any]
    edges: list[Any]


def validate(subject: str, expectations: Sequence[Expectation], frame: pl.DataFrame) -> list[Failure]:
    """The expectations that do not hold of `frame`; an empty list says that all of them hold."""
    engine = _engine(frame, expectations)
    brief = _results(expectations, engine, "BOOLEAN_ONLY")
    broken = [e for e, result in zip(expectations, brief, strict=True) if not result["success"]]
    details = _results(broken, engine, "COMPLETE")
    return [failure_of(subject, e, result["result"]) for e, result in zip(broken, details, strict=True)]


def results(gated: Gated) -> list[dict[str, Any]]:
    """GX's result of each expectation, in their order, held or not, with its figures and wrong rows."""
    return _results(gated.expectations, _engine(gated.frame, gated.expectations), "COMPLETE")


def _engine(frame: pl.DataFrame, expectations: Sequence[Expectation]) -> Any:
    return _gx().Engine(batch_data_dict={"frame": _in_pandas(frame, expectations)})


def _in_pandas(frame: pl.DataFrame, expectations: Sequence[Expectation]) -> Any:
    """The columns that are looked at: GX copies the frame for each column with an empty cell.

    Times with limits get their zone: GX compares a column of naive times row by row in Python.
    """
    if not any(e["type"].startswith("expect_table_columns") for e in expectations):
        frame = frame.select(sorted(set(frame.columns) & set(_texts(list(expectations)))))
    limited = [e["kwargs"]["column"] for e in expectations if e["type"].endswith("_values_to_be_between")]
    times = cs.by_name(limited, require_all=False) & cs.datetime(time_zone=None)
    return frame.with_columns(times.dt.replace_time_zone("UTC")).to_pandas()


def _texts(value: Any) -> list[str]:
    """Every text in an expectation's definition; the names of its columns are among them."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []


def _results(expectations: Sequence[Expectation], engine: Any, result_format: str) -> list[dict[str, Any]]:
    plans = [_plan(json.dumps(e), result_format) for e in expectations]
    graph = _gx().Graph(engine, [edge for plan in plans for edge in plan.edges])
    computed, aborted = graph.resolve({"result_format": result_format}, show_progress_bars=False)
    return [_result(plan, computed, aborted, engine) for plan in plans]


def _result(
    plan: _Plan, computed: Mapping[Any, Any], aborted: Mapping[Any, Any], engine: Any
) -> dict[str, Any]:
    try:
        metrics = {name: computed[metric.id] for name, metric in plan.metrics.items()}
    except KeyError:
        errors = {
            str(aborted[edge.left.id]["exception_info"]["exception_message"])
            for edge in plan.edges
            if edge.left.id in aborted
        }
        return {"success": False, "result": {"error": "; ".join(sorted(errors))[:300]}}
    result: dict[str, Any] = plan.expectation._validate(
        metrics=metrics,
        runtime_configuration={"result_format": plan.result_format},
        execution_engine=engine,
    )
    return result


@lru_cache(maxsize=1000)
def _plan(definition: str, result_format: str) -> _Plan:
    gx, runtime = _gx(), {"result_format": result_format}
    expectation = gx.Configuration(**json.loads(definition)).to_domain_obj()
    engine = gx.Engine()
    graph = gx.Graph(engine)
    needed = expectation.get_validation_dependencies(engine, runtime)
    for metric in needed.metric_configurations.values():
        graph.build_metric_dependency_graph(metric, runtime)
    return _Plan(expectation, needed.result_format, needed.metric_configurations, graph.edges)


def failure_of(subject: str, expectation: Expectation, result: Mapping[str, Any]) -> Failure:
    """What did not hold, of a result with all its figures."""
    kwargs = expectation["kwargs"]
    columns = kwargs.get("column") or kwargs.get("column_list") or kwargs.get("column_A") or ""
    columns = ", ".join(columns) if isinstance(columns, list) else columns
    figures = {name: result[name] for name in [*FIGURES, "error"] if result.get(name) is not None}
    rows = list(result.get("unexpected_index_list") or [])
    return Failure(subject, f"{expectation['type']}({columns})", expectation["meta"]["why"], figures, rows)


@cache
def _gx() -> SimpleNamespace:
    """GX, imported for the first frame that is checked: it takes seconds."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with importing():
        from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
        from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
        from great_expectations.validator.validation_graph import ValidationGraph
    return SimpleNamespace(
        Engine=PandasExecutionEngine, Configuration=ExpectationConfiguration, Graph=ValidationGraph
    )
