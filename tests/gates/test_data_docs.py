"""Pages of what the gates found: whose rows are wrong, and nothing of what stands in them."""

from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.gates import data_docs
from pipelines.gates.data_docs import folder_of, of_landing
from pipelines.gates.landing_gate import land
from pipelines.gates.release_gate import of_tables
from pipelines.landing.store import Landing
from pipelines.settings import Settings
from tests.gates.good_rows import FORCES, LANDING, frame_of, good_rows
from tests.gates.test_release_gate import collection, warehouse

DAY, RUN = date(2026, 11, 9), "r00000001-20261109T053000-aaaaaaaa"
#: What a message of the public lands as: what no page may show.
ASKER, MESSAGE = "c0ffee" * 8, "=deadbeef" * 4


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    return Settings()


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    landing = Landing(tmp_path / "landing", {})
    landing.schemas = LANDING.schemas
    return landing


def landed(landing: Landing, **changed: Any) -> None:
    """A message for each of three forces, Essex's changed."""
    messages = [dict(row) for row in good_rows("youtube/messages")]
    messages[0] |= changed
    accounts = {row["account_id"]: row["force_id"] for row in messages}
    log = [
        {"force_id": force, "account_id": account, "pulled_at_utc": messages[0]["pulled_at_utc"]}
        | {"platform": "youtube", "entity": "messages", "status": "landed"}
        | {"row_count": sum(row["account_id"] == account for row in messages)}
        for account, force in accounts.items()
    ]
    land(landing, "youtube", DAY, RUN, {"messages": messages, "requests": log}, FORCES)


def pages(settings: Settings, landing: Landing) -> dict[str, str]:
    rows = of_landing(settings, landing, "youtube", DAY, FORCES)
    return {row["subject"]: row["page"].read_text() for row in rows}


def test_a_page_names_whose_rows_are_wrong_and_shows_none_of_what_they_hold(
    settings: Settings, landing: Landing
) -> None:
    landed(landing, comment_id=MESSAGE, author_key=ASKER, direction="sideways")
    page = pages(settings, landing)["youtube/messages"]
    good = good_rows("youtube/messages")[0]
    assert f"{good['force_id']}, {good['account_id']}" in page
    assert "DID NOT HOLD" in page
    for hidden in (ASKER, MESSAGE, "sideways", good["thread_id"]):
        assert hidden not in page


def test_the_index_says_of_every_page_how_much_did_not_hold(settings: Settings, landing: Landing) -> None:
    landed(landing, direction="sideways")
    (row,) = of_landing(settings, landing, "youtube", DAY, FORCES)
    index = (folder_of(settings, "youtube", DAY) / "index.html").read_text()
    (failed,) = row["failed"]
    assert failed.startswith("youtube/messages: expect_column_values_to_be_in_set(direction)")
    assert "sideways" not in index
    assert f'href="{row["page"].name}">youtube/messages</a>' in index
    assert escape(failed) in index


def test_nothing_is_fetched_when_a_page_is_opened(settings: Settings, landing: Landing) -> None:
    landed(landing)
    page = pages(settings, landing)["youtube/messages"]
    policy = '<head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    assert page.index(policy) < page.index("https://")


def test_pages_of_before_are_gone_and_a_day_without_landing_has_none(
    settings: Settings, landing: Landing
) -> None:
    landed(landing)
    old = folder_of(settings, "youtube", DAY) / "99-old.html"
    old.parent.mkdir(parents=True)
    old.touch()
    assert len(pages(settings, landing)) == 1
    assert not old.exists()
    assert of_landing(settings, landing, "bluesky", DAY, FORCES) == []
    assert not folder_of(settings, "bluesky", DAY).exists()


def test_a_damaged_run_has_no_page(settings: Settings, landing: Landing) -> None:
    landed(landing)
    landing.path("youtube", "messages", DAY, RUN).write_bytes(b"")
    assert pages(settings, landing) == {}


def test_of_a_build_the_cell_is_named_and_not_its_count(settings: Settings, tmp_path: Path) -> None:
    wrong = good_rows("release_bench_values")
    wrong[2] |= {"value": 77.125, "n": 4711}  # a value beside the reason why there is none
    path = warehouse(tmp_path, collection(5), bench_values=frame_of("release_bench_values", wrong))
    with duckdb.connect(str(path), read_only=True) as connection:
        gated = next(each for each in of_tables(connection) if each.subject == "bench_values")
    row = data_docs._page(tmp_path, 1, "build-1", gated)
    page = row["page"].read_text()
    assert row["failed"]
    assert wrong[2]["indicator_id"] in page
    assert "77.125" not in page
    assert "4711" not in page
