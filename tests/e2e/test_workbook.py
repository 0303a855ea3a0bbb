"""The workbook of the sandbox nation: its figures are the release's, and LibreOffice reads it as written."""

import shutil
import subprocess
from pathlib import Path

import duckdb
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.e2e.conftest import Nation

pytestmark = [pytest.mark.e2e, pytest.mark.long]

FORCE_SHEETS = [
    *("Cover", "Contents", "Summary", "All_indicators", "No_number", "Trends", "Response_times"),
    *("Accounts", "Posts", "Definitions", "Shorthand"),
]


@pytest.fixture(scope="module")
def books(pulled: Nation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books")
    for words in (["kent.xlsx", "--force", "Kent Police"], ["national.xlsx"]):
        done = pulled.run("workbook", str(folder / words[0]), *words[1:])
        assert done.returncode == 0, done.stderr
        assert "All figures are invented" in done.stdout
    return folder


def rows_of(sheet: Worksheet) -> list[dict[str, object]]:
    [table] = sheet.tables.values()
    heads, *rows = ([cell.value for cell in row] for row in sheet[table.ref])
    return [dict(zip((str(head) for head in heads), row, strict=True)) for row in rows]


def test_every_worksheet_has_one_table_nothing_blank_and_the_release(books: Path, pulled: Nation) -> None:
    for name, sheets in (("kent", FORCE_SHEETS), ("national", None)):
        book = openpyxl.load_workbook(books / f"{name}.xlsx")
        assert sheets is None or book.sheetnames == sheets
        for sheet in book:
            assert "contains one table" in sheet["A2"].value
            for row in rows_of(sheet):
                assert all(value not in {None, ""} for value in row.values()), (sheet.title, row)
            for cells in sheet.iter_rows():
                assert all(cell.data_type != "f" for cell in cells)
            assert sheet.title == "Cover" or pulled.release.name in sheet["A3"].value


def test_its_figures_are_the_releases(books: Path, pulled: Nation) -> None:
    values = f"{pulled.release}/tables/bench_values.parquet"
    book = openpyxl.load_workbook(books / "kent.xlsx")
    trends = rows_of(book["Trends"])
    with duckdb.connect() as connection:
        found = connection.sql(
            f"select period_start, value from '{values}' where area_id = 'kent' and platform = 'bluesky' "
            "and indicator_id = 'answered_1h_pct' and account_scope = 'all' and period_type = 'week' "
            "and value is not null order by 1"
        ).fetchall()
        national = connection.sql(
            f"select count(*) from '{values}' where indicator_id = 'posts_per_week' and value is not null "
            "and area_id = 'all_forces'"
        ).fetchone()
    own = [
        (row["From"].date(), row["Value"])  # type: ignore[attr-defined]
        for row in trends
        if (row["Indicator"], row["Platform"], row["Period"])
        == ("Answered within one hour", "Bluesky", "week")
    ]
    assert own == [(start, pytest.approx(value, rel=1e-15)) for start, value in found]
    assert len(own) > 1
    assert national is not None
    forces = rows_of(openpyxl.load_workbook(books / "national.xlsx")["National_table"])
    assert {"Kent Police", "Civil Nuclear Constabulary", "All forces"} <= {row["Force"] for row in forces}


def test_a_wrong_name_or_force_is_said(pulled: Nation, tmp_path: Path) -> None:
    done = pulled.run("workbook", str(tmp_path / "kent.xls"))
    assert (done.returncode, "name a file that ends in .xlsx" in done.stderr) == (2, True)
    done = pulled.run("workbook", str(tmp_path / "x.xlsx"), "--force", "nowhere")
    assert (done.returncode, "there is no force nowhere" in done.stderr) == (1, True)
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_libreoffice_reads_it_as_it_was_written(books: Path, tmp_path: Path) -> None:
    """Ids keep every digit through a round trip, and the summary is one page."""
    if not shutil.which("soffice"):
        pytest.skip("no soffice (Debian: libreoffice-calc)")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = ["soffice", profile, "--headless", "--convert-to"]
    subprocess.run(
        [*convert, "ods", "--outdir", tmp_path, books / "kent.xlsx"], check=True, capture_output=True
    )
    subprocess.run(
        [*convert, "xlsx", "--outdir", tmp_path, tmp_path / "kent.ods"], check=True, capture_output=True
    )
    before = openpyxl.load_workbook(books / "kent.xlsx")["Posts"]
    after = openpyxl.load_workbook(tmp_path / "kent.xlsx")["Posts"]
    ids = [[row[2].value for row in sheet.iter_rows(min_row=4)] for sheet in (before, after)]
    assert ids[0] == ids[1]
    assert any(len(str(one)) > 15 for one in ids[0])
    book = openpyxl.load_workbook(books / "kent.xlsx")
    for name in book.sheetnames:
        if name != "Summary":
            del book[name]
    book.save(tmp_path / "summary.xlsx")
    subprocess.run(
        [*convert, "pdf", "--outdir", tmp_path, tmp_path / "summary.xlsx"], check=True, capture_output=True
    )
    assert (tmp_path / "summary.pdf").read_bytes().count(b"/Type/Page\n") + (
        tmp_path / "summary.pdf"
    ).read_bytes().count(b"/Type/Page/") == 1
