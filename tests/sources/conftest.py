"""Pulling from the sandbox in process, and the sandbox's own answer sheet to hold the rows against."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Callable, Iterable
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
from pipelines.sources.client import Client
from pipelines.sources.limits import Budget, Limits
from sandbox import register
from sandbox.app import create_app
from sandbox.clock import DAY, ms
from sandbox.limits import Limits as SandboxLimits
from sandbox.truth import truth
from sandbox.world import World, world

pytest.register_assert_rewrite("tests.sources.conformance")

END = datetime(2026, 11, 9, 5, 30, tzinfo=UTC)
SECRET = b"a secret of this test"
TOKEN = "s3cret-key"
Answer = Callable[[httpx.Request], httpx.Response | None]


class Clock:
    """Time that passes when somebody sleeps, and not otherwise. `slept` is how long, each time."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self) -> float:
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)  # the others' turn


class Body(httpx.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


def unread(answer: httpx.Response) -> httpx.Response:
    """As it comes from a socket: httpx has read an answer that is made of its content."""
    if not answer.is_stream_consumed:
        return answer
    return httpx.Response(answer.status_code, headers=answer.headers.raw, stream=Body(answer.content))


class Answers(httpx.AsyncBaseTransport):
    """What a function answers, in place of the network."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return unread(self._answer(request))


class InProcess(httpx.AsyncBaseTransport):
    """The sandbox without a socket. `instead` may answer in its place; `asked` is what it was asked."""

    def __init__(
        self, faults: Iterable[str], limits: SandboxLimits | None, instead: Answer, seed: int = 7
    ) -> None:
        self._app = httpx.ASGITransport(create_app(seed, faults, limits))
        self._instead = instead
        self.asked: list[httpx.URL] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url)
        answer = self._instead(request)
        if answer is not None:
            return unread(answer)
        try:
            return await self._app.handle_async_request(request)
        except ConnectionResetError as error:  # what a client sees of it over a socket
            raise httpx.RemoteProtocolError("peer closed connection") from error


def hashed(platform: str, native_id: str) -> str:
    """As an id of the public lands, with the secret of these tests."""
    return hmac.new(SECRET, f"{platform}:{native_id}".encode(), hashlib.sha256).hexdigest()[:32]


def message_keys(account: dict[str, Any]) -> dict[str, str]:
    """Of an account of the answer sheet: each message's id → as it lands.

    Ours stand as they are, but on YouTube, where the id of a reply holds that of the comment above it.
    """
    platform, said = account["platform"], account["messages"]
    ours = {m["message_id"] for m in said if m["direction"] == "outbound" and platform != "youtube"}
    ids = {m[name] for m in said for name in ("message_id", "conversation_id")}
    return {native: native if native in ours else hashed(platform, native) for native in ids}


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
        limits: SandboxLimits | None = None,
        budget: Budget | None = None,
        allowed: Limits | None = None,
        instead: Answer = lambda _: None,
        url: str | None = None,
        now: datetime = END,
        secret: bytes = SECRET,
    ) -> Pulled:
        """In process, or over a socket from the sandbox at `url`: then real time passes, but for waits."""
        module = source(platform)
        asked = module.platform((url or "http://sandbox") + module.SANDBOX_PATH, TOKEN)
        asked.headers = {"Sandbox-Now": now.isoformat()}
        transport = InProcess(faults, limits, instead)
        clock = Clock()
        done: list[str] = []

        async def go() -> list[AccountPull]:
            client = Client(
                asked,
                now=lambda: now,
                budget=budget,
                limits=allowed,
                transport=None if url else transport,
                sleep=clock.sleep,
                clock=time.monotonic if url else clock,
            )
            async with client:
                context = Context(client, secret, self.register)
                return await module.pull(context, chosen, lambda pull: done.append(pull.account.account_id))

        chosen = [self.account(a) if isinstance(a, str) else a for a in accounts]
        pulls = asyncio.run(go())
        return Pulled({p.account.account_id: p for p in pulls}, transport.asked, done, clock.slept)

    def truth(self, account_id: str, now: datetime = END) -> dict[str, Any]:
        """The answer sheet of one account."""
        account = self.register.accounts[account_id]
        at = ms(now.isoformat())
        accounts = truth(7, at, account.force_id, account.platform)["accounts"]
        return next(a for a in accounts if a["account_id"] == account_id)

    def people(self, account_id: str, now: datetime = END) -> dict[str, int]:
        """message id → the number of the invented person who wrote it, -1 where it was the force."""
        account = self.view.nation.by_id[account_id]
        at = ms(now.isoformat())
        posts = self.view.timeline(account).back(at)
        young = (p for p in posts if p.kind == "post" and at - p.seen < 9 * DAY)
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
