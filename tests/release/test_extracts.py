"""Each force's own files: its rows alone, described, with the older posts in files that are made once."""

import csv
import hashlib
import json
import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import polars as pl
import pytest

from pipelines.landing.store import Landing
from pipelines.release import extracts
from pipelines.release.publish import publish
from pipelines.release.published import Release, folder_of
from pipelines.release.workbook import _posts as posts_of_workbook
from pipelines.settings import PROFILES, Settings
from tests.gates.good_rows import FORCES
from tests.release.small_build import AS_OF, EXTRACTS, Post, build

TODAY = AS_OF.date()
NAMES = [name.removeprefix("ext_") for name in EXTRACTS]
FILES = [*NAMES, "revisions"]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def folder(built: Settings, landing: Landing) -> Path:
    """The extracts of a release."""
    return folder_of(built, publish(built, landing)) / "extracts"


def test_every_force_has_an_extract_with_its_own_rows_only(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == FORCES
    counts: dict[str, list[int]] = {name: [] for name in NAMES}
    for force_id in FORCES:
        own = folder / force_id
        for name in NAMES:
            rows = rows_of(own / f"{name}.csv")
            assert {row["force_id"] for row in rows} <= {force_id}
            frame = pl.read_parquet(own / f"{name}.parquet")
            assert frame.columns == list(EXTRACTS[f"ext_{name}"])
            assert frame.height == len(rows)
            counts[name].append(len(rows))
        assert rows_of(own / "accounts.csv") == [{"force_id": force_id, "account_id": f"youtube:{force_id}"}]
    assert counts == {
        "benchmarks": [3, 3, 3],
        "not_available": [1, 0, 0],
        "accounts": [1, 1, 1],
        "posts": [0, 3, 0],
    }
    assert rows_of(folder / "kent" / "posts.csv")[0]["created_at_utc"] == "2026-11-01T10:00:00Z"


@pytest.mark.parametrize("batch", [1, 7, 50_000])
def test_however_many_rows_are_read_at_a_time_the_files_are_the_same(
    built: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    posts = [(FORCES[n % 3], f"p{n}", n, AS_OF.date() - timedelta(days=n)) for n in range(900)]
    build(built, posts=posts)
    first = publish(built, landing)
    before = {name: digest for name, digest in first.files.items() if name.startswith("extracts/")}
    (built.releases / "current").unlink()
    (folder_of(built, first)).rename(built.home / "elsewhere")
    monkeypatch.setattr(extracts, "BATCH", batch)
    assert publish(built, landing).files.items() >= before.items()


def test_an_extracts_sums_verify(folder: Path) -> None:
    own = folder / "kent"
    lines = [line.split("  ") for line in (own / "SHA256SUMS").read_text().splitlines()]
    assert {name: digest for digest, name in lines} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in own.iterdir()
        if path.name != "SHA256SUMS"
    }
    assert len(lines) == 2 * len(FILES) + 2


def test_the_data_package_describes_the_files_beside_it(folder: Path) -> None:
    own = folder / "kent"
    package = json.loads((own / "datapackage.json").read_text())
    assert (package["profile"], package["name"]) == ("tabular-data-package", "beatbook-kent")
    assert package["description"] == PROFILES["sandbox"].note
    assert sorted(resource["name"] for resource in package["resources"]) == sorted(FILES)
    check_fields(own, package)
    of_dbt = [resource for resource in package["resources"] if resource["name"] in NAMES]
    types = {f["name"]: f["type"] for r in of_dbt for f in r["schema"]["fields"]}
    assert types == {
        "force_id": "string",
        "period_end": "date",
        "value": "number",
        "is_provisional": "boolean",
        "value_note": "string",
        "account_id": "string",
        "post_id": "string",
        "like_count": "integer",
        "created_at_utc": "datetime",
        "created_date": "date",
    }


def check_fields(own: Path, package: dict[str, Any]) -> None:
    """Each resource is a file, and its fields are that file's columns."""
    for resource in package["resources"]:
        assert resource["path"] == f"{resource['name']}.csv"
        header = (own / resource["path"]).read_text().splitlines()[0].split(",")
        assert [field["name"] for field in resource["schema"]["fields"]] == header


def test_the_data_dictionary_describes_every_column_of_every_file(folder: Path) -> None:
    own = folder / "kent"
    rows = rows_of(own / "data_dictionary.csv")
    columns = {
        (name, column)
        for name in FILES
        for column in (own / f"{name}.csv").read_text().splitlines()[0].split(",")
    }
    assert {(row["file"], row["column"]) for row in rows} == columns
    assert all(row["description"] for row in rows)
    (likes,) = [row for row in rows if row["column"] == "like_count"]
    assert (likes["type"], likes["description"]) == ("BIGINT", 'How many liked it, "here"')


IDS = ["-dQw4w9WgXcQ", "=1+1", "+44", "@kent", "\tx", "\rx", "x=1", "'=1", ""]


def test_what_a_spreadsheet_would_run_is_shown_and_not_run(built: Settings, landing: Landing) -> None:
    """A YouTube id can begin with a hyphen, and a name with anything. Numbers stay numbers."""
    build(built, posts=[("kent", post_id, -n, date(2026, 11, 1)) for n, post_id in enumerate(IDS)], value=-5)
    own = folder_of(built, publish(built, landing)) / "extracts" / "kent"
    likes = {row["post_id"]: row["like_count"] for row in rows_of(own / "posts.csv")}
    assert likes == {(f"'{post_id}" if n < 6 else post_id): str(-n) for n, post_id in enumerate(IDS)}
    assert {row["value"] for row in rows_of(own / "benchmarks.csv")} == {"-5", ""}
    assert set(pl.read_parquet(own / "posts.parquet")["post_id"]) == set(IDS)
    described = {row["column"]: row["description"] for row in rows_of(own / "data_dictionary.csv")}
    assert described["post_id"] == (
        "The post. In CSV an apostrophe stands before a text that begins with = + - @, "
        "a tab or a carriage return."
    )
    assert described["created_date"] == "On which day."


# --- posts: two months that still move, and years that are made once


def one_a_month(until: date = TODAY) -> list[Post]:
    """A post of each force on the 25th of each month since May 2023."""
    months = [(2023 + n // 12, n % 12 + 1) for n in range(4, 48)]
    days = [date(year, month, 25) for year, month in months]
    return [(f, f"{f}-{day}", 1, day) for f in FORCES for day in days if day <= until]


def months_in(release: Path, name: str, force_id: str = "kent") -> list[str]:
    frame = pl.read_parquet(release / "extracts" / force_id / f"{name}.parquet")
    assert frame["force_id"].unique().to_list() == [force_id]
    return sorted(str(day)[:7] for day in frame["created_date"])


def at(settings: Settings, landing: Landing, moment: datetime, posts: list[Post]) -> tuple[Release, Path]:
    build(settings, f"build-{moment:%Y%m%d}-{crc32(repr(posts).encode())}", as_of=moment, posts=posts)
    release = publish(settings, landing)
    return release, folder_of(settings, release)


def test_posts_are_of_two_calendar_months_and_older_ones_of_a_year_each(
    built: Settings, landing: Landing
) -> None:
    posts = [
        *one_a_month(),
        ("kent", "first", 1, date(2026, 10, 1)),
        ("kent", "before", 1, date(2026, 9, 30)),
    ]
    release, folder = at(built, landing, AS_OF, posts)
    assert months_in(folder, "posts") == ["2026-10"] * 2
    assert months_in(folder, "posts_2026") == sorted([*[f"2026-{m:02}" for m in range(1, 10)], "2026-09"])
    assert months_in(folder, "posts_2023", "essex") == [f"2023-{m:02}" for m in range(5, 13)]
    years = [f"posts_{year}" for year in range(2023, 2027)]
    assert list(release.years) == years
    own = folder / "extracts" / "kent"
    assert sorted(path.stem for path in own.glob("posts*.csv")) == ["posts", *years]
    package = json.loads((own / "datapackage.json").read_text())
    assert {r["name"] for r in package["resources"]} == {*FILES, *years}
    check_fields(own, package)
    every = [row["post_id"] for path in own.glob("posts*.csv") for row in rows_of(path)]
    assert sorted(every) == sorted(post_id for force_id, post_id, *_ in posts if force_id == "kent")


def test_the_workbook_has_the_posts_of_thirteen_months_from_whatever_file(
    built: Settings, landing: Landing
) -> None:
    edge = [("kent", "first", 1, date(2025, 11, 1)), ("kent", "before", 1, date(2025, 10, 31))]
    release, folder = at(built, landing, AS_OF, [*one_a_month(), *edge])
    dates = posts_of_workbook(release, folder / "extracts" / "kent")["created_date"]
    months = [f"2025-{m:02}" for m in (11, 11, 12)] + [f"2026-{m:02}" for m in range(1, 11)]
    assert [str(day)[:7] for day in dates.sort()] == months
    release, folder = at(built, landing, AS_OF, [])
    assert posts_of_workbook(release, folder / "extracts" / "kent").is_empty()


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 11, 1), date(2026, 10, 1)),
        (date(2026, 1, 31), date(2025, 12, 1)),
        (date(2028, 2, 29), date(2028, 1, 1)),
    ],
)
def test_the_moving_file_begins_with_the_month_before(day: date, first: date) -> None:
    assert extracts.months_before(day, 1) == first


def test_the_months_move_with_londons_day_and_not_with_utcs(built: Settings, landing: Landing) -> None:
    _, folder = at(built, landing, datetime(2026, 9, 30, 23, 30), one_a_month())  # noqa: DTZ001
    assert months_in(folder, "posts")[0] == "2026-09"


def test_a_force_without_posts_in_a_year_has_no_file_of_it(built: Settings, landing: Landing) -> None:
    _, folder = at(built, landing, AS_OF, [("kent", "old", 1, date(2024, 5, 1))])
    assert [path.parent.name for path in folder.glob("extracts/*/posts_2024.csv")] == ["kent"]
    assert rows_of(folder / "extracts" / "kent" / "posts.csv") == []


def written(settings: Settings, landing: Landing, moment: datetime, posts: list[Post]) -> list[str]:
    """Which files of posts of older years the next release holds that the last one does not."""
    (last,) = [path for path in settings.releases.iterdir() if path.name == pointer(settings)]
    release, folder = at(settings, landing, moment, posts)
    names = [name for name in release.files if "posts_" in name]
    return [n for n in names if not (last / n).exists() or not os.path.samefile(last / n, folder / n)]


def pointer(settings: Settings) -> str:
    return (settings.releases / "current").read_text().strip()


def test_benchmarks_are_of_the_last_whole_quarter_and_since_and_older_ones_of_a_year_each(
    built: Settings, landing: Landing
) -> None:
    ends = [date(2026, 11, 8), date(2026, 8, 31), date(2026, 7, 31), date(2025, 12, 31), date(2025, 10, 5)]
    rows = "), (".join(f"'kent', date '{end}', 1.0, false" for end in ends)
    columns = "force_id, period_end, value, is_provisional"
    old = f"create or replace table ext_benchmarks as from (values ({rows})) as t({columns})"
    build(built, changes=[old])
    folder = folder_of(built, publish(built, landing))
    files = sorted((folder / "extracts" / "kent").glob("benchmarks*.parquet"))
    found = {file.stem: pl.read_parquet(file)["period_end"].sort(descending=True).to_list() for file in files}
    assert found == {"benchmarks": ends[:2], "benchmarks_2025": ends[3:], "benchmarks_2026": ends[2:3]}
    build(
        built, "build-2", changes=[old, "update ext_benchmarks set value = 2 where period_end = '2025-10-05'"]
    )
    again = folder_of(built, publish(built, landing))
    same = {f.stem: (again / "extracts" / "kent" / f.name).samefile(f) for f in files}
    assert same == {"benchmarks": True, "benchmarks_2025": False, "benchmarks_2026": True}
    assert rows_of(again / "extracts" / "essex" / "benchmarks.csv") == []


def test_a_year_that_did_not_change_is_not_written_again(
    built: Settings, landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(built, landing, AS_OF, one_a_month())
    names: list[str] = []
    write = extracts._write_rows

    def noted(files: Any, name: str, rows: pl.DataFrame) -> None:
        names.append(name)
        write(files, name, rows)

    monkeypatch.setattr(extracts, "_write_rows", noted)
    new = [*one_a_month(), ("kent", "new", 1, date(2026, 11, 9))]
    assert written(built, landing, AS_OF + timedelta(days=1), new) == []
    assert [name for name in names if "posts_" in name] == []
    assert "extracts/kent/posts" in names


def test_when_a_month_closes_its_posts_join_their_years_file(built: Settings, landing: Landing) -> None:
    at(built, landing, AS_OF, one_a_month())
    december = datetime(2026, 12, 1, 5, 30)  # noqa: DTZ001
    posts = one_a_month(december.date())
    names = written(built, landing, december, posts)
    assert names == [f"extracts/{f}/posts_2026.{kind}" for f in FORCES for kind in ("csv", "parquet")]
    assert months_in(built.releases / pointer(built), "posts_2026")[-1] == "2026-10"


def test_a_late_return_reopens_its_year_for_its_force_alone(built: Settings, landing: Landing) -> None:
    at(built, landing, AS_OF, one_a_month())
    late = [*one_a_month(), ("kent", "late", 1, date(2024, 3, 3))]
    names = [f"extracts/kent/posts_2024.{kind}" for kind in ("csv", "parquet")]
    assert written(built, landing, AS_OF, late) == names
    changed = [(f, p, 9 if p == "kent-2023-06-25" else likes, day) for f, p, likes, day in late]
    names = [f"extracts/kent/posts_2023.{kind}" for kind in ("csv", "parquet")]
    assert written(built, landing, AS_OF, changed) == names


def test_a_file_that_is_lost_from_the_last_release_is_made_again(built: Settings, landing: Landing) -> None:
    release, folder = at(built, landing, AS_OF, one_a_month())
    (folder / "extracts/kent/posts_2024.csv").unlink()
    again, folder = at(built, landing, AS_OF + timedelta(days=1), one_a_month())
    name = "extracts/kent/posts_2024.csv"
    assert (
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == release.files[name] == again.files[name]
    )


def test_a_release_after_others_has_the_same_bytes_as_one_from_nothing(
    built: Settings, landing: Landing
) -> None:
    at(built, landing, AS_OF - timedelta(days=20), one_a_month())
    after, folder = at(built, landing, AS_OF, one_a_month())
    folder.rename(built.home / "elsewhere")
    (built.releases / "current").unlink()
    alone = publish(built, landing)
    assert alone.release_id == after.release_id
    assert {**alone.files, "beatbook.duckdb": ""} == {**after.files, "beatbook.duckdb": ""}
