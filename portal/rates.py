"""How often a program may ask: so many requests a second for each user, or address where nobody signed in.

Belongs here: counting and refusing. Does not belong here: failures to sign in (access/attempts.py), or who
may ask at all (access/guard.py).
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/api/"
#: A page of 1,000 rows takes some 30 ms to make: one program leaves most of a core to people.
PER_SECOND = 10.0
#: As many may come at once: every page of an indicator, one after the other.
BURST = 100
#: So many who ask are remembered; whoever has been away longest is forgotten, and has a full bucket again.
REMEMBERED = 10_000


@dataclass
class Buckets:
    """A bucket of requests for each who asks, which fills again as time passes. `now`: seconds."""

    now: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, who: str) -> float:
        """Take one request from a bucket: 0, or in how many seconds there is one again."""
        now = self.now()
        left, since = self._left.pop(who, (float(BURST), now))
        left = min(BURST, left + (now - since) * PER_SECOND)
        waits = 0.0 if left >= 1 else (1 - left) / PER_SECOND
        self._left[who] = (left - 1 if not waits else left, now)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return waits


class Rates:
    """Middleware behind the guard: who asks is known."""

    def __init__(self, app: ASGIApp, buckets: Buckets | None = None) -> None:
        self.app, self.buckets = app, buckets or Buckets()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PATH):
            request = Request(scope)
            user, client = request.state.user, request.client
            who = f"user {user.name}" if user else f"address {client.host if client else ''}"
            if waits := self.buckets.wait(who):
                seconds = ceil(waits)
                said = f"that was more than {PER_SECOND:g} requests a second: ask again in {seconds} s"
                answer = JSONResponse({"detail": said}, 429, {"Retry-After": str(seconds)})
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)
