"""Answers made up in a test in place of a platform's, written with httpx: the client's other transport."""

from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable

import aiohttp
import httpx

from pipelines.sources.transport import Answer

Handler = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


class MadeUp:
    """Sends each question to `handler`. An error of httpx comes as the network's own, message and all."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        try:
            answer = self._handler(httpx.Request("GET", url, headers=headers))
            response = await answer if isawaitable(answer) else answer
            body = await response.aread()
        except httpx.HTTPError as error:
            raise aiohttp.ClientConnectionError(str(error)) from error
        following = response.links.get("next", {}).get("url")
        return Answer(response.status_code, response.headers, body, following)
