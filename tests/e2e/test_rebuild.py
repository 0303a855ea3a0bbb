"""The same landing built twice gives the same bytes, in every table and every extract."""

import hashlib
import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.e2e.conftest import Nation

pytestmark = [pytest.mark.e2e, pytest.mark.long]


def bytes_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name not in ("release.json", "release.json.sha256", "built_from.json", "beatbook.duckdb")
    }


def test_the_same_landing_gives_the_same_bytes(pulled: Nation, tmp_path: Path) -> None:
    other = Nation(tmp_path / "elsewhere")
    for part in ("landing", "register"):
        shutil.copytree(pulled.home / part, other.home / part)
    done = other.run("build")
    assert done.returncode == 0, done.stdout + done.stderr
    assert other.release.name == pulled.release.name
    first, second = bytes_of(pulled.release), bytes_of(other.release)
    assert len(first) > 48 * 8
    assert first == second


def test_every_published_table_says_that_it_is_invented(pulled: Nation) -> None:
    release = json.loads((pulled.release / "release.json").read_text())
    assert release["is_invented"]
    assert "invented" in release["note"]
    for path in sorted(pulled.release.rglob("*.parquet")):
        assert pl.read_parquet(path)["is_invented"].all(), path
    package = json.loads((pulled.release / "extracts" / "kent" / "datapackage.json").read_text())
    assert "invented" in package["description"]


def test_the_first_output_shows_48_forces_and_where_everything_lies(pulled: Nation) -> None:
    text = (pulled.home.parent / "first_output.txt").read_text()
    names = pl.read_csv(Path(__file__).parents[2] / "dbt" / "seeds" / "forces.csv")["force_name"]
    assert [name for name in names if name not in text] == []
    assert str(pulled.release) in text
    assert "invented" in text
    assert "make up" in text


def test_an_extract_holds_its_force_alone_and_its_sums_verify(pulled: Nation) -> None:
    folders = sorted((pulled.release / "extracts").iterdir())
    assert len(folders) == 48
    for folder in folders:
        for line in (folder / "SHA256SUMS").read_text().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        for name in ("benchmarks", "not_available", "accounts", "posts"):
            frame = pl.read_parquet(folder / f"{name}.parquet")
            assert set(frame["force_id"]) <= {folder.name}
            assert pl.read_csv(folder / f"{name}.csv", infer_schema=False).height == frame.height
    dictionary = pl.read_csv(folders[0] / "data_dictionary.csv")
    assert dictionary.filter(pl.col("description").is_null()).height == 0
