"""data.police.uk: forces and neighbourhoods, with the untidiness of the real answers.

Here: /forces, /forces/{id}, /{force}/neighbourhoods, /{force}/{neighbourhood}.
Not here: which neighbourhoods there are (neighbourhoods.py), the register of accounts (register.py), which
knows platforms that this API does not.
"""

from typing import Any

from starlette.routing import BaseRoute

from sandbox.dice import uniforms
from sandbox.faults import spoil
from sandbox.forces import Force, forces
from sandbox.http import Ask, Context, Refused, route
from sandbox.neighbourhoods import neighbourhoods

ERRORS = {
    "400": (400, "Bad Request"),
    "401": (401, "Unauthorized"),
    "403": (403, "Forbidden"),
    "404": (404, "Not Found"),
    "429": (429, ""),
    "500": (500, "Internal Server Error"),
    "503": (503, "Service Unavailable"),
}


def _enter(ask: Ask) -> frozenset[str]:
    if ask.context.meter.police_uk():
        raise Refused(*ERRORS["429"])
    kinds = ask.kinds("police_uk", None, ask.path.get("force", ""))
    for kind in sorted(kinds & ERRORS.keys()):
        raise Refused(*ERRORS[kind])
    return kinds


def _force(ask: Ask) -> Force:
    for force in forces():
        if force.on_police_uk and force.force_id == ask.path["force"]:
            return force
    raise Refused(*ERRORS["404"])


def _list(ask: Ask) -> Any:
    kinds = _enter(ask)
    found = [{"id": f.force_id, "name": f.name} for f in forces() if f.on_police_uk]
    return [] if "empty" in kinds else [spoil(f, kinds, "name") for f in found]


def _method(kind: str | None, title: str | None, url: str) -> dict[str, Any]:
    made: dict[str, Any] = {"url": url, "description": None, "title": title}
    return made if kind is None else {**made, "type": kind}


def _detail(ask: Ask) -> Any:
    kinds = _enter(ask)
    force = _force(ask)
    by_id = ask.world.nation.by_id
    x, facebook = by_id[f"x:{force.force_id}"], by_id[f"facebook:{force.force_id}"]
    u = uniforms(ask.world.seed, "police_uk", force.force_id)
    site = "http://www.twitter.com" if u[0] < 0.5 else "https://x.com"
    page = f"http://www.facebook.com/pages/{facebook.handle}/{facebook.platform_id}"
    methods = [
        _method("facebook", "facebook", facebook.url if u[1] < 0.7 else page),
        _method("twitter" if u[2] < 0.8 else None, "twitter", f"{site}/{x.handle}"),
        _method("rss", "rss", "" if u[3] < 0.3 else f"http://www.{force.force_id}.sandbox/rss"),
    ]
    video = by_id.get(f"youtube:{force.force_id}")
    if video is not None:
        methods.append(_method("youtube", "youtube", video.url.replace("https", "http")))
    return spoil(
        {
            "description": None if u[4] < 0.5 else "<p>Invented &amp; harmless.</p>",
            "url": f"http://www.{force.force_id}.sandbox/",
            "engagement_methods": [] if "empty" in kinds else methods,
            "telephone": "101",
            "id": force.force_id,
            "name": force.name,
        },
        kinds,
        "telephone",
    )


def _neighbourhoods(ask: Ask) -> Any:
    kinds = _enter(ask)
    found = neighbourhoods(ask.world.seed, _force(ask))
    listed = [{"id": one.neighbourhood_id, "name": one.name} for one in found]
    return [] if "empty" in kinds else [spoil(one, kinds, "name") for one in listed]


def _neighbourhood(ask: Ask) -> Any:
    kinds = _enter(ask)
    force = _force(ask)
    by_id = {one.neighbourhood_id: one for one in neighbourhoods(ask.world.seed, force)}
    found = by_id.get(ask.path["neighbourhood"])
    if found is None:
        raise Refused(*ERRORS["404"])
    u = uniforms(ask.world.seed, "nbhd", force.force_id, found.neighbourhood_id)
    return spoil(
        {
            "url_force": f"http://www.{force.force_id}.sandbox/neighbourhoods/{found.neighbourhood_id}",
            "contact_details": dict(found.contact),
            "name": found.name,
            "welcome_message": None,
            "links": [],
            "centre": {"latitude": f"{51 + 4 * u[5]:.5f}", "longitude": f"{-3 + 3 * u[6]:.5f}"},
            "locations": [],
            "description": None if u[7] < 0.5 else "<p>An invented neighbourhood.</p>",
            "id": found.neighbourhood_id,
            "population": found.population,
        },
        kinds,
        "population",
    )


def routes(context: Context) -> list[BaseRoute]:
    """The routes below /police_uk."""
    return [
        route(context, "/api/forces", _list),
        route(context, "/api/forces/{force}", _detail),
        route(context, "/api/{force}/neighbourhoods", _neighbourhoods),
        route(context, "/api/{force}/{neighbourhood}", _neighbourhood),
    ]
