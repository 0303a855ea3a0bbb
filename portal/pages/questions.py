"""The claims that the benchmarks are to settle, what the figures say of each; incidents and mergers whole.

Belongs here: these three pages. Does not belong here: the sentences (dbt: bench_questions,
bench_merger_effects).
"""

from itertools import groupby
from operator import itemgetter

import duckdb

from pipelines.release.opened import names
from pipelines.release.published import Release
from pipelines.release.reader import incidents, mergers, questions
from portal.pages.page import Asked, Made, Page


def index(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    return {"questions": questions(release, connection)}


def all_incidents(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    """Declared incidents, the newest first, with a row for each platform."""
    rows = incidents(release, connection, asked.get("force"))
    grouped = [
        (list(same)) for _, same in groupby(rows, key=itemgetter("from_date", "incident_id", "force_id"))
    ]
    return {"incidents": grouped, "forces": _forces(connection), "platforms": _platforms(connection)}


def all_mergers(release: Release, connection: duckdb.DuckDBPyConnection, asked: Asked) -> Made:
    """Mergers and closings of accounts, the newest first, with a row for each outcome."""
    rows = mergers(release, connection, asked.get("force"))
    grouped = [list(same) for _, same in groupby(rows, key=itemgetter("event_date", "force_id", "platform"))]
    return {"mergers": grouped, "forces": _forces(connection), "platforms": _platforms(connection)}


def _forces(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return names(connection, "area_id", "area_name", "dim_area where area_type = 'force'")


def _platforms(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return {"all": "All platforms"} | names(connection, "platform", "platform_name", "dim_platform")


PAGES = [
    Page("/questions", "questions", "questions.html", index),
    Page("/questions/incidents", "questions", "incidents.html", all_incidents),
    Page("/questions/mergers", "questions", "mergers.html", all_mergers),
]
