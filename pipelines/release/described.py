"""What stands beside tables that leave the house: a dictionary for people, a data package for programs.

Belongs here: how columns are described. Does not belong here: which tables these are
(extracts.py, bundle.py).
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import duckdb
import msgspec

from pipelines.release.contents import Model

_DEFUSED = " In CSV an apostrophe stands before a text that begins with = + - @, a tab or a carriage return."
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
    """A column of one of the files. `data_type`: as DuckDB says it."""

    name: str
    data_type: str
    description: str


def columns_of(connection: duckdb.DuckDBPyConnection, model: Model) -> list[Column]:
    """The columns of a table or view, in order."""
    said = model.descriptions
    return [
        Column(name, kind, said.get(name, "") + _DEFUSED * (kind == "VARCHAR"))
        for name, kind, *_ in connection.sql(f"describe {model.name}").fetchall()
    ]


def dictionary_of(columns: Mapping[str, Sequence[Column]]) -> str:
    """data_dictionary.csv: what each column of each file is. Files of
    a year have those of the file without one."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "column", "type", "description"])
    for name, own in columns.items():
        writer.writerows([name, column.name, column.data_type, column.description] for column in own)
    return text.getvalue()


def schema_of(columns: Sequence[Column]) -> dict[str, object]:
    """A Frictionless table schema."""
    fields = [
        {"name": c.name, "type": _FRICTIONLESS.get(c.data_type, "string"), "description": c.description}
        for c in columns
    ]
    return {"fields": fields, "missingValues": [""]}


def package_of(name: str, title: str, note: str, schemas: Mapping[str, Mapping[str, object]]) -> str:
    """datapackage.json over CSV files, each with its schema (specs.frictionlessdata.io, version 1)."""
    package = {
        "profile": "tabular-data-package",
        "name": name,
        "title": title,
        "description": note,
        "resources": [
            {
                "name": PurePath(path).stem,
                "path": path,
                "profile": "tabular-data-resource",
                "encoding": "utf-8",
                "schema": schema,
            }
            for path, schema in schemas.items()
        ],
    }
    return msgspec.json.format(msgspec.json.encode(package), indent=1).decode() + "\n"
