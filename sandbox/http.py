"""Questions and answers: what all platforms' routers share.

Here: the moment of a question, refusals, encoding, answers that are sent badly.
Not here: any platform's paths, bodies or headers.
"""

import asyncio
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox import clock
from sandbox.faults import BODIES, Faults
from sandbox.limits import Meter
from sandbox.nation import Account
from sandbox.world import World

_encode = msgspec.json.Encoder().encode
LONG_WAIT = 3600  # seconds, as the fault `wait` says them
DRIP_SECONDS = 0.1  # a byte
BOMB_MIB = 1100  # unpacked; a thousandth of it is sent
ECHO = "s3cret-that-was-echoed"  # what a platform may repeat of a question: a key, a person's name
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
    sent: str = ""  # one of BODIES, when the answer is to be sent like that

    @property
    def world(self) -> World:
        """The invented nation."""
        return self.context.world

    def all(self, *names: str) -> list[str]:
        """Every value of a repeated parameter."""
        pairs = self.request.query_params.multi_items()
        return [value for name, value in pairs if name in names]

    def kinds(self, platform: str, account: Account | None, force_id: str = "") -> frozenset[str]:
        """Faults for this question, those of how it is answered already noted.

        Raises:
            Refused: `echo`, which has no platform's words.
        """
        found = self.context.faults.kinds(platform, account, force_id)
        if found:
            self.sent = next(iter(sorted(found & BODIES)), self.sent)
            if "wait" in found:
                self.headers["Retry-After"] = str(LONG_WAIT)
                found |= {"429"}
            if "echo" in found:
                raise Refused(400, _echo(str(self.request.url)), {"X-Echo": ECHO, "Link": f"<{ECHO}>"})
            if "flaky" in found and self.context.faults.is_first_try(f"{self.now} {self.request.url}"):
                return found | {"503"}
        return found

    def item_kinds(self, platform: str, account: Account | None) -> frozenset[str]:
        """Faults for one item of a batch; what would hit the whole answer is left out."""
        return self.context.faults.kinds(platform, account) - {"flaky", "wait"} - BODIES

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


class DripResponse(Response):
    """Sends its body a byte at a time."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(start)
        for byte in bytes(self.body):
            await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
            await asyncio.sleep(DRIP_SECONDS)
        await send({"type": "http.response.body"})


class HangResponse(Response):
    """Never says a word."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass


class BombResponse(Response):
    """A megabyte that unpacks to more than a thousand."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head, block = _bomb()
        headers = [(b"content-encoding", b"gzip"), (b"content-type", JSON_TYPE.encode())]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": head, "more_body": True})
        for _ in range(BOMB_MIB):
            await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body"})


@cache
def _bomb() -> tuple[bytes, bytes]:
    """The beginning of a gzip, and a part that can follow as often as wanted and unpacks to a mebibyte."""
    packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    zeros = bytes(2**20)
    head = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    return head, packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)


def _echo(url: str) -> object:
    """What was asked, and by whom, wherever the platforms' errors have words."""
    said = f"{ECHO} {url}"
    error = {"code": 400, "message": said, "status": said, "errors": [{"reason": said, "message": said}]}
    return {"error": error, "message": said, said: said}


def _moment(request: Request) -> int | None:
    text = request.headers.get("sandbox-now")
    if text is None:
        return int(time.time() * 1000)
    try:
        return clock.ms(text)
    except ValueError:
        return None


_SENT = {"cut": CutResponse, "drip": DripResponse, "hang": HangResponse, "bomb": BombResponse}


def answer(body: object, status: int, headers: Mapping[str, str], sent: str = "") -> Response:
    """Encodes an answer."""
    content = body.encode() if isinstance(body, str) else _encode(body)
    kind = "text/plain; charset=utf-8" if isinstance(body, str) else JSON_TYPE
    return _SENT.get(sent, Response)(content, status, {**headers, "content-type": kind})


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
        return answer(body, 200, ask.headers, ask.sent)

    return Route(path, endpoint, methods=["GET"])
