"""The one HTTP client under every source: retries, waits, deadlines, budget, typed decoding.

Belongs here: what is the same for all platforms. Does not belong here: paths, fields and error codes
of any one platform, how long and how much is allowed (limits.py), when to ask again (rates.py), or unpacking
(bodies.py).
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Generic, TypeVar

import httpx
import stamina

from pipelines.sources import errors
from pipelines.sources.bodies import unpacked
from pipelines.sources.limits import (
    ATTEMPTS,
    CONNECTIONS,
    GIVE_UP_AFTER,
    Allowance,
    Budget,
    Limits,
    Listing,
    Time,
    Turn,
    allowance,
)
from pipelines.sources.rates import RateHeaders, told_to_wait, until_reset
from pipelines.sources.shapes import decode
from pipelines.sources.usage import Usage, usage

T = TypeVar("T")
Params = Mapping[str, str | int | list[str]]
_KINDS: dict[int, type[errors.SourceError]] = {
    401: errors.NotAuthorised,
    403: errors.NotAuthorised,
    404: errors.NotFound,
    410: errors.NotFound,
}


@dataclass
class Reply(Generic[T]):
    """A decoded answer, and the URL of the next page where the platform names it in a Link header."""

    data: T
    next_url: str | None


@dataclass
class Platform:
    """What the client must know of a platform: see each module's `platform()`."""

    base_url: str
    classify: Callable[[httpx.Response], errors.SourceError | None]
    rate: RateHeaders | None = None
    params: Params = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes longer than a request."""
    return httpx.create_ssl_context()


class Client:
    """GETs JSON from one platform. Use as an async context manager.

    `clock` counts seconds from anywhere, as time.monotonic does; `now` is the moment that is asked for.
    """

    def __init__(
        self,
        platform: Platform,
        *,
        now: Callable[[], datetime],
        budget: Budget | None = None,
        limits: Limits | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.platform = platform
        self.now = now
        self.budget = budget or Budget()
        self.limits = limits or Limits()
        self._sleep = sleep
        self._clock = clock
        self._began: float | None = None
        self._servers: dict[str, Time] = {}
        self._resume_at: dict[str, float] = {}  # by base URL, on the clock
        self._failing: list[str] = []  # base URLs of the requests that failed since the last that did not
        self._http = httpx.AsyncClient(
            # Only what we unpack ourselves, so that it stops at the limit.
            headers={"User-Agent": "beatbook", "Accept-Encoding": "gzip", **platform.headers},
            transport=transport,
            timeout=httpx.Timeout(None, connect=10),  # the rest is a matter of the whole request
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            verify=_certificates(),
        )

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._http.aclose()

    async def get(
        self,
        path: str,
        type_: type[T],
        params: Params | None = None,
        *,
        base_url: str | None = None,
        units: int = 1,
    ) -> Reply[T]:
        """GET `path` (below the base URL, or an absolute next-page URL) and decode the body as `type_`.

        Rate limits are kept apart for each base URL (Mastodon has one a server).

        Tries again, up to four times, on 5xx, on network failures, on a request that takes too long, and on
        429 when the platform's wait fits into the limits; gives a platform up for the run after 12 failures
        in a row. An account's, a server's and the platform's time is never exceeded.

        Raises:
            SourceError: one subclass for each kind of failure, see `errors`.
        """
        base = base_url or self.platform.base_url
        url = path if path.startswith("http") else base + path
        if self._is_down:
            raise errors.ServerError(f"not asked: {GIVE_UP_AFTER} requests in a row had failed")
        try:
            try:
                response = await self._send(base, url, params, units)
            except errors.SourceError as error:
                response = await self._again(error, base, url, params, units)
        except errors.Transient:
            self._failing.append(base)
            raise
        self._failing.clear()
        data = decode(response.content, type_, where=response.url.path)
        return Reply(data, _same_place(response.links.get("next", {}).get("url"), response.url))

    async def _again(
        self, first: errors.SourceError, base: str, url: str, params: Params | None, units: int
    ) -> httpx.Response:
        """The attempts after the `first`. What counts and spaces them costs half a request, so it is
        called upon only when one has failed."""
        failed: list[errors.SourceError] = [first]
        async for attempt in stamina.retry_context(
            on=_is_worth_trying, attempts=ATTEMPTS, timeout=None, wait_initial=0.2, wait_max=20.0
        ):
            with attempt:
                if failed:
                    raise failed.pop()
                return await self._send(base, url, params, units)
        raise AssertionError("the last attempt returns or raises")

    @property
    def _has_servers(self) -> bool:
        return "{" in self.platform.base_url

    @property
    def _is_down(self) -> bool:
        """Where every account has a server of its own, one dead server is not the platform."""
        servers = 3 if self._has_servers else 1
        return len(self._failing) >= GIVE_UP_AFTER and len(set(self._failing)) >= servers

    def listing(self) -> Listing:
        """To follow the pages of one listing with."""
        return Listing(self.limits.pages)

    def account(self, turn: Turn) -> Allowance:
        """An account that begins to be asked."""
        return Allowance(turn, Time("account", self.limits.account_seconds))

    async def _send(self, base: str, url: str, params: Params | None, units: int) -> httpx.Response:
        await self._wait_for(base)
        account = allowance.get()
        times = [Time("request", self.limits.request_seconds), *self._times(base)]
        times += [account.time] if account else []
        shortest = min(times, key=lambda limit: limit.left)
        path = httpx.URL(url).path
        if shortest.left <= 0:
            raise errors.TimedOut(f"not asked: {shortest} were over before {path}")
        self.budget.spend(units)
        spent = usage.get(Usage())
        spent.requests += 1
        spent.units += units
        began = self._clock()
        try:
            async with asyncio.timeout(shortest.left):
                response = await self._exchange(url, params)
        except TimeoutError:
            kind = errors.RequestTimedOut if shortest is times[0] else errors.TimedOut
            raise kind(f"{shortest} were over at {path}") from None
        except httpx.HTTPError as error:
            # The message may hold the URL, and the URL a key: name the kind and the path only.
            raise errors.NetworkError(f"{type(error).__name__} at {path}") from None
        finally:
            self._spend(times, self._clock() - began)
        self._note_rate(base, response)
        if response.is_success:
            return response
        raise self._error(base, response)

    async def _exchange(self, url: str, params: Params | None) -> httpx.Response:
        """One question and its whole answer, unpacked."""
        # httpx drops the query of a next-page URL when it is given params, even empty ones.
        asked = {**self.platform.params, **(params or {})} or None
        async with self._http.stream("GET", url, params=asked) as response:
            body = await unpacked(response, self.limits.body_bytes)
            headers = [(k, v) for k, v in response.headers.raw if k.lower() != b"content-encoding"]
            return httpx.Response(
                response.status_code, headers=headers, content=body, request=response.request
            )

    def _times(self, base: str) -> list[Time]:
        """The limits of time of who is being asked."""
        if self._began is None:
            self._began = self._clock()
        whole = Time("platform", self.limits.platform_seconds, self._clock() - self._began)
        times = [whole]
        if self._has_servers:
            times.append(self._servers.setdefault(base, Time("server", self.limits.server_seconds)))
        return times

    def _spend(self, times: list[Time], seconds: float) -> None:
        for time_ in times:
            time_.spent += seconds

    async def _wait_for(self, base: str) -> None:
        """Wait until the server may be asked again, in nobody's way.

        Raises:
            WaitTooLong: that would be too long for this run.
        """
        seconds = self._resume_at.get(base, 0.0) - self._clock()
        if base not in self._resume_at or seconds <= 0:
            return
        times = [Time("wait", self.limits.wait_seconds), *self._times(base)]
        shortest = min(times, key=lambda limit: limit.left)
        if seconds > shortest.left:
            raise errors.WaitTooLong(
                f"not asked: to wait {seconds:.0f} s, and of {shortest} {max(0, shortest.left):.0f} are left"
            )
        self._spend(times, seconds)
        account = allowance.get()
        async with account.turn.let_go() if account else nullcontext():
            await self._sleep(seconds)

    def _note_rate(self, base: str, response: httpx.Response) -> None:
        rate = self.platform.rate
        reset = until_reset(response, rate, self.now())
        if rate and response.headers.get(rate.remaining) == "0" and reset is not None:
            self._resume_at[base] = self._clock() + reset

    def _error(self, base: str, response: httpx.Response) -> errors.SourceError:
        status, path = response.status_code, response.url.path
        if status == 429:
            wait = told_to_wait(response, self.platform.rate, self.now())
            if wait is not None:
                self._resume_at[base] = self._clock() + wait
            return errors.RateLimited(f"HTTP 429 at {path}")
        known = self.platform.classify(response)
        if known is not None:
            return known
        said = f"HTTP {status} at {path}"
        if status >= 500:
            return errors.ServerError(said)
        return _KINDS.get(status, errors.BadRequest)(said)


def _same_place(next_url: str | None, url: httpx.URL) -> str | None:
    """The next page, which is where this one was: elsewhere our headers and parameters are nobody's business.

    Raises:
        WrongShape: it is on another host, or at another path.
    """
    if next_url is None:
        return None
    try:
        following = url.join(next_url)
    except httpx.InvalidURL:
        following = httpx.URL()
    if (following.scheme, following.netloc, following.path) != (url.scheme, url.netloc, url.path):
        raise errors.WrongShape(f"{url.path}: the next page is said to be elsewhere")
    return str(following)


def _is_worth_trying(error: Exception) -> bool:
    """stamina's hook. What a platform says of waiting is waited for before the next attempt is sent."""
    again = (errors.Transient, errors.RateLimited)
    return isinstance(error, again) and not isinstance(error, errors.WaitTooLong)
