"""What a browser is given to keep, how its forms prove where they come from, and where it may be sent next.

Belongs here: cookies, the token in each form, the Origin header, paths after signing in. Does not belong
here: what the secrets in cookies are good for (grants.py).
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

#: session: a sign-in. form: what a form is tied to before that. browser: that somebody signed in with it.
#: directory: on the way to a directory and back.
Cookie = Literal["session", "form", "browser", "directory"]
FORM_FIELD = "form_token"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def cookie_name(request: HTTPConnection, cookie: Cookie) -> str:
    """`__Host-` makes a browser take it from this very host alone, by https, and no neighbouring site can
    plant one. On loopback there is no https. Behind a proxy that hides https, the browser still has it."""
    return f"beatbook_{cookie}" if _is_plain(request) else f"__Host-beatbook_{cookie}"


def cookie(request: HTTPConnection, which: Cookie, longest: int = 100) -> str | None:
    """What the browser sent; None where it sent none, or more than any of ours has."""
    value = request.cookies.get(cookie_name(request, which))
    return value if value and len(value) <= longest else None


def set_cookie(
    response: Response, request: HTTPConnection, which: Cookie, value: str, lasts: timedelta | None
) -> None:
    """Give the browser something to keep, until it is closed where `lasts` is None."""
    response.set_cookie(
        cookie_name(request, which),
        value,
        max_age=None if lasts is None else int(lasts.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=not _is_plain(request),
    )


def drop_cookie(response: Response, request: HTTPConnection, which: Cookie) -> None:
    """Let the browser forget it."""
    response.delete_cookie(
        cookie_name(request, which), httponly=True, samesite="lax", secure=not _is_plain(request)
    )


def _is_plain(request: HTTPConnection) -> bool:
    return request.url.scheme == "http" and request.url.hostname in LOOPBACK


def new_form_secret() -> str:
    """What forms are tied to while nobody is signed in."""
    return secrets.token_urlsafe(32)


def form_token(secret: str) -> str:
    """What each form of a browser carries: made of a secret in its cookie, which another site cannot read,
    and of which the token gives nothing away."""
    return hmac.digest(secret.encode(), b"form", hashlib.sha256).hex()


def is_own_form(request: HTTPConnection, sent: object) -> bool:
    """Whether a form carries the token that this browser was given."""
    token = request.state.form_token
    return bool(token) and isinstance(sent, str) and hmac.compare_digest(token.encode(), sent.encode())


def text(request: Request, name: str) -> str:
    """What was written into a field of the form that was sent; empty where there is none."""
    value = request.state.form.get(name)
    return value if isinstance(value, str) else ""


def is_own_origin(request: HTTPConnection) -> bool:
    """Whether the page that a form stood on was ours, where the browser says so. `null` is none of ours."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()


def own_path(wanted: object) -> str:
    """Where to go after signing in: a path of the portal, else its front. Browsers take `//` and a backslash
    for the beginning of another host, and leave out tabs and line ends. A cookie has to hold it."""
    if not isinstance(wanted, str) or not wanted.startswith("/") or wanted[1:2] in ("/", "\\"):
        return "/"
    is_plain = "\\" not in wanted and wanted.isprintable() and len(wanted) <= 1000
    return wanted if is_plain else "/"
