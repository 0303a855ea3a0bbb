"""Every answer carries the headers, whichever part of the portal gives it; and caches keep what is public."""

import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from portal.access import guard
from tests.portal.access.conftest import HOST, Browser


def answers(app: Starlette) -> dict[str, httpx.Response]:
    """An answer from each place that gives one."""
    browser = Browser(app)
    browser.client = TestClient(
        app,
        base_url=HOST,
        follow_redirects=False,
        raise_server_exceptions=False,
        headers={"accept": "text/html"},
    )
    found = {
        "redirected": browser.get("/national"),
        "public": browser.get("/"),
        "static": browser.get("/static/base.html"),
        "not there": browser.get("/nothing"),
        "slash": browser.get("/national/"),
        "refused": browser.get("/forgotten"),
        "method": browser.client.delete("/national"),
        "token": browser.get("/national", headers={"authorization": "Bearer x"}),
        "signed in": browser.sign_in("lead"),
        "page": browser.get("/national"),
        "error": browser.get("/national/broken"),
        "no form": browser.client.post("/sign-out"),
        "too large": browser.send("/account/tokens", label="x" * guard.MAX_FORM),
    }
    codes = {303, 200, 404, 307, 403, 405, 401, 500, 413}
    assert {answer.status_code for answer in found.values()} == codes
    return found


def test_every_answer_says_what_browsers_may_do_with_it(app: Starlette) -> None:
    for place, answer in answers(app).items():
        said = answer.headers["content-security-policy"]
        assert len(said.split(";")) == 6, place  # none twice: of two, browsers take the first
        policy = dict(part.strip().split(" ", 1) for part in said.split(";"))
        assert policy == {
            "default-src": "'none'",
            "style-src": "'self'",
            "img-src": "'self' data:",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
        }, place
        assert answer.headers["x-content-type-options"] == "nosniff", place
        assert answer.headers["referrer-policy"] == "same-origin", place
        assert answer.headers["cross-origin-opener-policy"] == "same-origin", place
        assert re.match(r"max-age=\d{8}\b", answer.headers["strict-transport-security"]), place


def test_what_is_not_public_is_in_no_cache(app: Starlette) -> None:
    found = answers(app)
    public = {place for place, answer in found.items() if "cache-control" not in answer.headers}
    assert public == {"public", "static"}
    for place in found.keys() - public:
        assert found[place].headers["cache-control"] == "private, no-store", place
    assert "Cookie" in found["public"].headers["vary"]


def test_a_public_page_is_private_for_who_is_signed_in(browser: Browser) -> None:
    browser.sign_in("lead")
    assert browser.get("/").headers["cache-control"] == "private, no-store"


def test_a_page_with_a_form_is_private_for_it_holds_this_browsers_token(browser: Browser) -> None:
    for _ in range(2):  # with the cookie that it is tied to, and when the browser has that
        assert browser.get("/sign-in").headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("said", "heard"),
    [("private, max-age=60", "private, max-age=60"), ("public, max-age=60", "private, no-store")],
)
def test_a_page_may_say_how_long_but_not_that_it_is_public(app: Starlette, said: str, heard: str) -> None:
    async def cached(request: Request) -> Response:
        return PlainTextResponse("x", headers={"cache-control": said})

    app.add_route("/cached", cached, name="national:cached")
    browser = Browser(app)
    browser.sign_in("lead")
    assert browser.get("/cached").headers["cache-control"] == heard


def test_on_plain_http_nothing_is_said_of_https(app: Starlette) -> None:
    assert "strict-transport-security" not in Browser(app, "http://127.0.0.1:8000").get("/").headers


def test_an_error_is_answered_by_the_apps_own_page_and_still_raised(app: Starlette) -> None:
    async def sorry(request: Request, error: Exception) -> Response:
        return PlainTextResponse("our own page", 500)

    app.add_exception_handler(500, sorry)
    browser = Browser(app)
    browser.sign_in("lead")
    with pytest.raises(RuntimeError, match="broken"):
        browser.get("/national/broken")
    browser.client = TestClient(
        app, base_url=HOST, raise_server_exceptions=False, cookies=browser.client.cookies
    )
    answer = browser.get("/national/broken")
    assert (answer.text, answer.headers["x-content-type-options"]) == ("our own page", "nosniff")
