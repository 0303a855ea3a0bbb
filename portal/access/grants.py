"""What was given out to a browser or a script, and is shown again: sign-ins, tokens, known browsers.

Belongs here: making such a secret, whose it is, and until when. Each is a file named by the secret's sha256,
so that nothing in the data folder lets anyone in. Does not belong here: cookies and headers, in which they
travel (browser.py, guard.py).
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from pipelines.disk import write_whole
from pipelines.settings import Settings
from portal.access.rules import Role, User
from portal.access.users import find

Kind = Literal["session", "token", "browser"]

#: A sign-in lasts a working day. A token is renewed each quarter, so that one that leaked ends by itself. A
#: browser that someone signed in with is known for a year (why: attempts.py).
LASTS: dict[Kind, timedelta] = {
    "session": timedelta(hours=12),
    "token": timedelta(days=90),
    "browser": timedelta(days=365),
}
MAX_TOKENS = 10  # of a user
_TOKEN_PREFIX = "beatbook_"  # noqa: S105  # by which a token that leaked into a file is found


class Grant(msgspec.Struct, frozen=True):
    """What a secret is good for. `stamp` is that of the user's password; without one it is of somebody whom
    a directory signed in, and `role` and `force_id` are what it said of them."""

    name: str
    role: Role
    force_id: str | None
    stamp: str | None
    label: str  # what a token's owner calls it
    made_at_utc: datetime
    until_utc: datetime


def give(
    settings: Settings, kind: Kind, user: User, stamp: str | None, now: datetime, label: str = ""
) -> str:
    """A new secret of a user's, as random as 32 bytes are. Kept is its hash: nobody can be told it again."""
    _sweep(settings, kind, now)
    secret = (_TOKEN_PREFIX if kind == "token" else "") + secrets.token_urlsafe(32)
    grant = Grant(user.name, user.role, user.force_id, stamp, label, now, now + LASTS[kind])
    path = _folder(settings, kind) / f"{grant_id(secret)}.json"
    write_whole(path, msgspec.json.encode(grant), is_secret=True)
    return secret


def held(settings: Settings, kind: Kind, secret: str, now: datetime) -> Grant | None:
    """What a secret was given out for; None where it was not, has ended, or cannot be read."""
    grant = _read(_folder(settings, kind) / f"{grant_id(secret)}.json")
    return grant if grant and now < grant.until_utc else None


def user_of(settings: Settings, grant: Grant) -> User | None:
    """Whose it is, with the role that they have now; None where they were removed, or have had another
    password since."""
    if grant.stamp is None:
        return User(grant.name, grant.role, grant.force_id) if settings.oidc_issuer else None
    account = find(settings, grant.name)
    return account.user if account and account.stamp == grant.stamp else None


def tokens_of(settings: Settings, name: str, stamp: str | None, now: datetime) -> list[tuple[str, Grant]]:
    """The tokens that a user has made since their last password, each with its id, the newest first. A name
    of ours and the same name of a directory, which has no stamp, are two users."""
    found = [
        (path.stem, grant)
        for path, grant in _all(settings, "token")
        if (grant.name, grant.stamp) == (name, stamp) and now < grant.until_utc
    ]
    return sorted(found, key=lambda each: each[1].made_at_utc, reverse=True)


def end(settings: Settings, kind: Kind, secret: str) -> None:
    """Let a secret open nothing any more."""
    (_folder(settings, kind) / f"{grant_id(secret)}.json").unlink(missing_ok=True)


def end_token(settings: Settings, name: str, stamp: str | None, token_id: str, now: datetime) -> bool:
    """Revoke a token by its id, if it is the user's; says whether it was."""
    if token_id not in [each for each, _ in tokens_of(settings, name, stamp, now)]:
        return False
    (_folder(settings, "token") / f"{token_id}.json").unlink(missing_ok=True)
    return True


def end_all(settings: Settings, name: str) -> int:
    """End every sign-in and token of a name, also of somebody whom a directory signed in; says how many."""
    paths = [path for path, grant in _all(settings, "session", "token") if grant.name == name.strip().lower()]
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)


def grant_id(secret: str) -> str:
    """By what a secret is found. It needs no salt and no slow hash: nobody guesses 32 random bytes."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _sweep(settings: Settings, kind: Kind, now: datetime) -> None:
    for path, grant in _all(settings, kind):
        if grant.until_utc <= now:
            path.unlink(missing_ok=True)


def _all(settings: Settings, *kinds: Kind) -> Iterator[tuple[Path, Grant]]:
    for kind in kinds:
        for path in list(_folder(settings, kind).glob("*.json")):
            if grant := _read(path):
                yield path, grant


def _read(path: Path) -> Grant | None:
    with suppress(FileNotFoundError, msgspec.MsgspecError):
        return msgspec.json.decode(path.read_bytes(), type=Grant)
    return None


def _folder(settings: Settings, kind: Kind) -> Path:
    return settings.portal / f"{kind}s"
