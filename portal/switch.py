"""Which release a request is about, official or working, and how its links lead on to the same.

Belongs here: the parameter `release` of an address. Does not belong here: opening releases (library.py), or
what a page says of its own (templates/).
"""

from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request

from pipelines.release.official import OFFICIAL, WORKING, officials
from pipelines.release.published import DamagedReleaseError, Release
from pipelines.settings import Settings
from portal.library import Library, Shelf

NAME = "release"


def shelf_of(request: Request, library: Library, usual: str | None = None) -> Shelf:
    """The release that the address asks for, in its path or by `release=`. `usual`: of pages that are about
    the working one where nobody asks.

    Raises:
        HTTPException: 403, who has not signed in asks for other figures than official ones.
        NotFoundError, DamagedReleaseError: as for `Library.shelf`.
    """
    asked = request.path_params.get(NAME) or request.query_params.get(NAME) or None
    shelf = library.shelf(asked or usual)
    if asked:
        check_may_read(request, shelf.release)
    return shelf


def check_may_read(request: Request, release: Release) -> None:
    """Once there are official figures, who has not signed in reads no others.

    Raises:
        HTTPException: 403.
    """
    if release.label == Release.label and not sees_working(request):
        raise HTTPException(403, "Without signing in you can read official figures, and no others.")


def sees_working(request: Request) -> bool:
    """Whether working releases are for whoever asks."""
    return request.state.user is not None or not has_official(request)


def has_official(request: Request) -> bool:
    """Whether any release is official yet. A list that cannot be read may have some."""
    settings: Settings = request.state.access.settings
    try:
        return bool(officials(settings))
    except DamagedReleaseError:
        return True


def carried(request: Request) -> str:
    """What an address needs so that it is of the same release: `?release=working`, or nothing."""
    asked = request.query_params.get(NAME)
    return f"?{urlencode({NAME: asked})}" if asked else ""


def other(request: Request, release: Release) -> tuple[str, str] | None:
    """The other kind of release for the same page: its name and address; None where there is none to read."""
    if NAME in request.path_params or not has_official(request):
        return None
    if release.label == Release.label:
        return "the official release", _address(request, OFFICIAL)
    return ("the working release", _address(request, WORKING)) if request.state.user else None


def _address(request: Request, asked: str) -> str:
    query = [(name, value) for name, value in request.query_params.multi_items() if name != NAME]
    return f"{request.url.path}?{urlencode([*query, (NAME, asked)])}"
