"""Only the portal's own pages, in the user's own browser, change anything; and no form is too large."""

import pytest
from starlette.applications import Starlette

from pipelines.settings import Settings
from portal.access import grants, guard
from tests.portal.access.conftest import HOST, PASSWORD, Browser, Clock

FORMS = ["/sign-out", "/account/password", "/account/tokens", "/account/tokens/x/revoke"]


def upload(browser: Browser, content: bytes, **more: str) -> int:
    fields = {"form_token": browser.form_token("/account"), **more}
    path = "/forces/kent/upload"
    return browser.client.post(path, data=fields, files={"file": ("may.csv", content)}).status_code


@pytest.mark.parametrize("path", [*FORMS, "/forces/kent/upload"])
@pytest.mark.parametrize("sent", [None, "", "x", "another's", "é"])
def test_a_form_without_the_browsers_own_token_does_nothing(
    app: Starlette, path: str, sent: str | None
) -> None:
    browser, other = Browser(app), Browser(app)
    browser.sign_in("kent")
    other.sign_in("kent")
    token = other.form_token("/account") if sent == "another's" else sent
    answer = browser.client.post(path, data={} if token is None else {"form_token": token, "label": "x"})
    assert (answer.status_code, "too old" in answer.text) == (403, True)
    assert browser.is_signed_in()
    assert "<table>" not in browser.get("/account").text, "a token was made"


def test_signing_in_needs_the_token_of_its_form_too(app: Starlette) -> None:
    """So that nobody is signed in, by another site, as somebody else."""
    browser, other = Browser(app), Browser(app)
    fields = {"name": "kent", "password": PASSWORD}
    assert browser.client.post("/sign-in", data=fields).status_code == 403
    browser.get("/sign-in")
    stolen = {**fields, "form_token": other.form_token("/sign-in")}
    assert browser.client.post("/sign-in", data=stolen).status_code == 403
    assert not browser.is_signed_in()
    own = {**fields, "form_token": browser.form_token("/sign-in")}
    assert browser.client.post("/sign-in", data=own).status_code == 303


def test_the_token_of_a_form_from_before_signing_in_is_good_for_nothing_after(browser: Browser) -> None:
    before = browser.form_token("/sign-in")
    browser.sign_in("kent")
    assert browser.client.post("/sign-out", data={"form_token": before}).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (HOST, 303),
        (HOST.upper(), 303),
        ("https://evil.example", 403),
        ("https://portal.example.evil.example", 403),
        ("https://portal.example:8443", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_a_form_that_stood_on_another_site_is_refused_whatever_it_holds(
    browser: Browser, origin: str, status: int
) -> None:
    browser.sign_in("kent")
    token = browser.form_token("/account")
    answer = browser.client.post("/sign-out", data={"form_token": token}, headers={"origin": origin})
    assert answer.status_code == status


@pytest.mark.parametrize("path", FORMS)
def test_reading_changes_nothing(browser: Browser, path: str) -> None:
    browser.sign_in("kent")
    assert browser.get(path).status_code == 405
    assert browser.is_signed_in()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_but_reading_and_forms_is_taken(browser: Browser, method: str) -> None:
    browser.sign_in("kent")
    answer = browser.client.request(method, "/national")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


def test_a_file_reaches_its_page_with_the_form_that_was_checked(browser: Browser) -> None:
    browser.sign_in("kent")
    answer = browser.client.post(
        "/forces/kent/upload",
        data={"form_token": browser.form_token("/account")},
        files={"file": ("may.csv", b"x" * 3_000_000)},
    )
    assert (answer.status_code, answer.json()) == (200, {"bytes": 3_000_000})


def test_a_form_is_no_larger_than_forms_are_and_an_upload_than_returns(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MAX_UPLOAD", 200_000)
    browser.sign_in("kent")
    assert browser.send("/account/tokens", label="x" * guard.MAX_FORM).status_code == 413
    assert upload(browser, b"x" * 199_000) == 200
    assert upload(browser, b"x" * 201_000) == 413


def test_a_body_that_does_not_say_how_long_it_is_is_measured(browser: Browser) -> None:
    browser.sign_in("kent")
    kind = {"content-type": "application/x-www-form-urlencoded"}
    body = (b"x" * 1000 for _ in range(100))
    assert browser.client.post("/sign-out", content=body, headers=kind).status_code == 413


def test_who_may_not_upload_is_refused_before_anything_is_read(browser: Browser) -> None:
    read = []

    def body() -> object:
        read.append(1)
        yield b"x"

    browser.sign_in("lead")
    kind = {"content-type": "multipart/form-data; boundary=b"}
    answer = browser.client.post("/forces/kent/upload", content=body(), headers=kind)
    assert "not for users of the role lead" in answer.text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=b", b"--b\r\nno header"),
        ("multipart/form-data", b"--b"),
        ("application/json", b'{"form_token": "x"}'),
        ("text/plain", b"form_token=x"),
        ("application/x-www-form-urlencoded", b"%ff=%ff&form_token=%ff"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(60))),
    ],
)
def test_what_is_no_form_is_refused(browser: Browser, kind: str, body: bytes) -> None:
    browser.sign_in("kent")
    answer = browser.client.post("/sign-out", content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 403)
    assert browser.is_signed_in()


def test_two_files_are_one_too_many(browser: Browser) -> None:
    browser.sign_in("kent")
    files = [("file", ("a.csv", b"a")), ("other", ("b.csv", b"b"))]
    fields = {"form_token": browser.form_token("/account")}
    assert browser.client.post("/forces/kent/upload", data=fields, files=files).status_code == 400


def test_a_form_token_tells_nothing_of_the_cookie(browser: Browser, settings: Settings, clock: Clock) -> None:
    browser.sign_in("kent")
    secret = browser.cookies["__Host-beatbook_session"]
    token = browser.form_token("/account")
    assert token not in (secret, grants.grant_id(secret))
    assert grants.held(settings, "session", token, clock()) is None
    assert grants.held(settings, "session", secret, clock()) is not None
