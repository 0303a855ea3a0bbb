"""`beatbook returns`: what a file would bring is shown, asked about, and landed whole or not at all."""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from pipelines import registry
from pipelines.cli.main import app
from pipelines.landing.store import open_landing
from pipelines.registry import load
from pipelines.returns import submit as submission
from pipelines.settings import SEEDS, Settings
from tests.returns.exports import ACCOUNTS, MAKERS, POSTS, Export

OPTIONS = {
    "period_from": "--from",
    "period_to": "--to",
    "exported_at": "--exported-at",
    "force": "--force",
    "order": "--order",
}
HEADER = "force_id,platform,handle,post_id,created_at,observed_at,kind,like_count\n"
ROW = "kent,x,kent_police,1,2026-05-01T10:00:00Z,2026-05-09T10:00:00Z,post,5\n"
SAID = ("--from", "2026-05-01", "--to", "2026-05-31", "--exported-at", "2026-06-08 09:15")


@dataclass
class Desk:
    """A data folder of the production profile, a register with the exports' accounts, and a command line."""

    home: Path
    folder: Path

    def __call__(self, *words: str | Path) -> Result:
        return CliRunner().invoke(app, ["returns", *map(str, words)], env={"COLUMNS": "200"})

    def write(self, name: str, data: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def put(self, made: Export) -> list[str | Path]:
        """Write an export; its path and the options that it needs."""
        words: list[str | Path] = [self.write(made.file, made.data)]
        for name, value in made.said.items():
            for each in value if isinstance(value, tuple) else [value]:
                words += [OPTIONS.get(name, "--account"), each]
        return words

    def landed(self) -> int:
        return len(list(open_landing(Settings()).runs("returns")))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    folder = tmp_path / "register"
    folder.mkdir()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        "account_id,force_id,platform,handle,platform_account_id,account_type,url,source,source_date,note".split(
            ","
        )
    )
    for (platform, handle, own_id), account_id in ACCOUNTS.items():
        kept = [account_id, "kent", platform, handle, own_id, "corporate", "", "a test", "2026-01-01", ""]
        writer.writerow(kept)
    writer.writerow(["x:essex", "essex", "x", "essex", "", "corporate", "", "a test", "2026-01-01", ""])
    (folder / "accounts.csv").write_text(out.getvalue())
    (folder / "account_events.csv").write_text(
        "account_id,event_type,event_date,new_handle,into_account_id,source,note\n"
    )
    register = load(folder, SEEDS)
    for module in (registry, submission):
        monkeypatch.setattr(module, "load_register", lambda _: register)
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATBOOK_PROFILE", "production")
    monkeypatch.setenv("BEATBOOK_HASH_KEY", "0123456789abcdef" * 4)
    (tmp_path / "files").mkdir()
    return Desk(tmp_path / "home", tmp_path / "files")


def test_an_unedited_export_is_shown_and_lands(desk: Desk) -> None:
    words = desk.put(MAKERS["facebook 1"](POSTS))
    done = desk("import", *words, "--yes")
    assert done.exit_code == 0, done.output
    said = done.stdout
    assert "Meta Business Suite, content of a Facebook page" in said
    assert "12 posts: 12 of facebook:kentpolice (kent)" in said
    assert "days: 1–23 May 2026; covers 1–31 May 2026, exported 8 June 2026 at 09:15" in said
    assert "fills: posts, reach, views, clicks, engagements, for May 2026" in said
    assert "drops: 4 columns about people or with text: Page name, Title, Description, Custom labels" in said
    assert re.search(r"12 rows of posts landed in run r0+1-", said)
    again = desk("import", *words, "--yes")
    assert "landed before" in again.stdout
    assert desk.landed() == 1


def test_every_export_lands_and_nothing_about_people_is_in_any_byte(desk: Desk) -> None:
    planted = []
    for name, make in MAKERS.items():
        made = make(POSTS)
        done = desk("import", *desk.put(made), "--yes")
        assert done.exit_code == 0, (name, done.output)
        planted += made.planted
        assert not [text for text in made.planted if text in done.output], name
    assert desk.landed() == len(MAKERS)
    assert planted
    files = [path for path in desk.home.rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() + _unpacked(path) for path in files)
    assert b"kentpolice" in held
    assert b"zyzzyva" not in held
    assert b"Jane Citizen" not in held


def _unpacked(path: Path) -> bytes:
    """What is in a Parquet file, which is compressed."""
    return repr(pl.read_parquet(path).rows()).encode() if path.suffix == ".parquet" else b""


def test_check_lands_nothing(desk: Desk) -> None:
    done = desk("check", *desk.put(MAKERS["x posts 1"](POSTS)))
    assert done.exit_code == 0
    assert "fills: posts, impressions, clicks, for May 2026" in done.stdout  # X does not say quotes
    assert desk.landed() == 0


def test_nothing_lands_unasked(desk: Desk) -> None:
    done = desk("import", *desk.put(MAKERS["x posts 1"](POSTS)))
    assert done.exit_code == 2
    assert "say --yes" in done.stderr
    assert desk.landed() == 0


def test_a_file_that_does_not_say_what_it_covers_is_asked_about(desk: Desk) -> None:
    made = MAKERS["x posts 1"](POSTS)
    path = desk.write(made.file, made.data)
    shown = desk("check", path)
    assert shown.exit_code == 0
    assert "not said yet: --exported-at" in shown.stdout
    done = desk("import", path, "--yes")
    assert done.exit_code == 2
    assert "the file does not say when it was exported, and without that" in done.stderr
    assert desk.landed() == 0


def test_of_several_files_none_lands_where_one_is_bad(desk: Desk) -> None:
    good = desk.write("good.csv", HEADER + ROW)
    bad = desk.write("bad.csv", HEADER + ROW.replace(",5\n", ",many\n"))
    done = desk("import", good, bad, *SAID, "--yes")
    assert done.exit_code == 1
    assert "1 problem: nothing was taken" in done.stderr
    assert desk.landed() == 0
    assert desk("import", good, *SAID, "--yes").exit_code == 0


def test_a_force_that_reads_like_markup_is_shown_as_it_is(desk: Desk) -> None:
    done = desk("check", desk.write("[b].csv", HEADER + ROW.replace("kent,", "[/x],", 1)))
    assert done.exit_code == 1
    assert "[/x]" in done.stdout
    assert "[b].csv cannot land" in done.stdout


def test_problems_come_as_json(desk: Desk) -> None:
    done = desk("check", desk.write("a.csv", HEADER + ROW.replace("kent,", "[/x],", 1)), "--format", "json")
    (problem,) = json.loads(done.stdout)
    assert (problem["line"], problem["column"], problem["value"]) == (2, "force_id", "[/x]")


@pytest.mark.parametrize("kind", ["profiles", "posts", "messages", "outcomes", "tool_figures"])
def test_a_template_is_filled_in_and_lands(desk: Desk, kind: str) -> None:
    assert desk("template", kind, "--to", desk.folder).exit_code == 0
    path = desk.folder / f"beatbook-{kind}.xlsx"
    book = load_workbook(path)
    assert book.sheetnames == ["Cover", kind, "Example"]
    assert "no row below it" in desk("check", path).output  # the example is not read
    example = {cell.value: book["Example"].cell(2, cell.column).value for cell in book["Example"][1]}
    example |= {"force_id": "kent", "handle": "kentpolice", "platform": "facebook"}
    dates = {
        "observed_at": "2026-05-09 09:15",
        "created_at": "2026-05-01 10:00",
        "sent_at": "2026-05-01 10:00",
    }
    dates |= {"closed_at": "2026-05-02 10:00", "outcome_date": "2026-05-02"}
    dates |= {"from_date": "2026-05-02", "to_date": "2026-05-02"}
    for cell in book[kind][1]:
        book[kind].cell(2, cell.column).value = dates.get(cell.value, example[cell.value])
    lists = {each.formula1 for each in book[kind].data_validations.dataValidation}
    assert any("facebook" in words for words in lists)
    for line, value in enumerate(("2026-05-01", "2026-05-31", "2026-06-08 09:15"), start=1):
        book["Cover"].cell(line, 2).value = value
    book.save(path)
    done = desk("import", path, "--yes")
    assert done.exit_code == 0, done.output
    assert f"1 row of {kind} landed" in done.stdout
    assert desk("template", kind, "--to", desk.folder).exit_code == 1  # what is filled in is not overwritten


def test_an_outcome_of_another_forces_post_is_refused(desk: Desk) -> None:
    assert desk("import", desk.write("posts.csv", HEADER + ROW), *SAID, "--yes").exit_code == 0
    header = "force_id,platform,handle,post_id,outcome,outcome_date\n"

    def came(who: str) -> Path:
        return desk.write("came.csv", f"{header}{who},1,located,2026-05-03\n{who},new,located,2026-05-03\n")

    done = desk("import", came("essex,x,essex"), *SAID, "--yes")
    assert done.exit_code == 1
    assert "This post was made by" in done.stdout
    done = desk("import", came("kent,x,kent_police"), *SAID, "--yes")
    assert done.exit_code == 0, done.output
    assert "1 of 2 posts are not known yet" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder, "is a folder"),
        (lambda folder: folder / "absent.csv", "no such file"),
        (lambda _: Path("/dev/zero"), "pipe, a device"),
        (lambda folder: _pipe(folder / "pipe"), "pipe, a device"),
    ],
)
def test_what_is_no_file_is_refused_at_once(desk: Desk, make: Callable[[Path], Path], said: str) -> None:
    done = desk("import", make(desk.folder), "--yes")
    assert done.exit_code == 1
    assert said in " ".join(done.output.split())


def _pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--force", "narnia"), "no force with this id"),
        (("--account", "x:nobody"), "the register has no such account"),
        (
            ("--from", "2026-05-31", "--to", "2026-05-01", "--exported-at", "2026-06-08 09:15"),
            "before it begins",
        ),
    ],
)
def test_options_that_cannot_be_true_are_refused(desk: Desk, words: tuple[str, ...], said: str) -> None:
    done = desk("import", desk.write("a.csv", HEADER + ROW), *words, "--yes")
    assert done.exit_code in (1, 2)
    assert said in " ".join(done.output.split())
    assert desk.landed() == 0
