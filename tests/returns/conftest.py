"""A small register, and ways to write a return. Forces are real; accounts are stand-ins."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pipelines.returns import Options, Return, read_return
from pipelines.sources.account_pull import keyed_hash

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
FORCES = frozenset({"kent", "essex", "avon-and-somerset"})
PLATFORMS = frozenset({"x", "facebook", "nextdoor"})


@dataclass(frozen=True)
class Account:
    account_id: str
    force_id: str


ACCOUNTS = {
    ("x", "forcea"): Account("kent-x", "kent"),
    ("facebook", "forcea"): Account("kent-facebook", "kent"),
    ("x", "café"): Account("kent-cafe", "kent"),
    ("x", "101"): Account("kent-101", "kent"),
    ("x", "forceb"): Account("essex-x", "essex"),
}


def find_account(platform: str, handle: str) -> Account | None:
    return ACCOUNTS.get((platform, handle.lower()))


def hash_author(platform: str, author: str) -> str:
    return keyed_hash(b"a key for tests", platform, author)


@pytest.fixture(scope="session")
def read() -> Callable[..., Return]:
    return lambda path, **said: read_return(
        path, find_account, FORCES, PLATFORMS, now=NOW, hash_author=hash_author, options=Options(**said)
    )


@pytest.fixture(scope="session")
def read_bytes(
    read: Callable[..., Return], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Return]:
    path = tmp_path_factory.mktemp("returns") / "return.csv"

    def from_bytes(data: bytes, **said: object) -> Return:
        path.write_bytes(data)
        return read(path, **said)

    return from_bytes


@pytest.fixture(scope="session")
def read_text(read_bytes: Callable[..., Return]) -> Callable[..., Return]:
    return lambda text, **said: read_bytes(text.encode(), **said)
