"""Rows of a seed CSV as typed structs, each wrong cell named by file, line and column.

Belongs here: what holds for every seed. Does not belong here: what a cell may hold (cells.py), or what the
columns of one seed mean (`register.py`, dbt/seeds/seeds.yml).
"""

import csv
import re
from collections.abc import Container
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import msgspec.inspect
import polars as pl

from pipelines.registry.cells import date_fault, text_fault, type_fault
from pipelines.settings import SEEDS

_AT = re.compile(r" - at `\$\.(\w+)`")


class RegistryError(Exception):
    """A row of the register is wrong. Says the file, the line (the header is 1), the column and why."""

    def __init__(self, file: str, line: int, column: str, problem: str) -> None:
        super().__init__(f"{file}, line {line}, column {column}: {problem}")
        self.file, self.line, self.column, self.problem = file, line, column, problem


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a seed: the fields are its columns, described in dbt/seeds/seeds.yml."""


class Where(msgspec.Struct, frozen=True):
    """The place of a row, for an error that someone can act on."""

    file: str
    line: int

    def error(self, column: str, problem: str) -> RegistryError:
        return RegistryError(self.file, self.line, column, problem)


def _no_csv(path: Path, error: Exception) -> RegistryError:
    """What is wrong with a file that is no CSV, by its line where one has more cells than the header."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            width = len(next(reader, []))
            for row in reader:
                if len(row) > width:
                    why = (
                        f"{len(row)} cells where the header has {width}; a cell with a comma stands in quotes"
                    )
                    return RegistryError(path.name, reader.line_num, "-", why)
    except UnicodeDecodeError:
        return RegistryError(path.name, 1, "-", "not a CSV: no text in UTF-8")
    except csv.Error as wrong:
        return RegistryError(path.name, reader.line_num, "-", f"not a CSV: {wrong}")
    return RegistryError(path.name, 1, "-", f"not a CSV: {error}")


R = TypeVar("R", bound=Row)
Rows = list[tuple[Where, R]]


def read_rows(path: Path, type_: type[R]) -> Rows[R]:
    """Every row of the file with its place. Columns that `type_` does not name are left alone.

    Raises:
        RegistryError: no such file, no CSV, a column missing, a cell of the wrong type or that no register
            can have (cells.py).
    """
    if path.is_dir():
        raise RegistryError(path.name, 1, "-", f"{path} is a folder, and should be a file")
    if not path.is_file():
        brought = "" if path.parent == SEEDS else "; in the sandbox the next `beatbook run` brings it"
        raise RegistryError(path.name, 1, "-", f"no such file in {path.parent}{brought}")
    try:
        frame = pl.read_csv(path, infer_schema=False, glob=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise _no_csv(path, error) from error
    kinds = {field.name: field.type for field in _struct(type_).fields}
    for name in kinds:
        if name not in frame.columns:
            raise RegistryError(path.name, 1, name, "the column is missing")
    rows = []
    for line, cells in enumerate(frame.iter_rows(named=True), start=2):
        where = Where(path.name, line)
        for column, cell in cells.items():
            if cell is not None and (fault := text_fault(cell)):
                raise where.error(column, fault)
        filled = {column: cell for column, cell in cells.items() if cell is not None}
        try:
            row = msgspec.convert(filled, type_, strict=False)
        except msgspec.ValidationError as error:
            raise _explain(where, str(error), filled, kinds) from error
        for column in kinds:
            value = getattr(row, column)
            if isinstance(value, date) and (fault := date_fault(value)):
                raise where.error(column, fault)
        rows.append((where, row))
    return rows


def _struct(type_: type[R]) -> msgspec.inspect.StructType:
    kind = msgspec.inspect.type_info(type_)
    assert isinstance(kind, msgspec.inspect.StructType)
    return kind


def _explain(
    where: Where, said: str, cells: dict[str, str], kinds: dict[str, msgspec.inspect.Type]
) -> RegistryError:
    """The column is read off what msgspec says; what should stand there is said in our words."""
    if missing := re.search(r"missing required field `(\w+)`", said):
        return where.error(missing[1], "empty, and must not be")
    if (at := _AT.search(said)) is None:
        return where.error("-", said)
    return where.error(at[1], type_fault(cells[at[1]], kinds[at[1]]))


def keyed(rows: Rows[R], *columns: str) -> dict[Any, R]:
    """Rows by their key: the column's value, or a tuple of several.

    Raises:
        RegistryError: a key is there twice.
    """
    by_key: dict[Any, R] = {}
    for where, row in rows:
        values = tuple(getattr(row, column) for column in columns)
        key = values[0] if len(values) == 1 else values
        if key in by_key:
            raise where.error(columns[-1], f"{key!r} is there twice")
        by_key[key] = row
    return by_key


def refer(rows: Rows[R], column: str, known: Container[str]) -> None:
    """Every value of the column is in `known`.

    Raises:
        RegistryError: one is not.
    """
    for where, row in rows:
        if (value := getattr(row, column)) not in known:
            raise where.error(column, f"{value!r} is not in the register")
