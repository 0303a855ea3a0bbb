"""Each page is read by whom the matrix names, and a route that it does not name by nobody."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from pipelines.settings import PROJECT, Settings, SettingsError
from portal.access.places import misplaced, pages
from portal.access.rules import ROLES, RULES, May, User, may_open, rules_with
from portal.app import build_app
from tests.portal.access.conftest import HOST, Browser, Clock, build

OWN = [page for page, rule in RULES.items() if May.OWN in (rule.lead, rule.force, rule.engineer)]


def test_the_page_for_people_shows_the_matrix() -> None:
    text = (PROJECT / "docs" / "access.md").read_text()
    shown = [
        tuple(cell.strip().strip("`") for cell in line.strip("|").split("|"))
        for line in text.partition("| page |")[2].partition("\n\n")[0].splitlines()[2:]
    ]
    assert shown == [
        (
            page,
            "yes" if rule.is_open else "no",
            *(rule.of(role) for role in ROLES),
            "yes" if rule.by_token else "no",
        )
        for page, rule in RULES.items()
    ]


@pytest.mark.parametrize(
    ("path", "open_to"),
    [
        ("/", "nobody lead kent engineer"),
        ("/health", "nobody lead kent engineer"),
        ("/static/base.html", "nobody lead kent engineer"),
        ("/national", "lead kent engineer"),
        ("/api/values", "lead kent engineer"),
        ("/old/national", "lead kent engineer"),
        ("/account", "lead kent engineer"),
        ("/forces/kent/extract", "kent"),
        ("/forces/kent/extract/posts.csv", "kent"),
        ("/forces/kent/upload", "kent"),
        ("/forces/surrey/extract", ""),
        ("/forces/surrey/extract/posts.csv", ""),
        ("/forces/surrey/upload", ""),
        ("/users", "engineer"),
        ("/forgotten", ""),
        ("/extract", ""),
        ("/unnamed/base.html", ""),
    ],
)
@pytest.mark.parametrize("name", ["nobody", "lead", "kent", "engineer"])
def test_a_page_opens_for_its_roles_and_no_other(app: Starlette, path: str, open_to: str, name: str) -> None:
    browser = Browser(app)
    if name != "nobody":
        assert browser.sign_in(name).status_code == 303
    answer = browser.get(path)
    if name in open_to.split():
        assert answer.status_code == 200
    elif name == "nobody" and path not in ("/forgotten", "/unnamed/base.html"):
        assert (answer.status_code, answer.headers["location"].startswith("/sign-in?next=%2F")) == (303, True)
    else:
        assert answer.status_code == 403
        assert '"force_id"' not in answer.text


def test_who_is_sent_to_sign_in_comes_back_to_what_they_asked_for(browser: Browser) -> None:
    asked = "/national?platform=x&period=2026-10"
    answer = browser.get(asked)
    location = answer.headers["location"]
    found = re.search(r'name="next" value="([^"]*)"', browser.get(location).text)
    assert found
    assert found[1].replace("&amp;", "&") == asked
    assert browser.sign_in("lead", wanted=asked).headers["location"] == asked


def test_a_script_is_told_in_place_of_being_sent_to_a_form(browser: Browser) -> None:
    answer = browser.get("/national", headers={"accept": "application/json"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_what_is_not_there_is_not_there(browser: Browser) -> None:
    assert browser.get("/nothing").status_code == 404
    assert browser.get("/old/nothing").status_code == 404
    assert browser.get("/api/nothing").status_code == 303  # below a page that has to be signed in for


def test_a_routes_page_is_its_name_up_to_a_colon_and_a_mounts_is_that_of_all_below(app: Starlette) -> None:
    found = dict(pages(app.routes))
    assert found["/forces/{force_id}/extract/posts.csv"] == "extract"
    assert (found["/api/values"], found["/old/national"]) == ("api", "national")


def test_the_walk_finds_each_route_that_nobody_could_open(app: Starlette) -> None:
    assert misplaced(app.routes, OWN, RULES) == ["/forgotten", "/extract", "/unnamed"]


def test_every_route_of_the_portal_has_a_rule(settings: Settings) -> None:
    assert misplaced(build_app(settings).routes, OWN, RULES) == []


def test_another_kind_of_connection_is_closed(app: Starlette) -> None:
    async def talk(socket: object) -> None:
        raise AssertionError("it was let in")

    app.router.routes.append(WebSocketRoute("/talk", talk, name="front"))
    with pytest.raises(WebSocketDisconnect), TestClient(app, base_url=HOST).websocket_connect("/talk"):
        pass


def test_an_installation_may_make_pages_public(settings: Settings, clock: Clock) -> None:
    public = settings.model_copy(update={"public_pages": frozenset({"national"})})
    browser = Browser(build(public, clock))
    assert browser.get("/national").status_code == 200
    assert browser.get("/api/values").status_code == 303


def test_public_pages_are_named_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().public_pages == frozenset()
    monkeypatch.setenv("BEATBOOK_PUBLIC_PAGES", "national, indicator,")
    assert Settings().public_pages == {"national", "indicator"}


@pytest.mark.parametrize("page", ["extract", "upload", "users", "account", "nation"])
def test_a_page_that_is_not_for_every_role_is_never_public(page: str) -> None:
    with pytest.raises(SettingsError, match=f"BEATBOOK_PUBLIC_PAGES names '{page}'"):
        rules_with(frozenset({"national", page}))


def test_that_it_is_never_public_is_said_before_anything_is_served(settings: Settings, clock: Clock) -> None:
    with pytest.raises(SettingsError, match="names 'extract'"):
        build(settings.model_copy(update={"public_pages": frozenset({"extract"})}), clock)


def test_a_user_without_a_force_owns_none() -> None:
    odd = User("odd", "force", None)
    assert not may_open(RULES["extract"], odd, None)
    assert not may_open(RULES["extract"], odd, "kent")


def test_templates_have_nothing_that_the_policy_forbids() -> None:
    texts = {path: path.read_text() for path in Path(PROJECT / "portal" / "templates").rglob("*.html")}
    assert len(texts) >= 5
    assert [path for path, text in texts.items() if re.search(r"<script|<style|\s(style|on\w+)=", text)] == []


def test_a_route_in_another_method_is_still_its_pages(app: Starlette) -> None:
    """The router finds it by its path and says so; who may not read the page is told nothing."""
    assert Browser(app).client.post("/national").status_code == 303
