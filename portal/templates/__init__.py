"""HTML from templates. Everything that is not a template's own text is escaped.

Belongs here: the environment, filters, and the frame around a page. Does not belong here: what a page shows.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse

from pipelines.registry.release_calendar import ReleaseDate, check_release_calendar, coming
from pipelines.release import figures
from pipelines.release.published import Release
from pipelines.release.sentences import counted, kept_as, lower
from pipelines.settings import SEEDS, Settings
from pipelines.words import many
from portal.switch import carried, other

#: How a verdict looks beside its word, for those who see no colour.
SIGNS = {"better": "▲", "worse": "▼", "higher": "△", "lower": "▽", "similar": "="}


def sign(cell: Mapping[str, Any]) -> str:
    return SIGNS.get(cell["verdict"] or "", "")


def day(value: date | datetime | str) -> str:
    """`9 November 2026`, of a date or of what release.json says."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{moment.day} {moment:%B %Y}"


def moment(value: str) -> str:
    """`9 November 2026, 05:30 UTC`, of what release.json says."""
    return f"{day(value)}, {datetime.fromisoformat(value):%H:%M} UTC"


@pass_context
def link(context: Context, path: str, **changes: Any) -> str:
    """An address with the page's own parameters, some of them changed; None takes one away."""
    asked = {**context.get("asked", {}), **changes}
    query = urlencode([(name, value) for name, value in sorted(asked.items()) if value not in {None, ""}])
    return f"{path}?{query}" if query else path


environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters |= {
    "amount": figures.amount,
    "number": figures.number,
    "sample": figures.sample,
    "change": figures.change,
    "verdict": figures.verdict,
    "peers_verdict": figures.peers_verdict,
    "rank": figures.rank,
    "sign": sign,
    "day": day,
    "moment": moment,
    "lower_first": lower,
    "many": many,
    "counted": counted,
    "merged": lambda first, second: {**first, **second},
}
#: `carried`: what an address needs to be of the same release (switch.py).
environment.globals |= {"interval": figures.interval, "link": link, "carried": ""}


def render(template: str, **values: Any) -> str:
    """The HTML of a template."""
    return environment.get_template(template).render(**values)


def page_of(request: Request, content: str, release: Release | None, status: int = 200) -> HTMLResponse:
    """A whole page around what a template made: its first heading is the page's title."""
    settings: Settings = request.state.access.settings
    html = render(
        "page.html",
        content=content,
        title=_heading(content),
        release=release,
        request=request,
        kept_as=kept_as(release) if release else "",
        other=other(request, release) if release else None,
        carried=carried(request),
        coming=coming(_calendar(), settings.profile.present()),
        contact=settings.contact,
    )
    return HTMLResponse(html, status)


@cache
def _calendar() -> list[ReleaseDate]:
    """The announced dates; another calendar comes with another version of the portal."""
    return check_release_calendar(SEEDS)


def _heading(content: str) -> str:
    return content.partition("<h1>")[2].partition("</h1>")[0] or "Beatbook"
