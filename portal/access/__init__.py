"""Who signs in to the portal, and who may read which page of it. docs/access.md says it for people.

Here: what the app joins in: routes, middleware, and what its pages call. Rules in rules.py; users, what was
given out to them, and attempts in users.py, grants.py and attempts.py; somebody else's directory in
directory.py; what is decided before a page runs in guard.py. Not here: pages over releases.
"""

from collections.abc import Callable
from datetime import datetime

from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from pipelines.settings import Settings
from portal.access import account, sign_in
from portal.access.audit import audit
from portal.access.demonstration import demonstration
from portal.access.guard import Access, Guard, clock
from portal.access.headers import Headers
from portal.access.rules import User, rules_with

__all__ = ["Access", "User", "audit", "demonstration", "middleware", "routes"]


def routes(settings: Settings) -> list[Route]:
    """Signing in and out, one's own password and tokens, and the list of users.

    Raises:
        SettingsError: what is set of a directory is not enough.
    """
    found = [
        Route("/sign-in", sign_in.form, name="sign_in"),
        Route("/sign-in", sign_in.sign_in, methods=["POST"], name="sign_in:check"),
        Route("/sign-out", sign_in.sign_out, methods=["POST"], name="account:sign_out"),
        Route("/account", account.account, name="account"),
        Route("/account/password", account.password, methods=["POST"], name="account:password"),
        Route("/account/tokens", account.make_token, methods=["POST"], name="account:tokens"),
        Route(
            "/account/tokens/{token_id}/revoke",
            account.revoke_token,
            methods=["POST"],
            name="account:revoke",
        ),
        Route("/users", account.all_users, name="users"),
    ]
    if settings.oidc_issuer is not None:
        from portal.access.directory import Directory  # noqa: PLC0415  # few have one

        directory = Directory(settings)
        found += [
            Route("/sign-in/directory", directory.start, name="sign_in:directory"),
            Route("/sign-in/directory/done", directory.done, name="sign_in:done"),
        ]
    return found


def middleware(
    settings: Settings, templates: Jinja2Templates, now: Callable[[], datetime] = clock
) -> list[Middleware]:
    """The headers of every answer, and the decision who may read which page. First of the app's middleware.

    `templates`: the app's own, so that the pages here stand in its frame. `now`: the time, UTC.

    Raises:
        SettingsError: BEATBOOK_PUBLIC_PAGES names what cannot be public.
    """
    rules = rules_with(settings.public_pages)
    return [Middleware(Headers), Middleware(Guard, access=Access(settings, templates, now), rules=rules)]
