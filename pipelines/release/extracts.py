"""Each force's own files, cut from the release's `ext_` tables.

Belongs here: the files of an extract. Does not belong here: arithmetic (dbt/models/benchmarks/ext_*.sql)
or when an extract is made (publish.py).
"""

import csv
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

TABLES = {"ext_benchmarks": "benchmarks", "ext_accounts": "accounts", "ext_posts": "posts"}
_FRICTIONLESS = {
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}


@dataclass(frozen=True)
class Column:
    """A column as the warehouse describes it."""

    table: str
    name: str
    data_type: str
    description: str


def write_extracts(
    folder: Path, tables: Mapping[str, pl.DataFrame], columns: list[Column], force_ids: list[str], note: str
) -> None:
    """Write `folder/<force_id>/` for every force, also for one of which nothing is known yet.

    `tables`: the `ext_` tables, each with a `force_id` column and sorted. `note` says what the figures
    are; it stands in datapackage.json.
    """
    for force_id in force_ids:
        own = folder / force_id
        own.mkdir(parents=True)
        for table, name in TABLES.items():
            frame = tables[table].filter(pl.col("force_id") == force_id)
            frame.write_csv(own / f"{name}.csv", datetime_format="%Y-%m-%dT%H:%M:%SZ")
            frame.write_parquet(own / f"{name}.parquet", compression="zstd")
        _write_dictionary(own / "data_dictionary.csv", columns)
        package = _datapackage(force_id, columns, note)
        (own / "datapackage.json").write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n")
        _write_sums(own)


def _write_dictionary(path: Path, columns: list[Column]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "column", "type", "description"])
        for column in columns:
            if column.table in TABLES:
                row = [TABLES[column.table], column.name, column.data_type, column.description]
                writer.writerow(row)


def _datapackage(force_id: str, columns: list[Column], note: str) -> dict[str, object]:
    """A Frictionless data package (specs.frictionlessdata.io, version 1) over the CSV files."""
    resources = []
    for table, name in TABLES.items():
        fields = [
            {"name": c.name, "type": _FRICTIONLESS.get(c.data_type, "string"), "description": c.description}
            for c in columns
            if c.table == table
        ]
        schema = {"fields": fields, "missingValues": [""]}
        resource = {"name": name, "path": f"{name}.csv", "profile": "tabular-data-resource"}
        resources.append({**resource, "encoding": "utf-8", "schema": schema})
    return {
        "profile": "tabular-data-package",
        "name": f"beatbook-{force_id}",
        "title": f"Beatbook extract: {force_id}",
        "description": note,
        "resources": resources,
    }


def _write_sums(folder: Path) -> None:
    """SHA256SUMS, in the form that `sha256sum --check` reads."""
    names = sorted(path.name for path in folder.iterdir())
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(sums))
