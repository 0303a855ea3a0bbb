"""Questions and answers: what all platforms' routers share.

Here: the moment of a question, refusals, encoding, the cut connection.
Not here: any platform's paths, bodies or headers.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox import clock
from sandbox.faults import Faults
from sandbox.limits import Meter
from sandbox.nation import Account
from sandbox.world import World

_encode = msgspec.json.Encoder().encode
JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Context:
    """What a router needs."""

    world: World
    faults: Faults
    meter: Meter


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, dict(headers or {})


@dataclass(slots=True)
class Ask:
    """One question: parameters, the moment it is asked for, headers of the answer to come."""

    request: Request
    context: Context
    now: int
    query: Mapping[str, str]
    path: Mapping[str, str]
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False

    @property
    def world(self) -> World:
        """The invented nation."""
        return self.context.world

    def all(self, *names: str) -> list[str]:
        """Every value of a repeated parameter."""
        pairs = self.request.query_params.multi_items()
        return [value for name, value in pairs if name in names]

    def kinds(self, platform: str, account: Account | None, force_id: str = "") -> frozenset[str]:
        """Faults for this question, `cut` already noted."""
        found = self.context.faults.kinds(platform, account, force_id)
        if found:
            self.cut = self.cut or "cut" in found
            if "flaky" in found and self.context.faults.is_first_try(f"{self.now} {self.request.url}"):
                return found | {"503"}
        return found

    def item_kinds(self, platform: str, account: Account | None) -> frozenset[str]:
        """Faults for one item of a batch; what would hit the whole answer is left out."""
        return self.context.faults.kinds(platform, account) - {"cut", "flaky"}

    def number(self, name: str, default: int, least: int, most: int) -> int | None:
        """A whole-number parameter; None when it is out of range or no number."""
        text = self.query.get(name)
        if text is None:
            return default
        try:
            value = int(text)
        except ValueError:
            return None
        return value if least <= value <= most else None


class CutResponse(Response):
    """Promises more than it sends, then drops the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(k, v) for k, v in self.raw_headers if k != b"content-length"]
        headers.append((b"content-length", str(len(self.body) + 1000).encode()))
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        raise ConnectionResetError("cut, as asked for by a fault")


def _moment(request: Request) -> int | None:
    text = request.headers.get("sandbox-now")
    if text is None:
        return int(time.time() * 1000)
    try:
        return clock.ms(text)
    except ValueError:
        return None


def answer(body: object, status: int, headers: Mapping[str, str], cut: bool = False) -> Response:
    """Encodes an answer."""
    content = body.encode() if isinstance(body, str) else _encode(body)
    kind = "text/plain; charset=utf-8" if isinstance(body, str) else JSON_TYPE
    made = CutResponse if cut else Response
    return made(content, status, {**headers, "content-type": kind})


Handler = Callable[[Ask], Any]


def route(context: Context, path: str, handler: Handler) -> Route:
    """A GET route whose handler takes an Ask and gives a JSON-able body."""

    async def endpoint(request: Request) -> Response:
        now = _moment(request)
        if now is None:
            return answer({"error": "Sandbox-Now is not ISO 8601"}, 400, {})
        ask = Ask(request, context, now, request.query_params, request.path_params)
        try:
            body = handler(ask)
        except Refused as refused:
            return answer(refused.body, refused.status, {**ask.headers, **refused.headers})
        if isinstance(body, Response):
            return body
        return answer(body, 200, ask.headers, ask.cut)

    return Route(path, endpoint, methods=["GET"])
