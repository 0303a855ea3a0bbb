"""Pulling from the sandbox in process, and the sandbox's own answer sheet to hold the rows against."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from pipelines.registry import Account, Register, load
from pipelines.settings import SEEDS
from pipelines.sources.account_pull import AccountPull, Context
from pipelines.sources.catalogue import source
from pipelines.sources.client import Budget, Client
from sandbox import clock, register
from sandbox.app import create_app
from sandbox.limits import Limits
from sandbox.truth import truth
from sandbox.world import World, world

pytest.register_assert_rewrite("tests.sources.conformance")

END = datetime(2026, 11, 9, 5, 30, tzinfo=UTC)
SECRET = b"a secret of this test"
TOKEN = "s3cret-key"
Answer = Callable[[httpx.Request], httpx.Response | None]


class InProcess(httpx.AsyncBaseTransport):
    """The sandbox without a socket. `instead` may answer in its place; `asked` is what it was asked."""

    def __init__(self, faults: Iterable[str], limits: Limits | None, instead: Answer, seed: int = 7) -> None:
        self._app = httpx.ASGITransport(create_app(seed, faults, limits))
        self._instead = instead
        self.asked: list[httpx.URL] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url)
        answer = self._instead(request)
        if answer is not None:
            return answer
        try:
            return await self._app.handle_async_request(request)
        except ConnectionResetError as error:  # what a client sees of it over a socket
            raise httpx.RemoteProtocolError("peer closed connection") from error


@dataclass
class Pulled:
    """What a pull brought, by account."""

    by_id: dict[str, AccountPull]
    asked: list[httpx.URL]
    done: list[str]
    slept: list[float]

    def rows(self, account_id: str, entity: str) -> list[dict[str, Any]]:
        return self.by_id[account_id].rows[entity]

    def entities(self, account_id: str) -> list[str]:
        """The entities that were asked, in order."""
        return [row["entity"] for row in self.by_id[account_id].log]

    def said(self, account_id: str, entity: str = "profiles") -> tuple[str, str]:
        """(status, reason) in the account's log."""
        row = self.log(account_id, entity)
        return row["status"], row["reason"]

    def log(self, account_id: str, entity: str = "profiles") -> dict[str, Any]:
        return next(row for row in self.by_id[account_id].log if row["entity"] == entity)

    def calls(self, name: str) -> list[httpx.URL]:
        """The questions whose path ends in `name`."""
        return [url for url in self.asked if url.path.endswith(name)]


@dataclass
class Sandbox:
    """Pulls accounts of the invented register from an application of its own."""

    register: Register
    view: World = field(default_factory=lambda: world(7))

    def account(self, account_id: str, **changed: Any) -> Account:
        return msgspec.structs.replace(self.register.accounts[account_id], **changed)

    def pull(
        self,
        platform: str,
        accounts: Iterable[str | Account],
        *,
        faults: Iterable[str] = (),
        limits: Limits | None = None,
        budget: Budget | None = None,
        instead: Answer = lambda _: None,
        now: datetime = END,
        secret: bytes = SECRET,
    ) -> Pulled:
        module = source(platform)
        asked = module.platform("http://sandbox" + module.SANDBOX_PATH, TOKEN)
        asked.headers = {"Sandbox-Now": now.isoformat()}
        transport = InProcess(faults, limits, instead)
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        done: list[str] = []

        async def go() -> list[AccountPull]:
            client = Client(asked, now=lambda: now, budget=budget, transport=transport, sleep=sleep)
            async with client:
                context = Context(client, secret)
                return await module.pull(context, chosen, lambda pull: done.append(pull.account.account_id))

        chosen = [self.account(a) if isinstance(a, str) else a for a in accounts]
        pulls = asyncio.run(go())
        return Pulled({p.account.account_id: p for p in pulls}, transport.asked, done, slept)

    def truth(self, account_id: str, now: datetime = END) -> dict[str, Any]:
        """The answer sheet of one account."""
        account = self.register.accounts[account_id]
        at = clock.ms(now.isoformat())
        accounts = truth(7, at, account.force_id, account.platform)["accounts"]
        return next(a for a in accounts if a["account_id"] == account_id)

    def people(self, account_id: str, now: datetime = END) -> dict[str, int]:
        """message id → the number of the invented person who wrote it, -1 where it was the force."""
        account = self.view.nation.by_id[account_id]
        at = clock.ms(now.isoformat())
        posts = self.view.timeline(account).back(at)
        young = (p for p in posts if p.kind == "post" and at - p.seen < 9 * clock.DAY)
        return {m.message_id: m.person for p in young for m in self.view.said(p, at)}


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """The invented nation, healthy; faults are given to each pull."""
    folder = tmp_path_factory.mktemp("register")
    (folder / "accounts.csv").write_text(register.accounts_csv(7))
    (folder / "account_events.csv").write_text(register.account_events_csv(7))
    return Sandbox(load(folder, SEEDS))


@pytest.fixture(scope="session")
def naive() -> Callable[[str | None], datetime | None]:
    """A moment of the answer sheet as landing stores it."""

    def parse(text: str | None) -> datetime | None:
        return None if text is None else datetime.fromisoformat(text).replace(tzinfo=None)

    return parse
