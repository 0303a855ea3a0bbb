"""A token lets a script read what its owner may read, until it is revoked or ends."""

import httpx
import pytest
from starlette.applications import Starlette

from pipelines.settings import Settings
from portal.access import grants, users
from tests.portal.access.conftest import PASSWORD, Browser, Clock


def make(browser: Browser, label: str = "the weekly report") -> str:
    text = browser.send("/account/tokens", label=label).text
    return text.partition("It is shown this once: <code>")[2].partition("</code>")[0]


def read(app: Starlette, token: str, path: str = "/national", method: str = "GET") -> httpx.Response:
    headers = {"authorization": f"Bearer {token}", "accept": "*/*"}
    return Browser(app).client.request(method, path, headers=headers)


@pytest.fixture
def kent(browser: Browser) -> Browser:
    browser.sign_in("kent")
    return browser


def test_a_token_reads_as_its_owner_would(app: Starlette, kent: Browser) -> None:
    token = make(kent)
    assert token.startswith("beatbook_")
    assert read(app, token).json() == {"user": "kent", "force_id": "kent"}
    assert read(app, token, method="HEAD").status_code == 200
    assert read(app, token, "/forces/kent/extract").status_code == 200
    assert read(app, token, "/forces/surrey/extract").status_code == 403


def test_it_is_shown_once_and_kept_as_a_hash(app: Starlette, kent: Browser, settings: Settings) -> None:
    token = make(kent, "the <b>weekly</b>  report")
    shown = kent.get("/account").text
    assert token not in shown
    assert "the &lt;b&gt;weekly&lt;/b&gt; report" in shown
    kept = b"".join(path.read_bytes() for path in settings.home.rglob("*") if path.is_file())
    assert token.encode() not in kept
    assert read(app, grants.grant_id(token)).status_code == 401


@pytest.mark.parametrize("path", ["/account", "/users", "/forces/kent/upload"])
def test_pages_for_people_do_not_open(app: Starlette, browser: Browser, path: str) -> None:
    browser.sign_in("engineer" if path == "/users" else "kent")
    answer = read(app, make(browser), path)
    assert (answer.status_code, "for people" in answer.text) == (403, True)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/account/tokens", "/forces/kent/upload"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_changes_nothing_even_with_the_owners_cookies(kent: Browser, path: str, method: str) -> None:
    token = make(kent)
    fields = {"form_token": kent.form_token("/account")}
    headers = {"authorization": f"bearer {token}"}
    answer = kent.client.request(method, path, data=fields, headers=headers)
    said = (403, "reads, and changes nothing") if method == "POST" else (405, "is read, and takes forms")
    assert (answer.status_code, said[1] in answer.text) == (said[0], True)
    assert kent.is_signed_in()


@pytest.mark.parametrize("token", ["", "x", "beatbook_x", "../users", "beatbook_" + "a" * 43])
def test_what_is_no_token_is_refused_also_where_anyone_may_read(app: Starlette, token: str) -> None:
    for path in ("/national", "/", "/nothing"):
        answer = read(app, token, path)
        assert (answer.status_code, "invalid_token" in answer.headers["www-authenticate"]) == (401, True)


def test_a_session_is_no_token(app: Starlette, kent: Browser) -> None:
    assert read(app, kent.cookies["__Host-beatbook_session"]).status_code == 401


def test_it_is_revoked_by_its_owner_and_no_other(app: Starlette, kent: Browser) -> None:
    token = make(kent)
    path = f"/account/tokens/{grants.grant_id(token)}/revoke"
    lead = Browser(app)
    lead.sign_in("lead")
    assert lead.send(path).status_code == 404
    assert read(app, token).status_code == 200
    assert path in kent.get("/account").text
    assert kent.send(path).status_code == 303
    assert read(app, token).status_code == 401


@pytest.mark.parametrize("how", ["time", "password", "removed", "signed out by an engineer"])
def test_it_ends(app: Starlette, kent: Browser, settings: Settings, clock: Clock, how: str) -> None:
    token = make(kent)
    clock.forward(days=89)
    assert read(app, token).status_code == 200
    if how == "time":
        clock.forward(days=1)
    elif how == "password":
        users.set_password(settings, "kent", PASSWORD + "!")
    elif how == "removed":
        users.remove(settings, "kent")
        users.add(settings, "kent", "force", "kent", PASSWORD)
    else:
        assert grants.end_all(settings, " Kent ") == 2
        assert not kent.is_signed_in()
    assert read(app, token).status_code == 401


def test_what_has_ended_is_removed_with_the_next(kent: Browser, settings: Settings, clock: Clock) -> None:
    make(kent)
    clock.forward(days=91)
    kent.sign_in("kent")
    make(kent)
    assert len(list((settings.portal / "tokens").iterdir())) == 1
    assert len(list((settings.portal / "sessions").iterdir())) == 1


def test_it_is_called_something_and_there_are_ten_at_most(kent: Browser) -> None:
    assert kent.send("/account/tokens", label=" ").status_code == 400
    assert all(make(kent) for _ in range(grants.MAX_TOKENS))
    answer = kent.send("/account/tokens", label="one more")
    assert (answer.status_code, "revoke one" in answer.text) == (400, True)


def test_a_damaged_file_lets_nobody_in(app: Starlette, kent: Browser, settings: Settings) -> None:
    token = make(kent)
    (path,) = (settings.portal / "tokens").iterdir()
    path.write_bytes(path.read_bytes()[:-5])
    assert read(app, token).status_code == 401
    assert grants.tokens_of(settings, "kent", users.users(settings)[1].stamp, Clock().now) == []
