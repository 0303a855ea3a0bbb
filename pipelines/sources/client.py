"""The one HTTP client under every source: retries, rate limits, budget, typed decoding.

Belongs here: what is the same for all platforms. Does not belong here: paths, fields and error codes
of any one platform.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Generic, TypeVar

import httpx
import stamina

from pipelines.sources import errors
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
MAX_WAIT_SECONDS = 15 * 60  # a longer wait is for the next run, not for this one
ATTEMPTS = 4
#: To one platform, and so many accounts at a time: httpcore looks at each idle one for every request.
CONNECTIONS = 4
#: So many requests in a row that failed for good: the platform is down, and asking on would take an hour.
GIVE_UP_AFTER = 12


@dataclass
class Budget:
    """The most a run may spend on one platform. None is no limit of ours."""

    max_requests: int | None = None
    max_units: int | None = None
    spent: Usage = field(default_factory=Usage)

    def spend(self, units: int) -> None:
        """Book one request of `units` before it is sent.

        Raises:
            BudgetSpent: when it would go over; nothing is booked then.
        """
        for what, limit, would in (
            ("requests", self.max_requests, self.spent.requests + 1),
            ("quota units", self.max_units, self.spent.units + units),
        ):
            if limit is not None and would > limit:
                raise errors.BudgetSpent(f"the run's budget of {limit} {what} is spent")
        self.spent.requests += 1
        self.spent.units += units


@dataclass(frozen=True)
class RateHeaders:
    """How a platform says what is left: two header names and how its reset reads (Unix or ISO)."""

    remaining: str
    reset: str
    parse_reset: Callable[[str], datetime]


def unix_reset(value: str) -> datetime:
    """Unix seconds, as Bluesky and X send them."""
    return datetime.fromtimestamp(float(value), UTC)


def iso_reset(value: str) -> datetime:
    """ISO 8601, as Mastodon sends it; without a zone it is UTC."""
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


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
    """GETs JSON from one platform. Use as an async context manager."""

    def __init__(
        self,
        platform: Platform,
        *,
        now: Callable[[], datetime],
        budget: Budget | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.platform = platform
        self.now = now
        self.budget = budget or Budget()
        self._sleep = sleep
        self._resume_at: dict[str, datetime] = {}
        self._failing: list[str] = []  # base URLs of the requests that failed since the last that did not
        self._http = httpx.AsyncClient(
            headers={"User-Agent": "beatbook", **platform.headers},
            transport=transport,
            timeout=httpx.Timeout(30, connect=10),
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

        Tries again, up to four times, on 5xx, on network failures and on 429 when the platform's wait
        is at most 15 minutes; gives a platform up for the run after 12 such failures in a row.

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
            on=_backoff, attempts=ATTEMPTS, timeout=None, wait_initial=0.2, wait_max=20.0
        ):
            with attempt:
                if failed:
                    raise failed.pop()
                return await self._send(base, url, params, units)
        raise AssertionError("the last attempt returns or raises")

    @property
    def _is_down(self) -> bool:
        """Where every account has a server of its own, one dead server is not the platform."""
        servers = 3 if "{" in self.platform.base_url else 1
        return len(self._failing) >= GIVE_UP_AFTER and len(set(self._failing)) >= servers

    async def _send(self, base: str, url: str, params: Params | None, units: int) -> httpx.Response:
        await self._wait_for(base)
        self.budget.spend(units)
        spent = usage.get(Usage())
        spent.requests += 1
        spent.units += units
        try:
            # httpx drops the query of a next-page URL when it is given params, even empty ones.
            asked = {**self.platform.params, **(params or {})} or None
            response = await self._http.get(url, params=asked)
        except httpx.HTTPError as error:
            # The message may hold the URL, and the URL a key: name the kind and the path only.
            kind = type(error).__name__
            raise errors.NetworkError(f"{kind} at {httpx.URL(url).path}") from None
        self._note_rate(base, response)
        if response.is_success:
            return response
        raise self._error(response)

    async def _wait_for(self, bucket: str) -> None:
        resume_at = self._resume_at.pop(bucket, None)
        if resume_at is None:
            return
        seconds = (resume_at - self.now()).total_seconds()
        if seconds > MAX_WAIT_SECONDS:
            self._resume_at[bucket] = resume_at
            raise errors.RateLimited(f"nothing left until {resume_at:%H:%M} UTC")
        if seconds > 0:
            await self._sleep(seconds)

    def _note_rate(self, bucket: str, response: httpx.Response) -> None:
        rate = self.platform.rate
        reset = self._reset(response)
        if rate and response.headers.get(rate.remaining) == "0" and reset is not None:
            self._resume_at[bucket] = reset

    def _reset(self, response: httpx.Response) -> datetime | None:
        """When the platform says that there is more again; None when it does not, or not in its own words."""
        rate = self.platform.rate
        try:
            return rate.parse_reset(response.headers[rate.reset]) if rate else None
        except (KeyError, ValueError, OverflowError, OSError):
            return None

    def _error(self, response: httpx.Response) -> errors.SourceError:
        status, path = response.status_code, response.url.path
        if status == 429:
            return errors.RateLimited(f"HTTP 429 at {path}", self._told_to_wait(response))
        known = self.platform.classify(response)
        if known is not None:
            return known
        said = f"HTTP {status} at {path}"
        if status >= 500:
            return errors.ServerError(said)
        return _KINDS.get(status, errors.BadRequest)(said)

    def _told_to_wait(self, response: httpx.Response) -> float | None:
        """Seconds from Retry-After (a number or an HTTP date), else from the platform's reset header."""
        after = response.headers.get("retry-after")
        if after is not None and after.strip().isascii() and after.strip().isdigit():
            return float(after)
        reset = self._reset(response)
        return None if reset is None else max(0.0, (reset - self.now()).total_seconds())


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


def _backoff(error: Exception) -> bool | float:
    """stamina's hook: whether to try again, and after how many seconds where the platform said."""
    if isinstance(error, errors.RateLimited):
        wait = error.wait_seconds
        return True if wait is None else (wait if wait <= MAX_WAIT_SECONDS else False)
    return isinstance(error, errors.Transient)
