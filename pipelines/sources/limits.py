"""How long and how much: every limit of a pull, with its reason.

Belongs here: limits of time, bytes, pages and attempts, the budget of what costs money, and what has been
spent of them. Does not belong here: who is refused (client.py).
"""

import asyncio
import contextvars
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pipelines.sources import errors
from pipelines.sources.usage import Usage

#: Of one request: what a passing fault spoils is whole at the second or third.
ATTEMPTS = 4
#: To one platform, and so many accounts at a time: httpcore looks at each idle one for every request.
CONNECTIONS = 4
#: So many requests in a row that failed for good: the platform is down, and asking on would take an hour.
GIVE_UP_AFTER = 12


@dataclass(frozen=True)
class Limits:
    """What one pull of a platform may take. Tests give shorter ones."""

    #: One attempt, from connecting to the last byte. Platforms answer within seconds; a body that drips, or
    #: never comes, would otherwise hold its connection for ever.
    request_seconds: float = 30
    #: The longest wait that a server may ask for: windows are five minutes on Bluesky and Mastodon, and one
    #: of grace. Longer ones are for the next run.
    wait_seconds: float = 6 * 60
    #: An account's requests, without waits: those are its server's doing. A healthy one takes seconds, a busy
    #: one on a slow platform minutes.
    account_seconds: float = 10 * 60
    #: Requests and waits at one of many servers (Mastodon), whose accounts are asked one after another: two
    #: of the longest waits.
    server_seconds: float = 12 * 60
    #: The whole pull: BEATBOOK_MAX_MINUTES_PER_PULL.
    platform_seconds: float = 30 * 60
    #: A body, unpacked: a page of a hundred posts takes up to one megabyte, a long thread a few. A packed one
    #: can grow a thousandfold, and what is decoded of it twentyfold again.
    body_bytes: int = 8 * 2**20
    #: Pages after the first, of all listings of an account: 200 of 40 are 266 posts a day.
    pages: int = 200


#: Of the budget and quota of a day, what one pulse may spend: all 24 together half, so that the daily run has
#: the other half whatever they do.
PULSE_SHARE = 48
#: Of a platform's pulse: three of them fit into the half hour before a daily run.
PULSE_SECONDS = 10 * 60

#: data.police.uk: some five thousand neighbourhoods, one request after another, while somebody looks on.
DISCOVERY = Limits(platform_seconds=2 * 60 * 60)


@dataclass
class Time:
    """Seconds that one thing may take, and how many it has taken."""

    of: str
    limit: float
    spent: float = 0.0

    @property
    def left(self) -> float:
        return self.limit - self.spent

    def __str__(self) -> str:
        return f"the {self.of}'s {self.limit:g} seconds"


class Turn:
    """One of the places at which accounts are pulled. Who waits for a server lets another account go on."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._is_held = False

    async def __aenter__(self) -> "Turn":
        await self._places.acquire()
        self._is_held = True
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._is_held:
            self._is_held = False
            self._places.release()

    @asynccontextmanager
    async def let_go(self) -> AsyncIterator[None]:
        """Without it for a while, and then in the queue for it again."""
        await self.__aexit__()
        yield
        await self.__aenter__()


@dataclass
class Allowance:
    """Of the account that is being asked: its turn, its time and its pages."""

    turn: Turn
    time: Time
    pages: int = 0


#: Each account is pulled in its own task, and a task has its own copy of this. None in a batch of many.
allowance: contextvars.ContextVar[Allowance | None] = contextvars.ContextVar("allowance", default=None)


@dataclass
class Listing:
    """The pages of one listing, however the platform names the next: none twice, and not without end."""

    limit: int
    _seen: set[str] = field(default_factory=set)

    def follow(self, mark: str | None) -> str | None:
        """The next page's cursor, token or address as it is; None after the last.

        Raises:
            RepeatedPage: it has been followed before.
            TooManyPages: the account has had its share.
        """
        if not mark:
            return None
        if mark in self._seen:
            raise errors.RepeatedPage(f"the next page is one of the {len(self._seen)} that were asked before")
        self._seen.add(mark)
        account = allowance.get()
        pages = len(self._seen) if account is None else account.pages + 1
        if pages > self.limit:
            raise errors.TooManyPages(f"there are more than {self.limit} further pages")
        if account is not None:
            account.pages = pages
        return mark


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
