"""Which page a request is for, found among the app's routes as the router will find it.

Belongs here: the way from routes to names of pages. Does not belong here: what the rules say of them
(rules.py).

The page of a route is the route's name up to a colon (`data`, `data:file`); below a Mount that has a name, it
is the Mount's. A route of a page that is a force's own names the force as {force_id}.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from starlette.routing import BaseRoute, Host, Match, Mount
from starlette.types import Scope


@dataclass(frozen=True)
class Place:
    """What a request is for. `page` is None where the route has no name."""

    page: str | None
    force_id: str | None


def place_of(routes: Iterable[BaseRoute], scope: Scope) -> Place | None:
    """Where the router will take a request; None where it will find nothing."""
    partial = None  # the path is right and the method is not, which the router says
    for route in routes:
        match, child = route.matches(scope)
        if match is not Match.NONE:
            place = _place(route, {**scope, **child})
            if match is Match.FULL:
                return place
            partial = partial or place
    return partial


def _place(route: BaseRoute, scope: Scope) -> Place | None:
    page, force_id = _page(route), scope.get("path_params", {}).get("force_id")
    below = route.routes if isinstance(route, Mount | Host) else None
    if not below:
        return Place(page, force_id)
    inner = place_of(below, scope)
    if page is None:
        return inner
    return Place(page, inner.force_id if inner else force_id)


def _page(route: BaseRoute) -> str | None:
    return str(getattr(route, "name", None) or "").partition(":")[0] or None


def pages(
    routes: Iterable[BaseRoute], within: str = "", page: str | None = None
) -> Iterator[tuple[str, str]]:
    """Each route's path with its page, `""` where it has none: what a test walks."""
    for route in routes:
        path = within + str(getattr(route, "path", ""))
        name = page or _page(route)
        below = route.routes if isinstance(route, Mount | Host) else None
        if below:
            yield from pages(below, path, name)
        else:
            yield path, name or ""


def misplaced(routes: Iterable[BaseRoute], own: Iterable[str], known: Iterable[str]) -> list[str]:
    """Paths that the guard would refuse to everybody: of no known page, or of a page that is a force's own
    and without {force_id}."""
    own, known = set(own), set(known)
    return [
        path for path, page in pages(routes) if page not in known or (page in own and "{force_id" not in path)
    ]
