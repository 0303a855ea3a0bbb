"""Official or working: which figures stand on a page, what says so, and the pages of releases themselves."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from argon2 import PasswordHasher, profiles
from starlette.testclient import TestClient

from pipelines.landing.store import open_landing
from pipelines.release.marking import make_by_hand, make_due
from pipelines.release.official import find, path_of
from pipelines.release.rollback import roll_back
from pipelines.settings import Settings
from portal.access import users
from portal.app import build_app
from portal.extracts import _named
from portal.library import Shelf
from tests.damage import cut, flip, gone
from tests.portal.access.conftest import PASSWORD, Browser
from tests.portal.test_app import EVERY_PAGE, text_of
from tests.release.official import DECEMBER, NOVEMBER, OF_DECEMBER, OF_NOVEMBER, add_files, month, publish

FIRST, SECOND = "20261212T0530-0000000001", "20261222T0530-0000000001"
TABLE = "/indicators/followers?platform=bluesky&period=2026-11"
OFFICIAL = "Official release 1 (November 2026)"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An official release in which Essex has 3.25, and a working one with 4.75."""
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(users, "HASHER", PasswordHasher.from_parameters(profiles.CHEAPEST))
    settings = Settings()
    for role, force in (("lead", None), ("force", "kent")):
        users.add(settings, force or role, role, force, PASSWORD)  # type: ignore[arg-type]
    publish(settings, date(2026, 12, 12), month(NOVEMBER, 3.25))
    make_due(settings, open_landing(settings), OF_NOVEMBER)
    publish(settings, date(2026, 12, 22), month(NOVEMBER, 4.75))
    return settings


@pytest.fixture
def lead(settings: Settings) -> Browser:
    browser = Browser(build_app(settings))
    browser.sign_in("lead")
    return browser


def test_a_page_is_official_and_one_link_away_from_working(lead: Browser) -> None:
    page = lead.get(TABLE).text
    assert "3.25" in page
    assert "4.75" not in page
    assert f"{OFFICIAL} , data as of 12 December 2026: frozen, and revised only by" in text_of(page)
    assert f"{OFFICIAL} {FIRST}, data as of" in text_of(page)
    found = re.search(r'Or <a href="([^"]+)">the working release</a>', page)
    assert found
    working = lead.get(found[1].replace("&amp;", "&")).text
    assert "4.75" in working
    assert "3.25" not in working
    assert "Working release , data as of 22 December 2026: figures of one day, which can still" in text_of(
        working
    )
    back = re.search(r'Or <a href="([^"]+)">the official release</a>', working)
    assert back
    assert "3.25" in lead.get(back[1].replace("&amp;", "&")).text


def test_every_link_of_a_page_leads_on_to_the_same_release(lead: Browser) -> None:
    page = lead.get(f"{TABLE}&release=working").text
    links = re.findall(r'(?:href|src)="(/(?:national|indicators|forces|compare|charts|tables)[^"]*)"', page)
    assert len(links) > 5
    others = [link for link in links if "release=working" not in link]
    assert others == [re.search(r'Or <a href="([^"]+)"', page)[1]]  # type: ignore[index]
    assert '<input type="hidden" name="release" value="working">' in page


def test_the_label_stands_in_files_charts_and_the_interface(lead: Browser) -> None:
    for asked, label, value in (("", OFFICIAL, 3.25), ("&release=working", "Working release", 4.75)):
        rows = csv.DictReader(io.StringIO(lead.get(f"/tables{TABLE.replace('?', '.csv?')}{asked}").text))
        (essex,) = (row for row in rows if row["area_id"] == "essex")
        assert (float(essex["value"]), essex["release_label"]) == (value, label)
        drawn = lead.get(
            f"/charts/ranked.svg?indicator=followers&platform=bluesky&period=2026-11{asked}"
        ).text
        assert f"{label} {FIRST if not asked else SECOND}: invented figures" in drawn
        answer = lead.get(
            f"/api/v1/values?area_id=essex&indicator_id=followers&period_from=2026-11-01{asked}"
        )
        assert answer.json()["release_label"] == label
        assert answer.json()["items"][0]["value"] == value
    assert lead.get("/api/v1/release?release=" + SECOND).json()["release_id"] == SECOND


def test_what_becomes_official_is_called_so_at_once(settings: Settings, lead: Browser) -> None:
    assert "Working release" in lead.get(f"{TABLE}&release={SECOND}").text
    tag = lead.get(f"/api/v1/release?release={SECOND}").headers["etag"]
    make_by_hand(
        settings, open_landing(settings), OF_NOVEMBER, "A lead", "Essex was wrong.", is_correction=True
    )
    page = lead.get(f"{TABLE}&release={SECOND}").text
    assert "Official release 2 (November 2026, corrected)" in page
    assert "4.75" in lead.get(TABLE).text
    assert lead.get(f"/api/v1/release?release={SECOND}").headers["etag"] != tag


def test_without_signing_in_official_figures_alone_are_read(settings: Settings) -> None:
    public = settings.model_copy(update={"public_pages": frozenset(EVERY_PAGE.split(","))})
    client = TestClient(build_app(public))
    page = client.get(TABLE)
    assert "3.25" in page.text
    assert "the working release" not in page.text
    for path in (f"{TABLE}&release=working", f"/releases/{SECOND}", f"/api/v1/values?release={SECOND}",
                 f"/releases/difference?old={FIRST}&new=working"):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 403, path
        assert "Without signing in you can read official figures" in answer.text
    assert client.get(f"/releases/{FIRST}").status_code == 200
    assert client.get(f"{TABLE}&release={FIRST}").status_code == 200
    index = text_of(client.get("/releases").text)
    assert FIRST in index
    assert SECOND not in index


def test_one_release_alone_is_compared_with_nothing(settings: Settings, lead: Browser) -> None:
    assert "What is different between two releases" in lead.get("/releases").text
    (settings.releases / SECOND).rename(settings.releases / ".moved")
    page = text_of(lead.get("/releases").text)
    assert "What is different between two releases" not in page
    assert f"Releases that are kept Release Data as of Figures Revises State {FIRST}" in page


def test_a_release_that_is_not_there_and_a_damaged_list_are_said(settings: Settings, lead: Browser) -> None:
    assert lead.get(f"{TABLE}&release=20200101T0530-0000000001").status_code == 404
    assert lead.get(f"{TABLE}&release=%3Cscript%3E").status_code == 404
    assert "3.25" in lead.get(TABLE).text
    path_of(settings).write_text("[")
    assert "3.25" in lead.get(TABLE).text  # what was open stays
    fresh = Browser(build_app(settings))
    fresh.sign_in("lead")
    assert fresh.get(TABLE).status_code == 503
    assert "no list of official releases" in text_of(fresh.get(TABLE).text)


def test_a_damaged_table_of_an_official_release_is_put_back_and_not_built(settings: Settings) -> None:
    flip(settings.releases / FIRST / "tables" / "bench_values.parquet")
    lead = Browser(build_app(settings))
    lead.sign_in("lead")
    for address in (TABLE, "/api/v1/values", f"/releases/difference?old={FIRST}&new=working"):
        answer = lead.get(address)
        assert answer.status_code == 503, address
        assert "put it back from a copy: an official release is not made anew" in answer.text
        assert "beatbook build" not in answer.text


@pytest.mark.parametrize("harm", [gone, cut, flip])
def test_a_damaged_file_of_an_extract_is_said_and_not_sent(
    settings: Settings, harm: Callable[[Path], None]
) -> None:
    extract = settings.releases / SECOND / "extracts" / "kent"
    files = [f"extracts/kent/{name}" for name in ("benchmarks.csv", "accounts.parquet", "posts.csv")]
    add_files(settings, SECOND, dict.fromkeys(files, b"some of Kent's figures"))
    kent = Browser(build_app(settings))
    kent.sign_in("kent")
    for name in ("benchmarks.csv", "accounts.parquet"):
        assert kent.get(f"/extracts/kent/{name}").status_code == 200
        harm(extract / name)
    listing = kent.get("/extracts/kent")
    assert listing.status_code == 200
    assert ("lost" in text_of(listing.text)) is not (extract / "benchmarks.csv").exists()
    for name in ("benchmarks.csv", "accounts.parquet", "workbook.xlsx"):
        answer = kent.get(f"/extracts/kent/{name}")
        assert answer.status_code == 503, name
        assert "extracts/kent/" in answer.text
    assert kent.get("/extracts/kent/posts.csv").status_code == 200


@pytest.mark.parametrize("harm", [gone, cut])
def test_a_table_that_is_lost_while_it_is_open_is_said_too(
    lead: Browser, settings: Settings, harm: Callable[[Path], None]
) -> None:
    assert lead.get("/api/v1/release").status_code == 200
    harm(settings.releases / FIRST / "tables" / "bench_values.parquet")
    for address in (TABLE, "/api/v1/values"):
        answer = lead.get(address)
        assert answer.status_code == 503, address
        assert "tables/bench_values.parquet is " in answer.text
        assert "put it back from a copy: an official release is not made anew" in answer.text


def test_the_releases_page_has_the_calendar_official_and_working_ones_and_rollbacks(
    settings: Settings, lead: Browser
) -> None:
    make_by_hand(
        settings, open_landing(settings), OF_NOVEMBER, "A lead", "Essex was wrong.", is_correction=True
    )
    publish(settings, date(2026, 12, 23), month(NOVEMBER, 6.0))
    roll_back(settings, FIRST, "An engineer", "To try it.", OF_NOVEMBER)
    said = text_of(lead.get("/releases").text)
    assert f"November 2026 21 December 2026, 09:30 11 December 2026 22 November 2026 {OFFICIAL}" in said
    assert "January 2027 10 February 2027, 09:30 3 February 2027 22 November 2026 announced" in said
    assert "By A lead: Essex was wrong. 1 figure of the one before: which and why , as CSV" in said
    assert "Nothing: it is the first." in said
    assert said.count("rolled back from") == 1
    assert "Working release, rolled back from" in said, "an official release never is"
    assert f"21 December 2026: from 20261223T0530-0000000001 to {FIRST}, by An engineer: To try it." in said


def test_what_is_different_between_two_has_an_address_and_a_file(settings: Settings, lead: Browser) -> None:
    address = f"/releases/difference?old={FIRST}&new=working"
    said = text_of(lead.get(address).text)
    assert "1: What was collected since says otherwise." in said
    assert "Essex Police, Followers per 1,000, Bluesky, November 2026: 4.75 in place of 3.25." in said
    file = lead.get(address.replace("difference?", "difference.csv?"))
    assert f"difference_{FIRST}_{SECOND}.csv" in file.headers["content-disposition"]
    (row,) = csv.DictReader(io.StringIO(file.text))
    assert (row["area_id"], row["old_value"], row["new_value"]) == ("essex", "3.25", "4.75")
    assert f"Old {OFFICIAL} {FIRST}, data as of 12 December 2026, 05:30 UTC New Working" in said
    assert "1 figure differs between the two." in said
    around = f"/releases/difference?old=working&new={FIRST}"
    assert text_of(lead.get(around).text) == said, "the older one is the old one"
    assert lead.get(around.replace("difference?", "difference.csv?")).text == file.text
    assert "one and the same release" in lead.get(f"/releases/difference?old={FIRST}&new={FIRST}").text
    assert lead.get("/releases/difference?old=20200101T0530-0000000001").status_code == 404


def test_what_an_official_release_revises_is_a_file_for_ever(settings: Settings, lead: Browser) -> None:
    publish(settings, date(2027, 1, 10), month(NOVEMBER, 5.5), month(DECEMBER))
    make_due(settings, open_landing(settings), OF_DECEMBER)
    file = lead.get("/releases/official/2/revisions.csv")
    assert "official-2_revisions.csv" in file.headers["content-disposition"]
    assert "5.50 in place of 3.25" in file.text
    for number in (1, 3):
        assert lead.get(f"/releases/official/{number}/revisions.csv").status_code == 404
    cut(settings.releases / "official" / "2" / "revisions.csv")
    assert lead.get("/releases/official/2/revisions.csv").status_code == 503
    assert "Official release 2 (December 2026)" in text_of(lead.get("/releases/official").text)


def test_each_release_has_its_page(lead: Browser) -> None:
    assert f"{OFFICIAL}: {FIRST}" in text_of(lead.get(f"/releases/{FIRST}").text)
    working = text_of(lead.get(f"/releases/{SECOND}").text)
    assert f"Working release: {SECOND}" in working
    assert (
        "Data as of 22 December 2026, 05:30 UTC Published 22 December 2026, 05:41 UTC: figures of" in working
    )
    assert "What it revises There is none before it to compare with." in working
    assert lead.get("/releases/nothing").status_code == 404


def test_a_forces_file_of_an_official_release_is_called_so(settings: Settings) -> None:
    with duckdb.connect() as connection:
        for asked, name in (
            (None, "kent_official-release-1-november-2026_posts.csv"),
            ("working", "kent_posts.csv"),
        ):
            release = find(settings, asked)
            assert release
            assert _named(Shelf(release, connection), "kent", "posts.csv") == name
