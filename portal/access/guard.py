"""Who asks, for which page, and whether they may: before any page runs. What no rule names is refused.

Belongs here: middleware that decides. Does not belong here: the rules themselves (rules.py), which page a
route belongs to (places.py), or signing in (sign_in.py).

Pages find in `request.state`: `user` (None where nobody is signed in), `form_token` for the field of that
name in each form that they show, and for a POST `form`, which has been read and checked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from anyio import CapacityLimiter
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.returns.limits import MAX_BYTES
from pipelines.settings import Settings
from portal.access import browser, grants
from portal.access.attempts import Attempts
from portal.access.audit import audit
from portal.access.places import Place, place_of
from portal.access.rules import May, Rule, User, may_open

MAX_FORM = 2**16  # bytes of a form
MAX_UPLOAD = MAX_BYTES + 2**20  # bytes of a form with a return: what returns may have, and what is around it
READING = ("GET", "HEAD")


def clock() -> datetime:
    """The time (UTC)."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Access:
    """What signing in and being let in work with."""

    settings: Settings
    templates: Jinja2Templates
    now: Callable[[], datetime] = clock
    attempts: Attempts = field(default_factory=Attempts)
    #: How many passwords are hashed at a time: each takes 64 MiB and a core.
    hashing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(2))


class RefusedError(Exception):
    """The request gets no further; the message is for a person."""

    def __init__(self, status: int, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, headers


class Guard:
    """Lets a request pass to its page, or answers in the page's place. `rules`: by page."""

    def __init__(self, app: ASGIApp, access: Access, rules: Mapping[str, Rule]) -> None:
        self.app, self.access, self.rules = app, access, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:  # there is no page of another kind
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        request.state.access = self.access
        place = place_of(scope["app"].routes, scope)
        try:
            is_by_token = self._identify(request)
            if place is not None:
                self._decide(request, place, is_by_token)
        except RefusedError as refused:
            await _answer_to(request, refused)(scope, receive, send)
            return
        if place is None or request.method in READING:  # where nothing is, the router says so
            await self.app(scope, receive, send)
        else:
            limit = MAX_UPLOAD if place.page == "upload" else MAX_FORM
            await RequestBodyLimitMiddleware(self._with_form, limit)(scope, receive, send)

    async def _with_form(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the form, check that the portal's own page sent it, and let the page run on it."""
        request = Request(scope, receive)
        try:
            if not browser.is_own_origin(request):
                raise RefusedError(403, "This form was sent by another site.")
            form = await request.form(max_files=1, max_fields=50)
            if not browser.is_own_form(request, form.get(browser.FORM_FIELD)):
                await form.close()
                raise RefusedError(403, _OLD_FORM)
        except RefusedError as refused:
            await _answer_to(request, refused)(scope, receive, send)
        except HTTPException as error:  # it is no form, or too large
            unread = RefusedError(error.status_code, error.detail)
            await _answer_to(request, unread)(scope, receive, send)
        except ClientDisconnect:
            return  # nobody waits for an answer
        else:
            request.state.form = form
            try:
                await self.app(scope, receive, send)
            finally:
                await form.close()

    def _identify(self, request: Request) -> bool:
        """Find out who asks; says whether they showed a token."""
        settings, now, state = self.access.settings, self.access.now(), request.state
        state.user = state.form_token = state.grant = None
        if (token := _bearer(request)) is not None:
            grant = grants.held(settings, "token", token, now)
            state.user = grant and grants.user_of(settings, grant)
            if state.user is None:
                raise RefusedError(401, "This token is none of ours, was revoked, or has ended.", _INVALID)
            return True
        secret = browser.cookie(request, "session") or ""
        grant = grants.held(settings, "session", secret, now)
        state.grant, state.user = grant, grant and grants.user_of(settings, grant)
        tied_to = secret if state.user else browser.cookie(request, "form")
        state.form_token = browser.form_token(tied_to) if tied_to else None
        return False

    def _decide(self, request: Request, place: Place, is_by_token: bool) -> None:
        """Let them pass, or raise why not."""
        rule, user = self.rules.get(place.page or ""), request.state.user
        if rule is None:
            raise RefusedError(403, "Nobody has said who may read this page, so nobody may.")
        if request.method not in (*READING, "POST"):
            raise RefusedError(405, "The portal is read, and takes forms.", {"Allow": "GET, HEAD, POST"})
        if is_by_token and request.method not in READING:
            raise RefusedError(403, "A token reads, and changes nothing.")
        if is_by_token and not rule.by_token:
            raise RefusedError(403, "This page is for people: a token does not open it.")
        request.state.is_public = rule.is_open and user is None
        if rule.is_open:
            return
        if user is None:
            raise RefusedError(401, "Sign in to read this.", {"WWW-Authenticate": "Bearer"})
        if not may_open(rule, user, place.force_id):
            audit(request, "refused", detail=request.url.path[:200])
            raise RefusedError(403, _not_for(user, rule))


def refusal(request: Request, status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """That something was not done and why: a page for people, a line for scripts."""
    request.state.is_public = False
    if not _is_person(request):
        return PlainTextResponse(sentence, status, headers)
    access: Access = request.state.access
    return access.templates.TemplateResponse(
        request, "access/refused.html", {"sentence": sentence}, status, headers
    )


def _answer_to(request: Request, refused: RefusedError) -> Response:
    """The refusal; a person who has only not signed in is asked to."""
    if refused.status == 401 and _is_person(request):
        return RedirectResponse("/sign-in" + _next(request), 303)
    return refusal(request, refused.status, refused.sentence, refused.headers)


def _is_person(request: Request) -> bool:
    return _bearer(request) is None and "text/html" in request.headers.get("accept", "")


_INVALID = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
_OLD_FORM = (
    "This form is too old, or your browser keeps no cookies. Load its page again and send it once more. "
    "Except on the portal's own machine, the portal works by https alone."
)


def _bearer(request: Request) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def _next(request: Request) -> str:
    """So that who signs in comes to what they asked for; what they sent with a form is gone."""
    if request.method not in READING:
        return ""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"?next={quote(request.url.path + query, safe='')}"


def _not_for(user: User, rule: Rule) -> str:
    if rule.of(user.role) is May.OWN:
        return "These are another force's own."
    return f"This page is not for users of the role {user.role}."
