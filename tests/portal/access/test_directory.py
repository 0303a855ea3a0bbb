"""An organisation's directory signs in whom it gives one of our roles, in the browser that was sent there."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from pipelines.settings import Settings, SettingsError
from portal import access
from portal.access.directory import NoRoleError, user_of
from tests.alerts.servers import serving
from tests.portal.access.conftest import PASSWORD, Browser, Clock, build
from tests.portal.access.issuer import CLIENT, OTHER_KEY, Issuer
from tests.portal.access.test_tokens import make, read


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with serving(Issuer()) as server:
        yield server


@pytest.fixture
def directed(settings: Settings, issuer: Issuer) -> Settings:
    return settings.model_copy(
        update={
            "oidc_issuer": issuer.url,
            "oidc_client_id": CLIENT[0],
            "oidc_client_secret": SecretStr(CLIENT[1]),
        }
    )


@pytest.fixture
def app(directed: Settings, clock: Clock) -> Starlette:
    return build(directed, clock)


def there(browser: Browser, wanted: str = "/national") -> str:
    answer = browser.get("/sign-in/directory", params={"next": wanted})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


def back(browser: Browser, location: str) -> httpx.Response:
    return browser.get(location.partition("portal.example")[2])


def sign_in(browser: Browser, issuer: Issuer, wanted: str = "/national") -> httpx.Response:
    return back(browser, issuer.visit(there(browser, wanted)))


def test_who_the_directory_knows_is_let_in_and_comes_to_what_they_asked_for(
    browser: Browser, issuer: Issuer
) -> None:
    assert "/sign-in/directory?next=/national" in browser.get("/sign-in?next=/national").text
    answer = sign_in(browser, issuer)
    assert (answer.status_code, answer.headers["location"]) == (303, "/national")
    assert browser.get("/national").json() == {"user": "a.lead@example.org", "force_id": None}
    assert not any("directory" in name for name in browser.cookies)


def test_a_force_reads_its_own(browser: Browser, issuer: Issuer) -> None:
    issuer.claims = {"roles": ["staff", "beatbook-force-kent"]}
    sign_in(browser, issuer)
    assert browser.get("/forces/kent/extract").status_code == 200
    assert browser.get("/forces/surrey/extract").status_code == 403


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"roles": None}, "gives you no role"),
        ({"roles": []}, "gives you no role"),
        ({"roles": "beatbook-lead"}, "gives you no role"),
        ({"roles": ["lead", 5]}, "gives you no role"),
        ({"roles": ["beatbook-lead", "beatbook-engineer"]}, "2 roles (beatbook-engineer, beatbook-lead)"),
        ({"roles": ["beatbook-force-kent", "beatbook-force-surrey"]}, "2 roles"),
        ({"roles": ["beatbook-force-kant"]}, "the force kant, and there is none"),
        ({"nonce": "another"}, "did not sign you in"),
        ({"nonce": None}, "did not sign you in"),
        ({"aud": "another"}, "did not sign you in"),
        ({"aud": "another", "azp": "beatbook"}, "did not sign you in"),
        ({"aud": None}, "did not sign you in"),
        ({"iss": "https://another.example"}, "did not sign you in"),
        ({"exp": 1_700_000_000}, "did not sign you in"),
        ({"exp": None}, "did not sign you in"),
        ({"sub": None}, "did not sign you in"),
    ],
)
def test_what_the_directory_says_has_to_be_right(
    browser: Browser, issuer: Issuer, claims: dict[str, Any], said: str
) -> None:
    issuer.claims |= claims
    answer = sign_in(browser, issuer)
    assert (answer.status_code, said in answer.text.replace("&#39;", "'")) == (403, True), answer.text
    assert not browser.is_signed_in()


def test_a_directory_is_the_one_that_was_set_whatever_it_says_of_itself(
    browser: Browser, issuer: Issuer
) -> None:
    issuer.named = "https://another.example"
    issuer.claims |= {"iss": issuer.named}
    assert sign_in(browser, issuer).status_code == 403


@pytest.mark.parametrize("how", ["another's key", "unsigned", "no token"])
def test_what_the_directory_did_not_sign_lets_nobody_in(browser: Browser, issuer: Issuer, how: str) -> None:
    if how == "another's key":
        issuer.key = OTHER_KEY
    elif how == "unsigned":
        issuer.algorithms = ["none"]
    else:
        issuer.has_token = False
    assert sign_in(browser, issuer).status_code == 403
    assert not browser.is_signed_in()


def test_only_the_browser_that_was_sent_there_comes_back(
    app: Starlette, browser: Browser, issuer: Issuer
) -> None:
    """Else somebody could be signed in, without noticing, as somebody else."""
    location = issuer.visit(there(browser))
    other = Browser(app)
    assert back(other, location).status_code == 403
    there(other)
    assert back(other, location).status_code == 403
    assert not other.is_signed_in()
    assert back(browser, location).status_code == 303


def test_coming_back_twice_is_once_too_often(browser: Browser, issuer: Issuer) -> None:
    location = issuer.visit(there(browser))
    cookies = dict(browser.cookies)
    assert back(browser, location).status_code == 303
    browser.client.cookies.clear()
    for name, value in cookies.items():
        browser.client.cookies.set(name, value, domain="portal.example")
    assert back(browser, location).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in/directory/done",
        "/sign-in/directory/done?code=x&state=x",
        "/sign-in/directory/done?error=access_denied",
    ],
)
@pytest.mark.parametrize("kept", [None, "x", "{}", '{"session": {}, "next": "/"}'])
def test_what_comes_from_nowhere_is_refused(browser: Browser, path: str, kept: str | None) -> None:
    if kept is not None:
        value = base64.urlsafe_b64encode(kept.encode()).decode()
        browser.client.cookies.set("__Host-beatbook_directory", value, domain="portal.example")
    assert browser.get(path).status_code == 403


def test_a_directory_that_does_not_answer_is_said(browser: Browser, issuer: Issuer) -> None:
    issuer.status = 503
    answer = browser.get("/sign-in/directory")
    assert (answer.status_code, "does not answer" in answer.text) == (502, True)
    issuer.status = 200
    location = issuer.visit(there(browser))
    issuer.status = 503
    assert back(browser, location).status_code == 502
    assert not browser.is_signed_in()


def test_a_long_way_to_go_fits_into_what_the_browser_keeps(browser: Browser, issuer: Issuer) -> None:
    wanted = "/national?" + "é" * 990
    assert sign_in(browser, issuer, wanted).headers["location"].startswith("/national?%C3%A9")


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_the_way_back_leads_to_no_other_host(browser: Browser, issuer: Issuer, wanted: str) -> None:
    assert sign_in(browser, issuer, wanted).headers["location"] == "/"


def test_it_is_a_sign_in_like_others(
    app: Starlette, browser: Browser, issuer: Issuer, directed: Settings, clock: Clock
) -> None:
    sign_in(browser, issuer)
    assert "New password" not in browser.get("/account").text
    new = PASSWORD + "!"
    assert browser.send("/account/password", old=PASSWORD, new=new, again=new).status_code == 400
    token = make(browser)
    assert read(app, token).json()["user"] == "a.lead@example.org"
    without = build(directed.model_copy(update={"oidc_issuer": None}), clock)
    assert read(without, token).status_code == 401
    clock.forward(hours=12)
    assert not browser.is_signed_in()
    text = (directed.portal / "audit" / "2026-11-09.jsonl").read_text()
    assert [json.loads(line)["what"] for line in text.splitlines()] == ["signed_in", "token_made"]


def test_the_same_name_there_and_here_are_two(browser: Browser, issuer: Issuer, app: Starlette) -> None:
    issuer.claims = {"preferred_username": "lead", "roles": ["beatbook-lead"]}
    sign_in(browser, issuer)
    make(browser, "the directory's")
    here = Browser(app)
    here.sign_in("lead")
    assert "the directory" not in here.get("/account").text
    assert "the directory" in browser.get("/account").text


def test_without_a_directory_there_is_no_way_there(settings: Settings, clock: Clock) -> None:
    browser = Browser(build(settings, clock))
    assert browser.get("/sign-in/directory").status_code == 404
    assert "/sign-in/directory" not in browser.get("/sign-in").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"oidc_client_id": None}, "BEATBOOK_OIDC_CLIENT_ID"),
        ({"oidc_client_secret": None}, "CLIENT_SECRET"),
        ({"oidc_issuer": "http://login.example.org"}, "by https alone"),
    ],
)
def test_a_directory_that_is_half_set_is_said(directed: Settings, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        access.routes(directed.model_copy(update=wrong))


def test_a_name_is_the_subject_where_there_is_no_other() -> None:
    assert user_of({"sub": "4711", "roles": ["beatbook-engineer"]}).name == "4711"
    with pytest.raises(NoRoleError):
        user_of({"sub": "4711", "groups": ["beatbook-engineer"]})
