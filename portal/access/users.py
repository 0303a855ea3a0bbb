"""The portal's own users: names, roles, and argon2 hashes of passwords, in one file of the data folder.

Belongs here: keeping them, and checking a password. Does not belong here: who may do what (rules.py), what a
browser or script holds (grants.py), or how often one may try (attempts.py).
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipelines.disk import write_whole
from pipelines.landing.locks import locked
from pipelines.registry.register import Force
from pipelines.registry.seed_rows import read_rows
from pipelines.settings import SEEDS, Settings, SettingsError
from portal.access.rules import ROLES, Role, User

#: Argon2id as the library recommends it (RFC 9106's second choice: 64 MiB, three passes).
HASHER = PasswordHasher()
MIN_PASSWORD = 12  # characters
MAX_PASSWORD = 1_000  # what is hashed costs time
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


class UserError(Exception):
    """A user cannot be what was asked for; the message is a sentence for a person."""


class Account(msgspec.Struct, frozen=True):
    """A user as kept. `stamp` is new with each password: what was given out under another is over."""

    name: str
    role: Role
    force_id: str | None
    password_hash: str
    stamp: str
    made_at_utc: datetime

    @property
    def user(self) -> User:
        """What pages are given."""
        return User(self.name, self.role, self.force_id)


def users(settings: Settings) -> list[Account]:
    """Every user, by name.

    Raises:
        SettingsError: the file cannot be read.
    """
    path = settings.portal / "users.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Account])
    except FileNotFoundError:
        return []
    except msgspec.MsgspecError as error:
        raise SettingsError(f"{path} is no list of users ({error}): put it right, or remove it") from error


def find(settings: Settings, name: str) -> Account | None:
    """The user of that name, in any case; None where there is none."""
    return next((user for user in users(settings) if user.name == name.strip().lower()), None)


def add(settings: Settings, name: str, role: Role, force_id: str | None, password: str) -> Account:
    """Keep a new user.

    Raises:
        UserError: the name is taken or no name, there is no such force, a force is missing or one too many,
            or the password is too short or too long.
    """
    name = name.strip().lower()
    if not _NAME.fullmatch(name):
        raise UserError(f"{name!r} is no name: letters, digits and . _ @ - are, 64 of them at most")
    if (role == "force") != (force_id is not None):
        raise UserError("a user of the role force has a force, and no other user has one")
    if force_id is not None and force_id not in forces():
        raise UserError(f"there is no force {force_id!r}; dbt/seeds/forces.csv has their ids")
    account = Account(name, role, force_id, _hash(password), secrets.token_hex(16), datetime.now(UTC))
    with _changing(settings) as kept:
        if name in kept:
            raise UserError(f"there is a user {name} already")
        kept[name] = account
    return account


def role_of(written: str) -> Role:
    """The role that somebody wrote.

    Raises:
        UserError: there is none of that name.
    """
    for role in ROLES:
        if role == written:
            return role
    raise UserError(f"there is no role {written!r}; there are: {', '.join(ROLES)}")


def remove(settings: Settings, name: str) -> None:
    """Forget a user: every sign-in and token of theirs ends.

    Raises:
        UserError: there is no such user.
    """
    with _changing(settings) as kept:
        del kept[_known(kept, name)]


def set_password(settings: Settings, name: str, password: str) -> Account:
    """Give a user another password: every sign-in and token that there is ends.

    Raises:
        UserError: there is no such user, or the password is too short or too long.
    """
    password_hash = _hash(password)
    with _changing(settings) as kept:
        account = msgspec.structs.replace(
            kept[_known(kept, name)], password_hash=password_hash, stamp=secrets.token_hex(16)
        )
        kept[account.name] = account
    return account


def check(settings: Settings, name: str, password: str) -> Account | None:
    """The user whose name and password these are. As much work for a name that nobody has: the time that
    an answer takes says nothing."""
    account = find(settings, name)
    nobody = _nobody(HASHER)
    try:
        HASHER.verify(account.password_hash if account else nobody, password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    return account


@cache
def _nobody(hasher: PasswordHasher) -> str:
    """The hash of a password that nobody knows."""
    return hasher.hash(secrets.token_hex())


def _hash(password: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UserError(
            f"a password has {MIN_PASSWORD} characters or more, and {MAX_PASSWORD} at most; "
            "three words that do not belong together are a good one"
        )
    return HASHER.hash(password)


def _known(kept: dict[str, Account], name: str) -> str:
    if (name := name.strip().lower()) not in kept:
        raise UserError(f"there is no user {name}")
    return name


@contextmanager
def _changing(settings: Settings) -> Iterator[dict[str, Account]]:
    """The users by name; what is in it at the end is kept. One at a time, also across processes."""
    with locked(settings.locks / "users"):
        kept = {user.name: user for user in users(settings)}
        yield kept
        content = msgspec.json.format(msgspec.json.encode([kept[name] for name in sorted(kept)]))
        write_whole(settings.portal / "users.json", content, is_secret=True)


@cache
def forces() -> frozenset[str]:
    """The ids of all forces."""
    return frozenset(force.force_id for _, force in read_rows(SEEDS / "forces.csv", Force))
