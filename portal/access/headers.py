"""The headers that every answer of the portal carries, errors included.

Belongs here: what browsers and caches are told. Does not belong here: who may read an answer (guard.py).
"""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Nothing runs, nothing is loaded from elsewhere, no page stands in another's frame. The referrer is kept
#: within the portal; kept back altogether, browsers would send forms with `Origin: null`.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"


class Headers:
    """Puts the headers on each answer. The outermost of the portal's own middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_started = False
        request = Request(scope)

        async def send_with_headers(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                _complete(request, MutableHeaders(scope=message))
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            # Starlette's own answer to an error is given further out, where it would go without headers.
            if not is_started:
                handlers = scope["app"].exception_handlers
                handler = handlers.get(500) or handlers.get(Exception)
                response = await handler(request, error) if handler else PlainTextResponse(_SORRY, 500)
                await response(scope, receive, send_with_headers)
            raise


_SORRY = "Something went wrong. It is in the portal's log."


def _complete(request: Request, headers: MutableHeaders) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
    if request.url.scheme == "https":
        headers["Strict-Transport-Security"] = HSTS
    if getattr(request.state, "is_public", False) and "set-cookie" not in headers:
        headers.add_vary_header("Cookie, Authorization")  # the same page names who is signed in
    elif not headers.get("cache-control", "").startswith("private"):
        headers["Cache-Control"] = "private, no-store"
