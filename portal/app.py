"""The application: its routes, and what is said when something is not there.

Belongs here: putting together. Does not belong here: a page (pages/), who may see it (access/).
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlencode

import duckdb
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from pipelines.release.periods import NotFoundError
from pipelines.release.published import DamagedReleaseError
from pipelines.settings import Settings
from portal import access, charts, downloads, extracts, pages
from portal.api import build_api
from portal.library import Library, Shelf
from portal.pages.page import only
from portal.rates import Rates
from portal.releases import Releases
from portal.send import Door
from portal.switch import NAME, carried, shelf_of
from portal.templates import environment, page_of, render
from portal.voice import notes, preview

STATIC = Path(__file__).with_name("static")
#: Longer than any that a form of ours makes.
MAX_QUERY = 1_000


def build_app(settings: Settings) -> Starlette:
    """The portal over the releases of a data folder. Nothing is opened before the first request."""
    library = Library(settings)
    routes: list[Route | Mount] = [
        Route("/", _front(library), name="front"),
        Route("/health", _health(library), name="health"),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]
    voice = [*preview.Preview(settings, library).routes(), *notes.Notes(settings, library).routes()]
    routes += [*Releases(settings, library).routes(), *voice]
    for page in pages.PAGES:
        routes.append(Route(page.path, _page(library, page), name=page.name))
    for path, name, chart in charts.CHARTS:
        routes.append(Route(path, _made(library, chart, "image/svg+xml"), name=name))
    for path, name, media_type, table in downloads.DOWNLOADS:
        routes.append(Route(path, _made(library, table, media_type), name=name))
    routes += [*extracts.routes(settings, library), *Door(settings).routes()]
    routes.append(Mount("/api/v1", build_api(library), name="api"))
    return Starlette(
        routes=[*access.routes(settings), *routes],
        middleware=[
            *access.middleware(settings, Jinja2Templates(env=environment)),
            Middleware(Rates),
        ],
        exception_handlers={
            HTTPException: _http_error,
            NotFoundError: _not_found,
            DamagedReleaseError: _damaged,
        },
    )


def _key(request: Request) -> str:
    """What a page is kept under: its path and parameters, however these were ordered."""
    if len(request.url.query) > MAX_QUERY:
        raise HTTPException(414, "The address is too long.")
    return f"{request.url.path}?{urlencode(sorted(request.query_params.multi_items()))}"


def _page(library: Library, page: pages.Page) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        shelf, asked = shelf_of(request, library, page.usual), _asked(request)

        def made(connection: duckdb.DuckDBPyConnection) -> bytes:
            values = page.make(shelf.release, connection, asked)
            same = only(request.query_params, NAME)  # what is linked is of the same release
            values["asked"] = {**values.get("asked", {}), **same}
            return render(page.template, **values, carried=carried(request)).encode()

        html = shelf.kept(_key(request), made).decode()
        for place in (notes.placed, preview.placed):  # what is said of a release goes on after it was made
            html = place(request.state.access.settings, html, lambda: notes.indicator_names(library))
        return page_of(request, html, shelf.release)

    return endpoint


def _front(library: Library) -> Callable[[Request], Response]:
    """What a visitor reads; there, too, when nothing is published yet."""

    def endpoint(request: Request) -> Response:
        try:
            release = shelf_of(request, library).release
        except NotFoundError:
            release = None
        html = render("front.html", release=release, carried=carried(request))
        return page_of(request, html, release)

    return endpoint


Make = Callable[[Shelf, duckdb.DuckDBPyConnection, Mapping[str, str]], bytes]


def _made(library: Library, make: Make, media_type: str) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        shelf, asked = shelf_of(request, library), _asked(request)
        body = shelf.kept(_key(request), lambda connection: make(shelf, connection, asked))
        return Response(body, media_type=media_type)

    return endpoint


def _asked(request: Request) -> dict[str, str]:
    """What stands in the path and the address; a field of a form that was left empty was not asked for."""
    given = {name: value for name, value in request.query_params.items() if value}
    return given | {name: str(value) for name, value in request.path_params.items()}


def _health(library: Library) -> Callable[[Request], Response]:
    """Whether a release can be read, for whoever watches the service."""

    def endpoint(request: Request) -> Response:
        try:
            release = library.shelf().release.release_id
        except (NotFoundError, DamagedReleaseError) as error:
            return JSONResponse({"status": "unavailable", "reason": str(error)}, 503)
        if library.damage:
            return JSONResponse({"status": "stale", "release_id": release, "reason": library.damage}, 200)
        return JSONResponse({"status": "ok", "release_id": release})

    return endpoint


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = "There is no such page." if error.status_code == 404 else error.detail
    return _said(request, error.status_code, said)


def _not_found(request: Request, error: Exception) -> Response:
    text = str(error)
    return _said(request, 404, text[0].upper() + text[1:].rstrip(".") + ".")


def _damaged(request: Request, error: Exception) -> Response:
    return _said(request, 503, "What is published cannot be read: " + str(error) + ".")


def _said(request: Request, status: int, sentence: str) -> Response:
    return page_of(request, render("error.html", sentence=sentence), None, status)
