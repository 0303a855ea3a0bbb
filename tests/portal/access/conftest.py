"""A small portal with a page of each kind, a clock that tests set, and a browser."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher, profiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.testclient import TestClient

from pipelines.settings import PROJECT, Settings
from portal import access
from portal.access import users

HOST = "https://portal.example"
PASSWORD = "correct horse battery"  # pragma: allowlist secret
TEMPLATES = PROJECT / "portal" / "templates"


@dataclass
class Clock:
    """The time, which stands still until a test moves it."""

    now: datetime = datetime(2026, 11, 9, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Browser:
    """Somebody's browser: it keeps cookies, follows no redirect by itself, and reads forms."""

    app: Starlette
    host: str = HOST
    address: str = "192.0.2.1"
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = TestClient(
            self.app,
            base_url=self.host,
            client=(self.address, 50000),
            follow_redirects=False,
            headers={"accept": "text/html"},
        )

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)

    def form_token(self, path: str) -> str:
        found = re.search(r'name="form_token" value="(\w+)"', self.get(path).text)
        assert found, f"no form on {path}"
        return found[1]

    def send(self, path: str, form_on: str = "/account", **fields: str) -> httpx.Response:
        """Fill in a form of a page and send it."""
        return self.client.post(path, data={"form_token": self.form_token(form_on), **fields})

    def sign_in(self, name: str, password: str = PASSWORD, wanted: str = "/") -> httpx.Response:
        return self.send("/sign-in", "/sign-in", name=name, password=password, next=wanted)

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self.client.cookies.jar}

    def is_signed_in(self) -> bool:
        return self.get("/account").status_code == 200


async def page(request: Request) -> Response:
    user = request.state.user
    return JSONResponse({"user": user and user.name, "force_id": user and user.force_id})


async def broken(request: Request) -> Response:
    raise RuntimeError("broken")


async def upload(request: Request) -> Response:
    sent = request.state.form["file"]
    access.audit(request, "upload", detail=sent.filename)
    return JSONResponse({"bytes": len(await sent.read())})


async def extract(request: Request) -> Response:
    access.audit(request, "download", release="20261109T0530-8c1fe402aa", detail="posts.csv")
    return JSONResponse({})


def build(settings: Settings, clock: Clock) -> Starlette:
    """The portal joined as app.py joins it, with a page of each kind."""
    loader = FileSystemLoader(TEMPLATES)
    templates = Jinja2Templates(env=Environment(loader=loader, autoescape=True, undefined=StrictUndefined))
    return Starlette(
        routes=[
            *access.routes(settings),
            Route("/", page, name="front"),
            Route("/health", page, name="health"),
            Route("/national", page, name="national"),
            Route("/national/broken", broken, name="national:broken"),
            Route("/forces/{force_id}/extract", extract, name="extract"),
            Route("/forces/{force_id}/extract/posts.csv", page, name="extract:file"),
            Route("/forces/{force_id}/upload", page, name="upload:form"),
            Route("/forces/{force_id}/upload", upload, methods=["POST"], name="upload"),
            Route("/forgotten", page, name="forgotten"),
            Route("/extract", page, name="extract:of_nobody"),
            Mount("/static", StaticFiles(directory=TEMPLATES), name="static"),
            Mount("/api", routes=[Route("/values", page, name="values")], name="api"),
            Mount("/old", routes=[Route("/national", page, name="national")]),
            Mount("/unnamed", StaticFiles(directory=TEMPLATES)),
        ],
        middleware=access.middleware(settings, templates, clock),
    )


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty data folder, with hashes that take no time, and a user of each role."""
    monkeypatch.setenv("BEATBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(users, "HASHER", PasswordHasher.from_parameters(profiles.CHEAPEST))
    settings = Settings()
    users.add(settings, "lead", "lead", None, PASSWORD)
    users.add(settings, "kent", "force", "kent", PASSWORD)
    users.add(settings, "engineer", "engineer", None, PASSWORD)
    return settings


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Starlette:
    return build(settings, clock)


@pytest.fixture
def browser(app: Starlette) -> Browser:
    return Browser(app)
