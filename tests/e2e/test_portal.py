"""The portal over a release of the sandbox: every link leads somewhere, every figure is the release's."""

import csv
import io
from collections import deque
from html import escape
from html.parser import HTMLParser
from typing import Any

import duckdb
import pytest
from starlette.testclient import TestClient

from pipelines.release import figures
from pipelines.settings import Settings
from portal.app import build_app
from tests.e2e.conftest import Nation
from tests.portal.test_app import EVERY_PAGE

pytestmark = [pytest.mark.e2e, pytest.mark.long]

#: Of pages that differ in a parameter alone, so many are opened.
ALIKE = 3
#: Attributes that a content policy without inline anything would refuse.
INLINE = {"style", "onclick", "onload", "onsubmit", "onchange"}


class Page(HTMLParser):
    """What a browser would look at: links, images, headings, attributes, heads of tables."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.headings: list[str] = []
        self.wrong: list[str] = []
        self._labels = 0
        self._labelled: set[str | None] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag == "a":
            self.links.append(own.get("href") or "")
        if tag == "img":
            self.images.append(own)
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(tag)
        if tag in {"script", "style", "iframe", "object"}:
            self.wrong.append(f"<{tag}>")
        if tag == "th" and "scope" not in own:
            self.wrong.append("a head of a table without scope")
        if tag == "label":
            self._labels += 1
            self._labelled.add(own.get("for"))
        has_label = self._labels or (own.get("id") and own.get("id") in self._labelled)
        if tag in {"select", "input"} and own.get("type") != "hidden" and not has_label:
            self.wrong.append(f"{own.get('name')} without a label")
        self.wrong += [f"{name} of {tag}" for name in own if name in INLINE]

    def handle_endtag(self, tag: str) -> None:
        self._labels -= tag == "label"


@pytest.fixture(scope="module")
def client(pulled: Nation) -> TestClient:
    return TestClient(build_app(Settings(BEATBOOK_HOME=pulled.home, public_pages=EVERY_PAGE)))  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def tables(pulled: Nation) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for path in (pulled.release / "tables").glob("*.parquet"):
        connection.execute(f"create view {path.stem} as from '{path}'")
    return connection


def test_every_link_leads_to_a_page_that_reads_without_script(client: TestClient) -> None:
    waiting, seen, opened = deque(["/"]), {"/"}, 0
    alike: dict[str, int] = {}
    while waiting:
        address = waiting.popleft()
        path, _, query = address.partition("?")
        kind = "/".join(path.split("/")[:2]) + "?" + "&".join(p.partition("=")[0] for p in query.split("&"))
        alike[kind] = alike.get(kind, 0) + 1
        if alike[kind] > ALIKE:
            continue
        answer = client.get(address)
        assert answer.status_code == 200, address
        opened += 1
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        page = Page(answer.text)
        assert page.wrong == [], address
        assert page.headings.count("h1") == 1, address
        assert "All figures are invented" in answer.text, address
        for image in page.images:
            assert image.get("alt"), address
            drawn = client.get(str(image["src"]))
            assert (drawn.status_code, drawn.text[:4]) == (200, "<svg"), image["src"]
        for link in page.links:
            if link.startswith("/") and link not in seen:
                seen.add(link)
                waiting.append(link)
    assert opened > 25
    assert {path.split("?")[0] for path in seen} >= {"/national", "/compare", "/data", "/questions/mergers"}


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_page_file_and_interface_agree_with_the_release_cell_by_cell(
    client: TestClient, tables: duckdb.DuckDBPyConnection
) -> None:
    found = tables.sql(
        "select area_id, area_name, value, unit from bench_values inner join dim_area using (area_id) "
        "where indicator_id = 'answered_1h_pct' and platform = 'bluesky' and account_scope = 'all' "
        "and period_type = 'week' and period_start = date '2026-10-26' and value is not null"
    ).fetchall()
    assert len(found) > 20
    asked = "platform=bluesky&period=2026-10-26&period_type=week"
    page = client.get(f"/indicators/answered_1h_pct?{asked}").text
    file = {
        row["area_id"]: row for row in rows_of(client.get(f"/tables/indicators/answered_1h_pct.csv?{asked}"))
    }
    national = {
        row["area_id"]: row
        for row in rows_of(client.get(f"/tables/national.csv?{asked}"))
        if row["indicator_id"] == "answered_1h_pct"
    }
    query = "indicator_id=answered_1h_pct&platform=bluesky&account_scope=all&period_type=week"
    program = client.get(f"/api/v1/values?{query}&period_from=2026-10-26&period_until=2026-10-26").json()[
        "items"
    ]
    by_area = {row["area_id"]: row for row in program}
    for area, name, value, unit in found:
        assert float(file[area]["value"]) == float(national[area]["value"]) == by_area[area]["value"] == value
        shown = escape(name)
        line = page.partition(f">{shown}</a>")[2] or page.partition(f">{shown}</th>")[2]
        assert f">{figures.amount(value, unit)}<" in line.partition("</tr>")[0], name


def test_the_national_table_has_every_force_and_says_what_stands_out(
    client: TestClient, tables: duckdb.DuckDBPyConnection
) -> None:
    page = client.get("/national?period_type=week").text
    for (name,) in tables.sql("select area_name from dim_area where area_type = 'force'").fetchall():
        assert name.replace("&", "&amp;") in page
    assert (
        "2 of 48 forces have no figure here: Civil Nuclear Constabulary, Ministry of Defence Police." in page
    )
    merged = client.get("/national?period_type=week&period=2026-11-02").text
    assert "Accounts were merged by 1 force: Gwent Police" in merged
    sorted_page = client.get("/national?period_type=week&period=2026-10-19&sort=answered_1h_pct").text
    ranked = tables.sql(
        "select area_name from bench_comparisons inner join dim_area using (area_id) "
        "where indicator_id = 'answered_1h_pct' and platform = 'bluesky' and account_scope = 'all' "
        "and period_start = date '2026-10-19' and period_type = 'week' and rank is not null order by rank"
    ).fetchall()
    places = [sorted_page.index(f">{name}</a></th>") for (name,) in ranked]
    assert len(places) > 5
    assert places == sorted(places)


def test_peers_and_groups_stand_alone(client: TestClient, tables: duckdb.DuckDBPyConnection) -> None:
    peers = tables.sql("select peer_force_id from dim_peer where force_id = 'kent'").fetchall()
    page = client.get("/national?peers_of=kent&period_type=week").text
    assert page.count('<th scope="row">') == 1 + len(peers)
    wales = client.get("/national?among=wales&period_type=week").text
    assert wales.count('<th scope="row">') == 4 + 1
    assert client.get("/national?among=kent").status_code == 404
