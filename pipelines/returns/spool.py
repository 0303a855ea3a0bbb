"""Checked rows on their way to landing: a batch at a time in memory, the rest in a folder of its own.

Here: that folder. Not here: what a row holds. Only what may land gets here; the folder goes with the object.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.returns import limits


class Spool:
    """Rows of one schema, in the order in which they were added."""

    def __init__(self, schema: dict[str, pl.DataType]) -> None:
        self.height = 0
        self._schema = schema
        self._batch: dict[str, list[Any]] = {name: [] for name in schema}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._parts: list[Path] = []

    def add(self, row: dict[str, Any]) -> None:
        """One row; a column that it does not name is empty."""
        for name, values in self._batch.items():
            values.append(row.get(name))
        self.height += 1
        if self.height % limits.BATCH_ROWS == 0:
            self._put()

    def _put(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="beatbook-return-")
        path = Path(self._folder.name) / f"{len(self._parts):06d}.parquet"
        self._frame().write_parquet(path)
        self._parts.append(path)
        for values in self._batch.values():
            values.clear()

    def _frame(self) -> pl.DataFrame:
        return pl.DataFrame(self._batch, schema=self._schema, strict=True)

    def scan(self) -> pl.LazyFrame:
        """All rows. They can be read for as long as this object is kept."""
        rest = self._frame().lazy()
        return pl.concat([pl.scan_parquet(self._parts), rest]) if self._parts else rest
