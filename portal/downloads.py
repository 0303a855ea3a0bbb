"""The tables of the pages as CSV, every column: what a page shows can be taken along.

Belongs here: which tables. Does not belong here: a force's own extract, which the release holds as files.
"""

from io import BytesIO
from typing import Any

import duckdb
import polars as pl

from pipelines.release.files import defused
from pipelines.release.national import national
from pipelines.release.periods import NotFoundError
from pipelines.release.reader import table_of
from pipelines.release.workbook import write_workbook
from portal.charts import Asked, Chart, trend_rows
from portal.library import Shelf
from portal.pages.indicators import table_asked
from portal.pages.national import national_asked


def of_indicator(shelf: Shelf, connection: duckdb.DuckDBPyConnection, asked: Asked) -> bytes:
    """The rows of an indicator's table."""
    return _csv(table_of(shelf.release, connection, table_asked(asked, asked["indicator"])).rows)


def of_force(shelf: Shelf, connection: duckdb.DuckDBPyConnection, asked: Asked) -> bytes:
    """The rows of a force's table."""
    return _csv(table_of(shelf.release, connection, table_asked(asked, force=asked["force"])).rows)


def of_country(shelf: Shelf, connection: duckdb.DuckDBPyConnection, asked: Asked) -> bytes:
    """The cells of the national table, a row each."""
    table = national(shelf.release, connection, national_asked(asked))
    return _csv([cell for row in table.rows for cell in row.cells.values()])


def of_series(shelf: Shelf, connection: duckdb.DuckDBPyConnection, asked: Asked) -> bytes:
    """The periods that a trend is drawn from."""
    if not (rows := trend_rows(shelf, connection, asked)):
        raise NotFoundError("there is no number in this series")
    return _csv(
        [row | {"release_id": shelf.release.release_id, "release_label": shelf.release.label} for row in rows]
    )


def workbook(shelf: Shelf, connection: duckdb.DuckDBPyConnection, asked: Asked) -> bytes:
    """The national workbook."""
    to = BytesIO()
    write_workbook(to, shelf.release, connection, None, None)
    return to.getvalue()


CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Path, the page whose rules of access hold for it, the type of file, and what makes it.
DOWNLOADS: list[tuple[str, str, str, Chart]] = [
    ("/tables/national.csv", "national", CSV, of_country),
    ("/tables/national.xlsx", "national", XLSX, workbook),
    ("/tables/trend.csv", "indicator", CSV, of_series),
    ("/tables/indicators/{indicator}.csv", "indicator", CSV, of_indicator),
    ("/tables/forces/{force}.csv", "force", CSV, of_force),
]


def _csv(rows: list[dict[str, Any]]) -> bytes:
    return defused(pl.DataFrame(rows, infer_schema_length=None)).write_csv().encode()
