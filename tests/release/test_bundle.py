"""The national ZIP: whole, described, safe to open, and the same from the same release."""

import csv
import io
import zipfile
from io import BytesIO
from pathlib import Path

import frictionless
import polars as pl
import pytest

from pipelines.release.bundle import write_bundle
from pipelines.release.contents import Model
from pipelines.release.opened import open_release
from pipelines.release.published import folder_of
from pipelines.settings import Settings
from tests.release.small_release import OCTOBER, cell, everywhere, publish_small

MODELS = [Model("bench_values", {"value": "The value."})]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # So small a release has no headline indicator; with its workbook: tests/e2e/test_portal_extracts.py.
    monkeypatch.setattr("pipelines.release.bundle.write_workbook", lambda to, *_: to.write(b"a workbook"))
    made = Settings(BEATBOOK_HOME=tmp_path / "home")  # type: ignore[call-arg]
    hostile = cell("followers", "surrey", OCTOBER, note_detail='=HYPERLINK("https://evil.example")')
    publish_small(made, [*everywhere(OCTOBER), hostile])
    return made


def bundled(settings: Settings) -> bytes:
    release, connection = open_release(settings)
    to = BytesIO()
    write_bundle(to, release, folder_of(settings, release), connection, MODELS)
    return to.getvalue()


def test_it_holds_every_table_and_says_what_it_is(settings: Settings) -> None:
    release, connection = open_release(settings)
    with zipfile.ZipFile(BytesIO(bundled(settings))) as bundle:
        assert bundle.testzip() is None
        names = bundle.namelist()
        tables = [name for name in release.files if name.startswith("tables/")]
        assert {*tables, "national.xlsx", "release.json", "bench_values.csv"} <= set(names)
        about = bundle.read("README.txt").decode()
        assert about.startswith(f"Beatbook: {release.label}, {release.release_id}\n{release.note}")
        for name in tables:
            assert bundle.read(name) == (folder_of(settings, release) / name).read_bytes()
        rows = list(csv.DictReader(io.StringIO(bundle.read("bench_values.csv").decode())))
        dictionary = list(csv.DictReader(io.StringIO(bundle.read("data_dictionary.csv").decode())))
    held = connection.sql("from bench_values").pl()
    assert list(rows[0]) == held.columns
    assert [row["value"] for row in rows] == ["" if v is None else str(v) for v in held["value"]]
    [formula] = [row["note_detail"] for row in rows if "evil" in row["note_detail"]]
    assert formula.startswith("'=")
    assert ("bench_values", "value", "The value.") in {
        (row["file"], row["column"], row["description"]) for row in dictionary
    }


def test_programs_read_it_and_the_same_release_gives_the_same_bytes(
    settings: Settings, tmp_path: Path
) -> None:
    data = bundled(settings)
    assert data == bundled(settings)
    with zipfile.ZipFile(BytesIO(data)) as bundle:
        bundle.extractall(tmp_path / "out")
    report = frictionless.validate(str(tmp_path / "out" / "datapackage.json"))
    assert report.flatten(["name", "note"]) == []
    assert len(report.tasks) == len(list((tmp_path / "out").glob("*.csv"))) - 1
    whole = pl.read_parquet(tmp_path / "out" / "tables" / "bench_values.parquet")
    assert pl.read_csv(tmp_path / "out" / "bench_values.csv").height == whole.height
