"""The portal over a small release: what is shown, what is said where nothing is, and of which release."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipelines.settings import Settings
from portal.app import MAX_QUERY, build_app
from portal.charts import best_first
from tests.release.small_release import (
    FORCES,
    INDICATORS,
    OCTOBER,
    SEPTEMBER,
    Cell,
    cell,
    everywhere,
    publish_small,
)

#: Who may read which is another matter: tests/portal/access.
EVERY_PAGE = "national,indicator,force,questions,compare,data,releases,api"
CELLS: list[Cell] = [
    *everywhere(OCTOBER),
    cell("followers", "essex", OCTOBER, 7.25, ci95_low=6.5, ci95_high=8.0, n=12),
    cell("followers", "surrey", OCTOBER),
    cell("followers", "all_forces", OCTOBER, 5.5),
    cell("followers", "kent", SEPTEMBER, 0.75),
]
TABLE = "/indicators/followers?platform=bluesky&period=2026-10"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATBOOK_PUBLIC_PAGES", EVERY_PAGE)
    return Settings()


@pytest.fixture
def client(settings: Settings) -> TestClient:
    return TestClient(build_app(settings), raise_server_exceptions=True)


@pytest.fixture
def published(settings: Settings) -> Settings:
    publish_small(settings, CELLS)
    return settings


def text_of(html: str) -> str:
    """What a person reads, tags and line breaks left out."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_before_the_first_release_it_says_so_and_finds_it_when_it_comes(
    settings: Settings, client: TestClient
) -> None:
    assert "Nothing is published yet" in client.get("/").text
    missing = client.get("/national")
    assert missing.status_code == 404
    assert "Nothing is published yet: `beatbook run` publishes." in missing.text
    assert client.get("/health").status_code == 503
    publish_small(settings, CELLS)
    assert client.get("/health").json() == {"status": "ok", "release_id": "20261201T0530-0123456789"}
    assert "invented" in client.get("/").text


def test_an_indicator_has_its_figures_its_reasons_and_its_definition(
    published: Settings, client: TestClient
) -> None:
    page = client.get(TABLE)
    assert page.status_code == 200
    said = text_of(page.text)
    assert "Essex Police 7.25 6.50 to 8.00 12" in said
    assert "Surrey Police There are too few to show." in said
    assert "Mind the followers." in said
    assert "Each force with its 95% interval; the line is all forces together." in said
    assert "not yet checked by anyone outside" in said
    assert "All figures are invented" in said
    assert "Working release 20261201T0530-0123456789, data as of 1 December 2026" in said
    assert "<title>Followers per 1,000: Bluesky, October 2026 – Beatbook</title>" in page.text


def test_without_intervals_none_are_spoken_of(published: Settings, client: TestClient) -> None:
    changed = [
        *(row for row in CELLS if row["area_id"] != "essex"),
        cell("followers", "essex", OCTOBER, 9.75),
    ]
    publish_small(published, changed, release_id="20261202T0530-0123456789")
    said = text_of(client.get(TABLE).text)
    assert "Each force; the line is all forces together." in said


def test_what_is_not_there_is_said_in_a_sentence(published: Settings, client: TestClient) -> None:
    for path, sentence in {
        "/nothing": "There is no such page.",
        "/indicators/nothing": "There is no indicator nothing; there are: followers, views, answered.",
        f"{TABLE}&platform=tiktok": "There is no platform tiktok; there are:",
        "/indicators/followers?period=soon": "Soon is no day (2026-10-21), month (2026-10)",
        "/charts/ranked.svg?indicator=views&platform=bluesky&period=2026-10": "There is no",
        "/national": "has none of the headline indicators.",
        "/questions": "lacks a table or a column: an earlier version published it",
    }.items():
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert sentence in text_of(answer.text).replace("&#39;", "'"), path


def test_what_was_typed_comes_back_as_text_alone(published: Settings, client: TestClient) -> None:
    hostile = "<script>alert(1)</script>"
    for path in (f"/indicators/{hostile}", f"/indicators/followers?platform={hostile}", f"/forces/{hostile}"):
        answer = client.get(path)
        assert hostile not in answer.text
        assert "<script" not in answer.text.lower()


def test_an_address_longer_than_any_of_ours_is_refused(published: Settings, client: TestClient) -> None:
    assert client.get(f"/method?q={'a' * MAX_QUERY}").status_code == 414


def test_parameters_in_another_order_and_empty_fields_are_the_same_page(
    published: Settings, client: TestClient
) -> None:
    page = client.get(TABLE).text
    assert client.get("/indicators/followers?period=2026-10&platform=bluesky").text == page
    assert client.get(f"{TABLE}&peers_of=&period_type=").text == page


def test_another_release_is_shown_as_soon_as_it_is_published(published: Settings, client: TestClient) -> None:
    assert "7.25" in client.get(TABLE).text
    changed = [
        *(row for row in CELLS if row["area_id"] != "essex"),
        cell("followers", "essex", OCTOBER, 9.75),
    ]
    publish_small(published, changed, release_id="20261202T0530-0123456789")
    page = client.get(TABLE).text
    assert "9.75" in page
    assert "7.25" not in page
    assert "20261202T0530-0123456789" in page


def test_a_damaged_release_is_not_shown_and_the_one_before_stays(
    published: Settings, client: TestClient
) -> None:
    assert "7.25" in client.get(TABLE).text
    publish_small(published, CELLS, release_id="20261202T0530-0123456789")
    path = published.releases / "20261202T0530-0123456789" / "tables" / "bench_values.parquet"
    path.write_bytes(path.read_bytes()[:-9] + b"x" * 9)
    assert "20261201T0530-0123456789" in client.get(TABLE).text
    health = client.get("/health").json()
    assert health["status"] == "stale"
    assert "tables/bench_values.parquet is not what was published" in health["reason"]
    # Whoever starts with it has nothing else to show.
    fresh = TestClient(build_app(published))
    assert fresh.get(TABLE).status_code == 503
    assert "cannot be read" in fresh.get(TABLE).text


def test_a_chart_is_an_image_of_its_own(published: Settings, client: TestClient) -> None:
    drawn = client.get("/charts/ranked.svg?indicator=followers&platform=bluesky&period=2026-10")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert drawn.text.startswith("<svg")
    assert "Essex Police" in drawn.text
    assert "Surrey Police" not in drawn.text  # it has no number
    assert "<script" not in drawn.text


@pytest.mark.parametrize(
    ("ranks", "order"),
    [
        ([1, 2, None], "Kent Surrey Essex"),
        ([2, 1, None], "Essex Surrey Kent"),
        ([None, None, None], "Kent Surrey Essex"),
    ],
)
def test_a_force_without_a_rank_is_drawn_among_the_others(ranks: list[int | None], order: str) -> None:
    figures = zip(["Kent", "Essex", "Surrey"], [30.0, 10.0, 20.0], ranks, strict=True)
    rows = [{"area_name": name, "value": value, "rank": rank} for name, value, rank in figures]
    assert [row["area_name"] for row in best_first(rows)] == order.split()


def test_a_table_is_a_file_too_and_no_cell_of_it_is_run(published: Settings, client: TestClient) -> None:
    path = "/tables/indicators/followers.csv?platform=bluesky&period=2026-10"
    lines = client.get(path).text.splitlines()
    assert lines[0].startswith("indicator_id,indicator_name,area_id,area_name")
    assert len(lines) == 1 + len(FORCES) + 2
    assert any(",essex," in line and ",7.25," in line and line.endswith(",true") for line in lines)
    name = "=HYPERLINK(1)"
    publish_small(published, CELLS, release_id="20261203T0530-0123456789", renamed={"essex": name})
    assert f",'{name}," in client.get(path).text


def test_every_page_says_when_the_next_official_release_comes_out_and_whom_to_ask(
    published: Settings, client: TestClient
) -> None:
    said = "Next official release: November 2026, 21 December 2026, 09:30."
    for path in ("/", TABLE, "/nothing"):
        assert said in text_of(client.get(path).text), path
        assert "Contact:" not in client.get(path).text
    asked = TestClient(build_app(published.model_copy(update={"contact": "01234 <567>"})))
    assert f"{said} Contact: 01234 &lt;567&gt;." in text_of(asked.get(TABLE).text)


def test_a_forces_page_has_the_staffed_clock_beside_the_elapsed_one(
    settings: Settings, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On each platform with a figure in staffed time; nothing is said where nobody declared hours."""
    for indicator in ("answered_1h_pct", "answered_1h_staffed_pct"):
        monkeypatch.setitem(INDICATORS, indicator, (indicator, None, False, "%", "conversation_count"))
    of_x = {"platform": "x"}
    both = [
        cell("answered_1h_pct", "kent", OCTOBER, 27.5),
        cell("answered_1h_staffed_pct", "kent", OCTOBER, 72.5),
        cell("answered_1h_staffed_pct", "kent", OCTOBER, 64.0, **of_x),
        cell("answered_1h_pct", "essex", OCTOBER, 27.5),
        cell("answered_1h_staffed_pct", "essex", OCTOBER),
    ]
    publish_small(settings, [*CELLS, *both])
    said = text_of(client.get("/forces/kent?period=2026-10").text)
    assert (
        "Bluesky: 27.5% were answered within one hour; of what came in while staffed, or from the next "
        "opening, 72.5% within one hour of staffed time."
    ) in said
    assert "X: of what came in while staffed, or from the next opening, 64.0% within one hour" in said
    assert "staffed, or from" not in client.get("/forces/essex?period=2026-10").text
