"""Pages of what the gates expected and found, as Great Expectations renders its results (Data Docs).

Belongs here: pages of a day's landing and of a build, made when somebody asks or something did not hold. Does
not belong here: the verdicts, which rest on no page (landing_gate.py, release_gate.py).

A page names whose rows are wrong (force and account, or the cell) and how many. What stands in them is not
shown: it may be about the public, or a count that is suppressed. GX's own site builder is not used: its pages
fetch scripts and styles from five other sites when they are opened. Here nothing is fetched, and none is run.
"""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from functools import cache
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import polars as pl

from pipelines.disk import write_whole
from pipelines.gates.landing_gate import of_past, of_rows
from pipelines.gates.release_gate import of_tables
from pipelines.gates.validation import FIGURES, Gated, failure_of, results
from pipelines.imports import importing
from pipelines.landing.manifest import DamagedError
from pipelines.landing.store import Landing
from pipelines.settings import Settings
from pipelines.warehouse.build import held_build

#: By which columns a page names wrong rows; those that a frame has.
NAMED_BY = (
    "force_id account_id counter indicator_id area_id platform account_scope period_type period_start".split()
)
#: Of the wrong rows' owners so many are named, those with the most first.
NAMED = 20
#: The first thing in every page: whatever GX's template asks for is not fetched.
_ALONE = """<head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
style-src 'unsafe-inline'"><style>body { font-family: sans-serif; margin: 1em } \
table { border-collapse: collapse } td, th { border: 1px solid #999; padding: 0.3em; text-align: left } \
nav, .sticky, footer, .d-none, [data-toggle] { display: none } \
.alert a { pointer-events: none; color: inherit } \
.text-success::before { content: "held" } .text-danger::before { content: "DID NOT HOLD" }</style>"""

Row = dict[str, Any]


def of_landing(
    settings: Settings, landing: Landing, source: str, day: date, force_ids: Iterable[str]
) -> list[Row]:
    """Pages of every run of a platform's day, by the expectations of now.

    A row for each: subject, batch, expectations, failed, page. A run that is damaged has none: what
    it would say is not what landed.
    """
    gated: list[tuple[str, Gated]] = []
    runs = [run_id for _, run_id in landing.runs(source, day, day)]
    for run_id in runs:
        with suppress(DamagedError):
            files = landing.manifest(source, day, run_id).files
            frames = {entity: landing.read(source, entity, day, run_id) for entity in files}
            if frames:  # a decision brings no rows
                of_run = [
                    *of_rows(landing, source, frames, force_ids),
                    *of_past(landing, source, day, frames),
                ]
                gated += [(run_id, each) for each in of_run]
    return _write(folder_of(settings, source, day), f"{source}, {day}", gated) if runs else []


def of_build(settings: Settings) -> list[Row]:
    """Pages of what the release gate expects of the present build, as `of_landing`.

    Raises:
        NotBuiltError: there is no build.
    """
    with held_build(settings) as build, duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        gated = [(build.build_id, each) for each in of_tables(connection)]
    return _write(folder_of(settings, "release"), f"release gate, build {build.build_id}", gated)


def folder_of(settings: Settings, about: str, day: date | None = None) -> Path:
    """Where the pages of a platform's day are, or of the present build; `index.html` names them."""
    return settings.gate_pages / (f"{about}-{day}" if day else about)


def _write(folder: Path, title: str, gated: Iterable[tuple[str, Gated]]) -> list[Row]:
    if folder.exists():
        shutil.rmtree(folder)
    rows = [_page(folder, nth, batch, each) for nth, (batch, each) in enumerate(gated, 1)]
    lines = "".join(
        f'<tr><td><a href="{row["page"].name}">{escape(row["subject"])}</a></td>'
        f"<td>{escape(row['batch'])}</td><td>{row['expectations']}</td>"
        f"<td>{'<br>'.join(map(escape, row['failed']))}</td></tr>"
        for row in rows
    )
    heads = ("What", "Run or build", "Expectations", "What did not hold, and why it should")
    head = f"<tr>{''.join(f'<th>{each}</th>' for each in heads)}</tr>"
    page = f"<!DOCTYPE html><html>{_ALONE}<meta charset='utf-8'><title>{escape(title)}</title></head>"
    page += f"<body><h1>{escape(title)}</h1><table>{head}{lines}</table></body></html>"
    write_whole(folder / "index.html", page.encode())
    return rows


def _page(folder: Path, nth: int, batch: str, gated: Gated) -> Row:
    found = results(gated)
    gx = _renderers()
    judged = [
        gx.Result(
            success=result["success"],
            expectation_config=gx.Configuration(
                type=expectation["type"], kwargs=expectation["kwargs"], meta=expectation["meta"]
            ),
            result=_shown(result, gated.frame),
            exception_info={
                "raised_exception": "error" in result["result"],
                "exception_message": "could not be computed",
                "exception_traceback": None,
            },
        )
        for expectation, result in zip(gated.expectations, found, strict=True)
    ]
    failed = [
        str(failure_of(gated.subject, expectation, result["result"]))
        for expectation, result in zip(gated.expectations, found, strict=True)
        if not result["success"]
    ]
    suite = gx.SuiteResult(
        success=not failed,
        results=judged,
        suite_name=gated.subject,
        statistics={
            "evaluated_expectations": len(judged),
            "successful_expectations": len(judged) - len(failed),
            "unsuccessful_expectations": len(failed),
            "success_percent": 100 * (1 - len(failed) / len(judged)),
        },
        meta={"run_id": {"run_name": batch}},
    )
    html = gx.View().render(gx.Page().render(suite), show_how_to_buttons=False)
    path = folder / f"{nth:02d}-{gated.subject.replace('/', '-')}.html"
    write_whole(path, html.replace("<head>", _ALONE, 1).encode())
    return {
        "subject": gated.subject,
        "batch": batch,
        "expectations": len(judged),
        "failed": failed,
        "page": path,
    }


def _shown(result: dict[str, Any], frame: pl.DataFrame) -> dict[str, Any]:
    """A result without what the wrong rows hold: its figures, and whose rows they are."""
    found = result["result"]
    shown = {name: found[name] for name in FIGURES if name in found}
    rows = list(found.get("unexpected_index_list") or [])
    if result["success"] or not rows:
        return shown
    owners = frame[rows].select([name for name in NAMED_BY if name in frame.columns])
    counts = owners.group_by(owners.columns, maintain_order=True).len("rows").sort("rows", descending=True)
    named = [
        {"value": ", ".join(str(name) for name in owner), "count": count}
        for *owner, count in counts.head(NAMED).iter_rows()
    ]
    return shown | {"partial_unexpected_counts": named}


@cache
def _renderers() -> SimpleNamespace:
    """GX's results, pages and view, imported for the first page."""
    with importing():
        from great_expectations.core.expectation_validation_result import (
            ExpectationSuiteValidationResult,
            ExpectationValidationResult,
        )
        from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
        from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
        from great_expectations.render.view.view import DefaultJinjaPageView
    return SimpleNamespace(
        Result=ExpectationValidationResult,
        SuiteResult=ExpectationSuiteValidationResult,
        Configuration=ExpectationConfiguration,
        Page=ValidationResultsPageRenderer,
        View=DefaultJinjaPageView,
    )
