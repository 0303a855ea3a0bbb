"""A release, open for questions, and what every question needs.

Belongs here: opening, rows, names, and what a person may have meant. Does not belong here: what is asked
(reader.py, national.py, explain.py), or how releases lie on disk (published.py).
"""

from collections.abc import Mapping
from typing import Any

import duckdb

from pipelines.disk import as_sql
from pipelines.release.contents import contents
from pipelines.release.official import find
from pipelines.release.periods import NotFoundError, Period
from pipelines.release.published import Release, check_tables, folder_of
from pipelines.settings import Settings
from pipelines.warehouse.manifest import ManifestError


def open_release(settings: Settings, asked: str | None = None) -> tuple[Release, duckdb.DuckDBPyConnection]:
    """The release that is asked for (official.find) and a connection with its tables as views.

    Raises:
        NotFoundError: nothing is published, or no such release is kept.
        DamagedReleaseError: a table, release.json or what names it is not what was published.
    """
    release = find(settings, asked)
    if release is None:
        raise NotFoundError("nothing is published yet: `beatbook run` publishes")
    check_tables(settings, release)
    return release, connected(settings, release)


def connected(settings: Settings, release: Release) -> duckdb.DuckDBPyConnection:
    """A connection with a release's tables as views; nothing is checked.

    A column that was added since the release was published is there and empty: an official release is read
    for ever, by versions that know more.
    """
    connection = duckdb.connect()
    known = _columns(settings)
    for path in sorted((folder_of(settings, release) / "tables").glob("*.parquet")):
        file = as_sql(path)
        own = set(connection.sql(f"from {file}").columns)
        later = {name: kind for name, kind in known.get(path.stem, {}).items() if name not in own}
        added = "".join(f", cast(null as {kind}) as {name}" for name, kind in later.items())
        connection.execute(f"create view {path.stem} as select *{added} from {file}")
    return connection


def _columns(settings: Settings) -> dict[str, dict[str, str]]:
    """Table → column → type, as the project has them now; nothing where dbt cannot read it."""
    try:
        return {model.name: model.types for model in contents(settings).tables}
    except ManifestError:
        return {}


def rows_of(
    release: Release, connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] = {}
) -> list[dict[str, Any]]:
    """The rows of a query over the release's tables.

    Raises:
        NotFoundError: a table or a column is missing, since an earlier version published the release.
    """
    try:
        return connection.sql(sql, params=dict(parameters)).pl().to_dicts()
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        to_do = "`beatbook build` publishes anew"
        if release.label != Release.label:
            to_do = "and an official release is not made anew: the working one may have it"
        lacks = f"release {release.release_id} lacks a table or a column"
        raise NotFoundError(f"{lacks}: an earlier version published it, {to_do}") from error


def names(connection: duckdb.DuckDBPyConnection, key: str, name: str, source: str) -> dict[str, str]:
    """Names by their key, in the order of the keys."""
    return dict(connection.sql(f"select distinct {key}, {name} from {source} order by 1").fetchall())


def name_of(wanted: str, names: Mapping[str, str], what: str) -> str:
    """The key that was meant, given as it is or by its name, in any case.

    Raises:
        NotFoundError: there is none; the message names those there are.
    """
    for key, name in names.items():
        if wanted.casefold() in (key.casefold(), name.casefold()):
            return key
    raise NotFoundError(f"there is no {what} {wanted}; there are: {', '.join(names)}")


def usual_platform(
    connection: duckdb.DuckDBPyConnection, definition: Mapping[str, Any], period: Period, scope: str
) -> str:
    """Where an indicator is looked at when nobody says: the platform on which most forces have a number."""
    row = connection.sql(
        "select platform from bench_values inner join dim_area using (area_id) "
        "where indicator_id = $indicator and account_scope = $scope and area_type = 'force' "
        "and period_type = $period_type and period_start = $period_start "
        "group by platform "
        "order by (platform = 'all') = $is_standardised and count(value) > 0 desc, count(value) desc, "
        "platform",
        params={
            "indicator": definition["indicator_id"],
            # A release of an earlier version says nothing of it.
            "is_standardised": bool(definition.get("is_standardised")),
            "scope": scope,
            "period_type": period.period_type,
            "period_start": period.start,
        },
    ).fetchone()
    if row:
        return str(row[0])
    wanted = (definition["platforms"] or "").split("|")[0]
    return wanted or str(connection.sql("select min(platform) from dim_platform").fetchall()[0][0])
