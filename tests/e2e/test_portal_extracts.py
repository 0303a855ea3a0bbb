"""A force's own files: all of them, as they were published, for that force alone, and written down."""

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from starlette.testclient import TestClient

from pipelines.settings import Settings
from portal.access import demonstration
from portal.app import build_app
from tests.e2e.conftest import Nation

pytestmark = [pytest.mark.e2e, pytest.mark.long]


@pytest.fixture(scope="module")
def settings(pulled: Nation, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The release of the nation, and users of its own."""
    home = tmp_path_factory.mktemp("extracts")
    (home / "releases").symlink_to(pulled.home / "releases")
    return Settings(BEATBOOK_HOME=home)  # type: ignore[call-arg]


@pytest.fixture
def passwords(settings: Settings) -> dict[str, str]:
    return demonstration(settings)


def signed_in(settings: Settings, name: str, password: str) -> TestClient:
    client = TestClient(build_app(settings), base_url="http://127.0.0.1")
    form = client.get("/sign-in").text
    token = form.partition('name="form_token" value="')[2].partition('"')[0]
    done = client.post("/sign-in", data={"name": name, "password": password, "form_token": token})
    assert done.status_code == 200, done.text
    return client


def test_a_force_takes_every_file_of_its_own_as_it_was_published(
    settings: Settings, passwords: dict[str, str], pulled: Nation
) -> None:
    client = signed_in(settings, "kent", passwords["kent"])
    assert 'href="/extracts/kent"' in client.get("/national?period_type=week").text
    page = client.get("/extracts/kent")
    assert page.status_code == 200
    folder = pulled.release / "extracts" / "kent"
    files = sorted(path.name for path in folder.iterdir())
    assert len(files) > 10
    for name in files:
        assert f'href="/extracts/kent/{name}"' in page.text
        taken = client.get(f"/extracts/kent/{name}")
        assert taken.content == (folder / name).read_bytes()
        assert f'filename="kent_{name}"' in taken.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(client.get("/extracts/kent/benchmarks.csv").text)))
    assert len(rows) > 100


def test_the_workbook_is_that_of_the_force(settings: Settings, passwords: dict[str, str]) -> None:
    client = signed_in(settings, "kent", passwords["kent"])
    book = openpyxl.load_workbook(io.BytesIO(client.get("/extracts/kent/workbook.xlsx").content))
    assert "Kent Police" in book["Summary"]["A1"].value
    national = openpyxl.load_workbook(io.BytesIO(client.get("/tables/national.xlsx").content))
    assert "National_table" in national.sheetnames


@pytest.mark.parametrize("name", ["lead", "engineer", "kent", None])
def test_nobody_has_the_files_of_another_force(
    settings: Settings, passwords: dict[str, str], name: str | None
) -> None:
    client = signed_in(settings, name, passwords[name]) if name else TestClient(build_app(settings))
    for path in (
        *("/extracts/essex", "/extracts/essex/posts.csv", "/extracts/essex/workbook.xlsx"),
        *(
            "/extracts/ESSEX/posts.csv",
            "/extracts/kent%2F..%2Fessex/posts.csv",
            "/extracts/essex%00/posts.csv",
        ),
        *(
            "/extracts/kent/..%2fessex%2fposts.csv",
            "/extracts/kent/../essex/posts.csv",
            "/extracts//posts.csv",
        ),
    ):
        answer = client.get(path)
        assert answer.status_code in {401, 403, 404}, path
        assert "post_id" not in answer.text


def test_only_what_the_release_names_is_handed_out(settings: Settings, passwords: dict[str, str]) -> None:
    client = signed_in(settings, "kent", passwords["kent"])
    for name in ("..%2f..%2frelease.json", "release.json", "posts.xlsx", "%2e%2e", "posts.csv%00"):
        assert client.get(f"/extracts/kent/{name}").status_code == 404, name


def test_who_took_what_is_written_down(settings: Settings, passwords: dict[str, str]) -> None:
    client = signed_in(settings, "kent", passwords["kent"])
    client.get("/extracts/kent/accounts.csv")
    client.get("/extracts/kent/workbook.xlsx")
    written = "".join(path.read_text() for path in Path(settings.home / "portal" / "audit").iterdir())
    for name in ("accounts.csv", "workbook.xlsx"):
        [*_, line] = [one for one in written.splitlines() if f'"{name}"' in one]
        assert '"user":"kent"' in line
        assert '"what":"download"' in line
    assert passwords["kent"] not in written


def test_the_national_zip_has_the_workbook_and_every_table_of_the_release(
    settings: Settings, passwords: dict[str, str], pulled: Nation, tmp_path: Path
) -> None:
    client = signed_in(settings, "lead", passwords["lead"])
    assert 'href="/releases/national.zip' in client.get("/national?period_type=week").text
    answer = client.get("/releases/national.zip")
    assert f'filename="beatbook_{pulled.release.name}.zip"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        assert bundle.testzip() is None
        assert len([n for n in bundle.namelist() if n.startswith("tables/")]) == len(
            list((pulled.release / "tables").iterdir())
        )
        book = openpyxl.load_workbook(io.BytesIO(bundle.read("national.xlsx")), read_only=True)
        assert "Summary" in book.sheetnames
        described = list(csv.DictReader(io.StringIO(bundle.read("data_dictionary.csv").decode())))
        assert [row["column"] for row in described if not row["description"]] == []
    by_command = tmp_path / "national.zip"
    done = pulled.run("bundle", str(by_command))
    assert done.returncode == 0, done.stderr
    assert by_command.read_bytes() == answer.content
    assert pulled.run("bundle", str(tmp_path / "national.rar")).returncode == 2
