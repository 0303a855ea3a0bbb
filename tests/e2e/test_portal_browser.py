"""The portal as a person meets it, in Chromium: readable by everyone, without script, in few clicks."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from pipelines.settings import Settings
from portal.serve import beside
from tests.e2e.conftest import Nation
from tests.e2e.test_up import free_port
from tests.portal.test_app import EVERY_PAGE

pytestmark = [pytest.mark.e2e, pytest.mark.long]

#: Rules of WCAG 2.2 AA, and what axe-core holds for good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [
    *("/", "/national?period_type=week", "/national?period_type=week&sort=answered_1h_pct&intervals=1"),
    *(
        "/indicators",
        "/indicators/answered_1h_pct?period_type=week",
        "/forces",
        "/forces/kent?period_type=week",
        "/forces/kent/sheet?period_type=week",
    ),
    *("/compare", "/compare?force1=kent&force2=essex&period_type=week", "/questions", "/questions/incidents"),
    *("/questions/mergers", "/data", "/releases", "/releases/difference", "/method", "/nothing"),
]
PHONE, LAPTOP = {"width": 390, "height": 800}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def address(pulled: Nation) -> Iterator[str]:
    with beside(Settings(BEATBOOK_HOME=pulled.home, public_pages=EVERY_PAGE), free_port()) as url:  # type: ignore[call-arg]
        yield url


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_axe_finds_no_barrier_and_no_page_is_wider_than_the_window(
    browser: Any, address: str, size: dict[str, int]
) -> None:
    page = browser.new_context(viewport=size).new_page()
    found = {}
    for path in PAGES:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        answer = Axe().run(page, options={"runOnly": RULES}).response
        assert answer["passes"], path  # it looked at something
        wrong = [(rule["id"], rule["nodes"][0]["html"]) for rule in answer["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wrong.append(("wider than the window", path))
        if wrong:
            found[path] = wrong
    assert found == {}


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """The front page on a laptop that runs no script."""
    context = browser.new_context(viewport=LAPTOP, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def test_which_three_forces_are_slowest_and_whether_it_is_real(page: Any) -> None:
    page.click("nav >> text=National")
    page.click("thead >> text=Answered within one hour, like with like")
    ranked = page.locator("table.national tbody").first.locator("tr").all()
    slowest = [row for row in ranked if row.locator("td").first.locator(".verdict").count()][-3:]
    assert len(slowest) == 3
    for row in slowest:
        said = row.locator("td").first.inner_text()
        assert any(word in said for word in ("worse", "similar")), said


def test_a_force_against_its_peers(page: Any) -> None:
    page.click("nav >> text=National")
    page.select_option("select[name=peers_of]", label="Surrey Police")
    page.click("button >> text=Show")
    assert "Surrey Police and its peers" in page.inner_text("h1")
    assert 3 < page.locator("table.national tbody").first.locator("tr").count() < 15


def test_a_force_beside_its_peers_is_one_sheet_of_a4(page: Any) -> None:
    page.click("nav >> text=Forces")
    page.click("main >> text=Kent Police")
    page.click("main >> text=on one page to print")
    rows = page.locator("table.sheet td.strip svg")
    assert rows.count() > 10
    assert "Kent Police and 7 peers from " in str(rows.first.get_attribute("aria-label"))
    assert len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True))) == 1


def test_what_changed_who_has_not_reported_and_what_a_merger_did(page: Any) -> None:
    page.click("nav >> text=Releases")
    page.click("h2#working ~ div >> tbody >> th >> a >> nth=0")
    assert "What it revises" in page.inner_text("main")
    page.click("nav >> text=Data")
    assert "Nothing in these days from 2 of 48 forces: Civil Nuclear" in page.inner_text(".alarm")
    page.click("nav >> text=Questions")
    page.click("main >> text=Mergers")
    assert "Gwent Police" in page.inner_text("main")


def test_the_keyboard_alone_reaches_the_content_and_every_table(browser: Any, address: str) -> None:
    page = browser.new_context(viewport=LAPTOP).new_page()
    page.goto(f"{address}/national?period_type=week")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.className"))
    assert {"SELECT ", "BUTTON ", "DIV scroll", "A "} <= reached


def test_printed_a_page_keeps_its_heads_and_leaves_out_what_cannot_be_pressed(
    browser: Any, address: str
) -> None:
    page = browser.new_context(viewport=LAPTOP).new_page()
    page.goto(f"{address}/forces/kent?period_type=week")
    page.emulate_media(media="print")
    assert not page.is_visible("form.filters")
    assert not page.is_visible("nav")
    assert page.is_visible("h1")
    assert page.pdf(format="A4").startswith(b"%PDF")
