"""What signed-in users have of their own: password and tokens; and who has access, for engineers.

Belongs here: these pages. Does not belong here: giving and taking access, which `beatbook users` does.
"""

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from portal.access import browser, grants, sign_in, users
from portal.access.audit import audit
from portal.access.guard import Access

MAX_LABEL = 80  # characters of what a token is called


async def account(request: Request) -> Response:
    """Who one is, with the forms for password and tokens."""
    return _page(request)


async def password(request: Request) -> Response:
    """Change one's own password: every other sign-in and every token ends."""
    access: Access = request.state.access
    name = request.state.user.name
    if request.state.grant.stamp is None:
        return _page(request, "Your password is kept by your own directory: change it there.", 400)
    new = browser.text(request, "new")
    if new != browser.text(request, "again"):
        return _page(request, "The two new passwords differ.", 400)
    keys = [("password", name)]
    if not access.attempts.begin(keys, access.now()):
        return _page(request, "There were too many attempts. Try again in a quarter of an hour.", 429)
    try:
        changed = await anyio.to_thread.run_sync(
            _change, access, name, browser.text(request, "old"), new, limiter=access.hashing
        )
    except users.UserError as error:
        said = str(error)
        return _page(request, f"{said[:1].upper()}{said[1:]}.", 400)
    if changed is None:
        return _page(request, "That is not your present password.", 403)
    access.attempts.succeeded(keys)
    audit(request, "password_changed")
    return sign_in.signed_in(request, changed.user, changed.stamp, "/account")


def _change(access: Access, name: str, old: str, new: str) -> users.Account | None:
    if users.check(access.settings, name, old) is None:
        return None
    return users.set_password(access.settings, name, new)


async def make_token(request: Request) -> Response:
    """Make a token, and show it: this once."""
    access: Access = request.state.access
    settings, grant, now = access.settings, request.state.grant, access.now()
    label = " ".join(browser.text(request, "label").split())[:MAX_LABEL]
    if not label:
        return _page(request, "Say what the token is for.", 400)
    if len(grants.tokens_of(settings, grant.name, grant.stamp, now)) >= grants.MAX_TOKENS:
        return _page(request, f"You have {grants.MAX_TOKENS} tokens: revoke one that is not used.", 400)
    token = grants.give(settings, "token", request.state.user, grant.stamp, now, label)
    audit(request, "token_made", detail=label)
    return _page(request, token=token)


async def revoke_token(request: Request) -> Response:
    """Revoke one of one's own tokens."""
    access: Access = request.state.access
    token_id = request.path_params["token_id"]
    grant = request.state.grant
    if not grants.end_token(access.settings, grant.name, grant.stamp, token_id, access.now()):
        return _page(request, "You have no such token.", 404)
    audit(request, "token_revoked", detail=token_id[:8])
    return RedirectResponse("/account", 303)


async def all_users(request: Request) -> Response:
    """Who may sign in with a password of ours, and as what."""
    access: Access = request.state.access
    rows = users.users(access.settings)
    response: Response = access.templates.TemplateResponse(request, "access/users.html", {"users": rows})
    return response


def _page(request: Request, problem: str = "", status: int = 200, token: str | None = None) -> Response:
    access: Access = request.state.access
    grant = request.state.grant
    about = {
        "problem": problem,
        "token": token,
        "tokens": grants.tokens_of(access.settings, grant.name, grant.stamp, access.now()),
        "has_password": grant.stamp is not None,
        "min_password": users.MIN_PASSWORD,
        "token_days": grants.LASTS["token"].days,
    }
    response: Response = access.templates.TemplateResponse(request, "access/account.html", about, status)
    return response
