"""The national ZIP: all that a release publishes of the country, described for people and for programs.

Belongs here: what is in it. Does not belong here: the figures (the release's tables), the workbook
(workbook.py), a force's own files (extracts.py), which are nobody else's.
"""

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO

import duckdb
import polars as pl

from pipelines.release import revisions
from pipelines.release.contents import Model
from pipelines.release.described import columns_of, dictionary_of, package_of, schema_of
from pipelines.release.files import defused
from pipelines.release.published import RECORD, RECORD_SUM, Release
from pipelines.release.workbook import write_workbook

#: What people open in a spreadsheet or with ten lines of code; the other tables are there as Parquet alone.
AS_CSV = ("bench_values", "bench_comparisons", "bench_not_available", "dim_indicator", "dim_area")
#: Rows that are read at a time.
BATCH = 50_000


def write_bundle(
    to: IO[bytes],
    release: Release,
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
    models: list[Model],
) -> None:
    """Write the ZIP of a release: the same bytes from the same release.

    `folder`: the release's own; `connection`: to its tables; `models`: what its columns are.
    """
    made = datetime.fromisoformat(release.created_at_utc).timetuple()[:6]
    described = {model.name: model for model in models}
    if values := described.get("bench_values"):
        said = {"area_id": values.descriptions.get("area_id", ""), **revisions.model(values).descriptions}
        described[revisions.NAME] = Model(revisions.NAME, said)
    tables = sorted(path.stem for path in (folder / "tables").glob("*.parquet"))
    columns = {name: columns_of(connection, described.get(name, Model(name, {}))) for name in tables}
    csv_names = [name for name in AS_CSV if name in columns]
    with zipfile.ZipFile(to, "w") as bundle:

        def add(name: str, data: bytes | str) -> None:
            bundle.writestr(_entry(name, made), data)

        add("README.txt", _about(release, tables))
        for name in (RECORD, RECORD_SUM):
            add(name, (folder / name).read_bytes())
        workbook = BytesIO()
        write_workbook(workbook, release, connection, None, None)
        add("national.xlsx", workbook.getvalue())
        add("data_dictionary.csv", dictionary_of(columns))
        schemas = {f"{name}.csv": schema_of(columns[name]) for name in csv_names}
        title = f"Beatbook, {release.label} {release.release_id}"
        add("datapackage.json", package_of("beatbook-national", title, release.note, schemas))
        for name in csv_names:
            with bundle.open(_entry(f"{name}.csv", made), "w", force_zip64=True) as file:
                _write_csv(file, connection, name)
        for name in tables:
            path = f"tables/{name}.parquet"
            bundle.writestr(_entry(path, made, zipfile.ZIP_STORED), (folder / path).read_bytes())


def _entry(name: str, made: tuple[int, ...], kind: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (made[0], *made[1:6]))  # type: ignore[arg-type]
    entry.compress_type, entry.external_attr = kind, 0o644 << 16
    return entry


def _write_csv(to: IO[bytes], connection: duckdb.DuckDBPyConnection, name: str) -> None:
    reader = connection.sql(f"from {name}").to_arrow_reader(BATCH)
    to.write((",".join(reader.schema.names) + "\n").encode())
    for batch in reader:
        rows = defused(pl.DataFrame(batch))
        rows.write_csv(to, include_header=False, datetime_format="%Y-%m-%dT%H:%M:%SZ")


def _about(release: Release, tables: list[str]) -> str:
    return f"""Beatbook: {release.label}, {release.release_id}
{release.note}

Data as of {release.data_as_of_utc}; published {release.created_at_utc}.

national.xlsx         headline figures of all forces, with definitions and notes
*.csv                 figures, comparisons, reasons, indicators and areas, complete; a cell that a spreadsheet
                      would run has an apostrophe before it
tables/*.parquet      all {len(tables)} published tables
data_dictionary.csv   what each column is
datapackage.json      the same for programs (Frictionless), of the CSV files
release.json          which gates it passed, and the checksum of every file of the release

A figure without its interval, its n and its note is not the whole figure. An empty value has its reason in
value_note; it is no zero. What the numbers must not be used for: docs/method.md.
"""
