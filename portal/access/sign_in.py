"""Signing in with a name and a password, and signing out.

Belongs here: these two. Does not belong here: what a user may change of their own (account.py), or signing in
by a directory (directory.py).
"""

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.access import browser, grants, users
from portal.access.attempts import Key, address_key
from portal.access.audit import What, audit, line_of, write
from portal.access.guard import Access
from portal.access.rules import User

_WRONG = "Name and password do not belong together."
_LOCKED = "There were too many attempts. Try again in a quarter of an hour."


async def form(request: Request) -> Response:
    """The form; whoever has signed in goes on."""
    wanted = browser.own_path(request.query_params.get("next"))
    if request.state.user is not None:
        return RedirectResponse(wanted, 303)
    return _form(request, wanted)


async def sign_in(request: Request) -> Response:
    """Check name and password. Whether there is such a name is in neither the answer nor its time."""
    access: Access = request.state.access
    name = browser.text(request, "name").strip().lower()[:100]
    wanted = browser.own_path(browser.text(request, "next"))
    keys = _keys(request, name)
    if not access.attempts.begin(keys, access.now()):
        _log(request, name, "sign_in_locked")
        return _form(request, wanted, _LOCKED, 429)
    password = browser.text(request, "password")
    account = await anyio.to_thread.run_sync(
        users.check, access.settings, name, password, limiter=access.hashing
    )
    if account is None:
        _log(request, name, "sign_in_failed")
        return _form(request, wanted, _WRONG, 403)
    access.attempts.succeeded(keys)
    return signed_in(request, account.user, account.stamp, wanted)


def signed_in(request: Request, user: User, stamp: str | None, wanted: str) -> Response:
    """Begin a new session, whatever the browser had before, and send the user on."""
    access: Access = request.state.access
    now = access.now()
    grants.end(access.settings, "session", browser.cookie(request, "session") or "")
    response = RedirectResponse(wanted, 303)
    secret = grants.give(access.settings, "session", user, stamp, now)
    browser.set_cookie(response, request, "session", secret, grants.LASTS["session"])
    browser.drop_cookie(response, request, "form")
    if _known_browser(request, user.name) is None:
        secret = grants.give(access.settings, "browser", user, stamp, now)
        browser.set_cookie(response, request, "browser", secret, grants.LASTS["browser"])
    write(access.settings, line_of(request, user, now, "signed_in"))
    return response


async def sign_out(request: Request) -> Response:
    """End the session where it is kept, so that a copy of the cookie opens nothing."""
    audit(request, "signed_out")
    grants.end(request.state.access.settings, "session", browser.cookie(request, "session") or "")
    response = RedirectResponse("/", 303)
    browser.drop_cookie(response, request, "session")
    return response


def _form(request: Request, wanted: str, problem: str = "", status: int = 200) -> Response:
    """The form, tied to this browser."""
    state = request.state
    secret = None if state.form_token else browser.new_form_secret()
    if secret:
        state.form_token = browser.form_token(secret)
    state.is_public = False
    about = {
        "wanted": wanted,
        "problem": problem,
        "has_directory": state.access.settings.oidc_issuer is not None,
    }
    response: Response = state.access.templates.TemplateResponse(
        request, "access/sign_in.html", about, status
    )
    if secret:
        browser.set_cookie(response, request, "form", secret, None)
    return response


def _keys(request: Request, name: str) -> list[Key]:
    """What an attempt counts for (why: attempts.py)."""
    if known := _known_browser(request, name):
        return [("browser", f"{name} {known}")]
    return [("name", name), address_key(request.client.host if request.client else "")]


def _known_browser(request: Request, name: str) -> str | None:
    """The id of this browser, if somebody has signed in with it by that name before."""
    access, secret = request.state.access, browser.cookie(request, "browser")
    grant = grants.held(access.settings, "browser", secret, access.now()) if secret else None
    return grants.grant_id(secret) if secret and grant and grant.name == name else None


def _log(request: Request, name: str, what: What) -> None:
    """Write down that it went wrong, with the name only if somebody has it: it may be a password."""
    access: Access = request.state.access
    account = users.find(access.settings, name)
    user = account.user if account else None
    write(access.settings, line_of(request, user, access.now(), what))
