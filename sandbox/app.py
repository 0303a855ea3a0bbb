"""The application: every platform below its prefix, on one port.

Here: assembly, the sandbox's own routes, the plain 404.
Not here: any answer of a platform (routers/).
"""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount

from sandbox import clock, register, routers
from sandbox.faults import Fault, Faults
from sandbox.http import Ask, Context, Refused, answer, route
from sandbox.limits import Limits, Meter
from sandbox.truth import truth
from sandbox.world import world


def _health(ask: Ask) -> Any:
    return {
        "status": "ok",
        "seed": ask.world.seed,
        "accounts": len(ask.world.nation.accounts),
        "note": "all figures are invented",
    }


def _csv(text: str) -> Response:
    return Response(text, headers={"content-type": "text/csv; charset=utf-8"})


def _accounts(ask: Ask) -> Any:
    return _csv(register.accounts_csv(ask.world.seed))


def _events(ask: Ask) -> Any:
    return _csv(register.account_events_csv(ask.world.seed))


def _incidents(_ask: Ask) -> Any:
    return _csv(register.incidents_csv())


def _staffed_hours(_ask: Ask) -> Any:
    return _csv(register.staffed_hours_csv())


def _rate_cards(_ask: Ask) -> Any:
    return _csv(register.rate_cards_csv())


def _neighbourhoods(ask: Ask) -> Any:
    return _csv(register.neighbourhoods_csv(ask.world.seed))


def _truth(ask: Ask) -> Any:
    text = ask.query.get("at")
    try:
        at = ask.now if text is None else clock.ms(text)
    except ValueError as error:
        raise Refused(400, {"error": str(error)}) from error
    query = ask.query
    return truth(ask.world.seed, at, query.get("force_id", ""), query.get("platform", ""))


def _router(name: str) -> Any:
    return import_module(f"{routers.__name__}.{name}")


def create_app(seed: int = 7, faults: Iterable[str | Fault] = (), limits: Limits | None = None) -> Starlette:
    """A nation that answers like the platforms do."""
    context = Context(world(seed), Faults.of(faults), Meter(limits or Limits()))
    own = [
        route(context, "/health", _health),
        route(context, "/truth", _truth),
        route(context, "/register/accounts.csv", _accounts),
        route(context, "/register/account_events.csv", _events),
        route(context, "/register/incidents.csv", _incidents),
        route(context, "/register/staffed_hours.csv", _staffed_hours),
        route(context, "/register/rate_cards.csv", _rate_cards),
        route(context, "/register/neighbourhoods.csv", _neighbourhoods),
    ]
    app = Starlette(
        routes=[
            *(Mount(f"/{name}", routes=_router(name).routes(context)) for name in routers.NAMES),
            Mount("/sandbox", routes=own),
        ]
    )

    async def missing(_request: object, _error: Exception) -> Response:
        return answer({"error": "Not Found"}, 404, {})

    app.add_exception_handler(404, missing)
    return app
