"""Somebody new, with an unedited export or with our template: three commands to a published figure."""

import datetime as dt
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.e2e.conftest import Nation
from tests.returns.exports import POSTS, facebook

pytestmark = [pytest.mark.e2e, pytest.mark.long]
PAGE = ("kent_sandbox", "188516520916127")  # of the sandbox's register
EXPORTED = "2026-11-09 05:00"
RESIDENTS = 1_931_700  # Kent, mid-2024: dbt/seeds/force_populations.csv


@pytest.fixture
def nation(tmp_path: Path) -> Nation:
    return Nation(tmp_path / "home")


def an_export(folder: Path) -> Path:
    """October of a page, under the name that Meta gives."""
    october = [post | {"created": post["created"].replace(month=10)} for post in POSTS]
    path = folder / "Oct-01-2026_Oct-31-2026_1444967610559863.csv"
    path.write_bytes(facebook(october, 1, PAGE).data)
    return path


def commands(text: str) -> list[str]:
    """The commands that a message names."""
    return re.findall(r"`beatbook ([^`]+)`", text)


def test_an_unedited_export_becomes_a_published_figure(nation: Nation, tmp_path: Path) -> None:
    path = an_export(tmp_path)
    done = nation.run("returns", "import", str(path), "--exported-at", EXPORTED, "--yes")
    assert done.returncode == 0, done.stderr
    build, table = commands(done.stdout)  # each step names the next
    assert (build, table) == ("build", "table --force kent --platform facebook")
    done = nation.run(*build.split())
    assert done.returncode == 0, done.stderr
    assert "Posts per week: Facebook, October 2026" in done.stdout  # what there is, and no table of nothing
    rows = {row["indicator_id"]: row for row in nation.json(*table.split(), "--period", "2026-10-01")}
    reach = sum(post["reach_count"] for post in POSTS)
    assert rows["gross_reach_at_export_per_1k"]["value"] == pytest.approx(1000 * reach / RESIDENTS)


def test_a_template_becomes_a_published_figure(nation: Nation, tmp_path: Path) -> None:
    done = nation.run("returns", "template", "profiles", "--to", str(tmp_path))
    (filled,) = commands(done.stdout)
    path = Path(filled.removeprefix("returns import "))
    book = load_workbook(path)
    book["profiles"].append(["kent", "facebook", "kent_sandbox", dt.datetime(2026, 10, 31, 23), 386_340])  # noqa: DTZ001
    cover = {str(row[0].value): row[1] for row in book["Cover"].iter_rows(min_col=1, max_col=2)}
    cover["period_from"].value, cover["period_to"].value = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
    cover["exported_at"].value = dt.datetime(2026, 11, 9, 5)  # noqa: DTZ001
    book.save(path)
    done = nation.run(*filled.split(), "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    build, table = commands(done.stdout)
    assert nation.run(build).returncode == 0
    rows = {row["indicator_id"]: row for row in nation.json(*table.split(), "--period", "2026-10-01")}
    assert rows["followers_per_1k"]["value"] == pytest.approx(1000 * 386_340 / RESIDENTS)


def test_what_is_lacking_is_named_with_what_to_do(nation: Nation, tmp_path: Path) -> None:
    done = nation.run("build")
    assert done.returncode == 3
    reason = "warehouse: not built: nothing has landed yet: first `beatbook run` or `beatbook returns import`"
    assert f"  {reason}" in done.stderr.splitlines()
    path = an_export(tmp_path)
    done = nation.run("returns", "check", str(path))
    assert done.stdout.splitlines()[-1].startswith("Nothing has landed: `beatbook returns import`")
    done = nation.run("returns", "import", str(path), "--yes")
    assert done.returncode == 2
    assert "the file does not say when it was exported, and without" in done.stderr
    strange = path.with_name("strange.csv")
    strange.write_bytes(path.read_bytes().replace(b"kent_sandbox", b"kent_other").replace(b"188516", b"99"))
    done = nation.run("returns", "check", str(strange), env={"COLUMNS": "400"})
    assert done.returncode == 1
    assert "The register has no facebook account kent_other or 99520916127." in done.stdout
    assert "(`beatbook accounts list`), say so with --account facebook:name" in done.stdout
