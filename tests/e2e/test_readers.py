"""An extract as other programs read it: Frictionless, pandas and DuckDB, none of which knows Beatbook."""

import json
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import pandas as pd
import pytest

from tests.e2e.conftest import Nation

pytestmark = [pytest.mark.e2e, pytest.mark.long]


@pytest.fixture(scope="module")
def extract(pulled: Nation) -> Path:
    return pulled.release / "extracts" / "derbyshire"


def test_frictionless_finds_nothing_wrong(extract: Path) -> None:
    report = frictionless.validate(str(extract / "datapackage.json"))
    assert report.flatten(["fieldName", "rowNumber", "note"]) == []
    assert report.valid
    assert {task.name for task in report.tasks} == {path.stem for path in extract.glob("*.csv")} - {
        "data_dictionary"
    }
    assert all(
        task.stats["rows"] for task in report.tasks if task.name in ("benchmarks", "posts", "accounts")
    )


def test_pandas_and_duckdb_read_from_csv_what_the_parquet_holds(extract: Path) -> None:
    package: dict[str, Any] = json.loads((extract / "datapackage.json").read_text())
    for resource in package["resources"]:
        kinds = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        dates = [name for name, kind in kinds.items() if kind in ("date", "datetime")]
        texts = {name: "string" for name, kind in kinds.items() if kind == "string"}
        path = extract / resource["path"]
        frame = pd.read_csv(path, dtype=texts, parse_dates=dates, keep_default_na=False, na_values=[""])
        with duckdb.connect() as connection:
            names = ", ".join(f"'{name}': 'varchar'" for name in texts)
            read = f"read_csv('{path}', header = true, types = {{{names}}})"
            from_csv = connection.sql(f"from {read}")
            whole = connection.sql(f"from '{path.with_suffix('.parquet')}'")
            assert list(frame.columns) == from_csv.columns == whole.columns == list(kinds)
            assert len(frame) == len(from_csv) == len(whole)
            for name, kind in kinds.items():
                if kind in ("number", "integer"):
                    [(total, count)] = whole.aggregate(f"sum({name}), count({name})").fetchall()
                    assert frame[name].count() == count, name
                    assert frame[name].sum() == pytest.approx(float(total or 0)), name
