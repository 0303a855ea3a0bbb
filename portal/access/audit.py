"""Who did what in the portal: one line of JSON each, a file a day (UTC), added to and never changed.

Belongs here: writing such a line. Does not belong here: anything that lets someone in; a line has no
password, token or cookie.
"""

import os
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

import msgspec
from starlette.requests import HTTPConnection

from pipelines.settings import Settings
from portal.access.rules import User

What = Literal[
    "signed_in",
    "sign_in_failed",
    "sign_in_locked",
    "signed_out",
    "password_changed",
    "token_made",
    "token_revoked",
    "refused",
    "download",
    "upload",
    "query",
    "answer",
    "note",
]


@dataclass(frozen=True)
class Line:
    """One thing that was done. `user` is None where nobody is known by the name that was given: it may be a
    password in the wrong field."""

    at_utc: datetime
    user: str | None
    role: str | None
    address: str | None
    what: What
    release: str | None = None
    detail: str | None = None  # the file, the page, or what a token is called


def audit(
    request: HTTPConnection, what: What, *, release: str | None = None, detail: str | None = None
) -> None:
    """Write down what the user of a request does. Pages call it for each download and upload, with the
    release and the file's name."""
    state = request.state
    write(state.access.settings, line_of(request, state.user, state.access.now(), what, release, detail))


def line_of(
    request: HTTPConnection,
    user: User | None,
    now: datetime,
    what: What,
    release: str | None = None,
    detail: str | None = None,
) -> Line:
    """The line of what a user does from where the request comes from."""
    address = request.client.host if request.client else None
    name, role = (user.name, user.role) if user else (None, None)
    return Line(now, name, role, address, what, release, detail)


def write(settings: Settings, line: Line) -> None:
    """Add a line to the file of its day: in one write, so that two never mix."""
    folder = settings.portal / "audit"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{line.at_utc.date().isoformat()}.jsonl"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, msgspec.json.encode(asdict(line)) + b"\n")
    finally:
        os.close(handle)
