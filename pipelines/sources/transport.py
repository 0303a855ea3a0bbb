"""One GET over the network: connections, TLS, time-outs, compression, proxies.

Belongs here: the only use of the HTTP library, and what the client needs of an answer. Does not belong here:
retries, rate limits, or what an answer means (client.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

#: What a question without an answer raises. The message may hold the URL.
FAILURES = (aiohttp.ClientError, TimeoutError, OSError)
#: As many as accounts are pulled at once (account_pull.py).
CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, decompressed. Headers are found in capital and small letters alike.

    `next_url`: the next page, where the platform names it in a Link header.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    next_url: str | None = None


class Transport(Protocol):
    """What a client sends its questions through; tests have their own."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """GET an encoded URL, redirects not followed.

        Raises:
            one of `FAILURES`: there is no whole answer.
        """
        ...


class Network:
    """The real one. Proxies are those of the environment (HTTPS_PROXY, NO_PROXY)."""

    _session: aiohttp.ClientSession

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=30),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        await self._session.close()

    async def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        asked = URL(url, encoded=True)
        proxy = _proxy(asked.scheme, asked.host or "")
        async with self._session.get(asked, headers=headers, proxy=proxy, allow_redirects=False) as response:
            body = await response.read()
            following = response.links.get("next") if "Link" in response.headers else None
        return Answer(response.status, response.headers, body, str(following["url"]) if following else None)


@cache
def _proxy(scheme: str, host: str) -> str | None:
    """Looked up once for each host; aiohttp's own `trust_env` does it for each request, in a thread."""
    return None if proxy_bypass(host) else getproxies().get(scheme)
