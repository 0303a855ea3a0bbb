"""Asking the sandbox in process, without a socket."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from sandbox.faults import Fault
from sandbox.limits import Limits
from sandbox.world import World, world

END = "2026-11-09T05:30:00Z"
BLUESKY = "/bluesky/xrpc/app.bsky."
YOUTUBE = "/youtube/youtube/v3/"


class Asker:
    """A client of one application; every question carries its moment."""

    def __init__(self, faults: Iterable[str | Fault] = (), limits: Limits | None = None) -> None:
        self.app = create_app(7, faults, limits)

    def __call__(self, path: str, now: str | None = END, **params: Any) -> httpx.Response:
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
                headers = {} if now is None else {"Sandbox-Now": now}
                return await client.get(path, params=params or None, headers=headers)

        return asyncio.run(go())

    def bluesky(self, name: str, now: str = END, **params: Any) -> httpx.Response:
        """An XRPC question: `actor.getProfiles`, `feed.getAuthorFeed`."""
        return self(BLUESKY + name, now, **params)

    def youtube(self, name: str, now: str = END, **params: Any) -> httpx.Response:
        """A list call with a key."""
        return self(YOUTUBE + name, now, **({"key": "k", "part": "snippet,statistics"} | params))


@pytest.fixture(scope="session")
def ask() -> Asker:
    """A healthy sandbox."""
    return Asker()


@pytest.fixture(scope="session")
def asker() -> Callable[..., Asker]:
    """Makes a sandbox with faults or limits."""
    return Asker


@pytest.fixture(scope="session")
def view() -> World:
    """The world behind the sandbox."""
    return world(7)
