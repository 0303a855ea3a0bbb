"""Context notes: what a force says of itself, or of an indicator of its own, on its page for every reader.

Belongs here: writing, withdrawing, and where they stand. Does not belong here: keeping them (said.py), or the
force's page itself (pages/forces.py).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipelines.release.official import WORKING
from pipelines.release.opened import names
from pipelines.release.periods import NotFoundError
from pipelines.settings import Settings
from portal import access
from portal.access.users import forces
from portal.library import Library
from portal.templates import page_of, render
from portal.voice.said import (
    MOST,
    MOST_NOTES,
    NotSaidError,
    Said,
    checked,
    lines,
    new_id,
    notes,
    readable_lines,
    say,
)

#: Where a force's page has them. The page is made once a release; notes come and go meanwhile.
MARK = re.compile(r"<!-- notes of ([a-z-]+) -->")


@dataclass(frozen=True)
class Notes:
    """What the pages below /notes do, on one data folder."""

    settings: Settings
    library: Library

    def routes(self) -> list[Route]:
        """The form with what was said before, writing, withdrawing."""
        return [
            Route("/notes/{force_id}", self.page, name="notes"),
            Route("/notes/{force_id}", self.write, methods=["POST"], name="notes:write"),
            Route("/notes/{force_id}/withdraw", self.withdraw, methods=["POST"], name="notes:withdraw"),
        ]

    def page(self, request: Request) -> Response:
        """The form, the notes that stand, and those that were withdrawn."""
        return self._page(request)

    def write(self, request: Request) -> Response:
        """Keep a note: it stands on the force's page at once."""
        force_id, form = force_of(request), request.state.form
        indicator = str(form.get("indicator", ""))
        try:
            if indicator and indicator not in indicator_names(self.library):
                raise NotSaidError("There is no such indicator.")
            standing = [each for each in notes(lines(self.settings), force_id) if each.withdrawn is None]
            if len(standing) >= MOST_NOTES:
                raise NotSaidError(f"{MOST_NOTES} notes stand: withdraw one first.")
            said = Said(
                id=new_id(),
                at_utc=request.state.access.now(),
                kind="note",
                force_id=force_id,
                by_role="force",
                text=checked(form.get("text"), "note"),
                indicator_id=indicator,
            )
        except NotSaidError as error:
            return self._page(request, str(error), 400)
        say(self.settings, said)
        access.audit(request, "note", detail=said.id)
        return self._page(request, "The note stands on your page.")

    def withdraw(self, request: Request) -> Response:
        """Take one of the force's own notes from its page; the history keeps it."""
        force_id, wanted = force_of(request), str(request.state.form.get("note_id", ""))
        found = next((each for each in notes(lines(self.settings), force_id) if each.said.id == wanted), None)
        if found is None:
            return self._page(request, "There is no such note of your force.", 404)
        if found.withdrawn is None:
            line = Said(new_id(), request.state.access.now(), "withdrawal", force_id, "force", "", wanted)
            say(self.settings, line)
            access.audit(request, "note", detail=f"withdrew {wanted}")
        return self._page(request, "The note is withdrawn.")

    def _page(self, request: Request, message: str = "", status: int = 200) -> Response:
        force_id = force_of(request)
        html = render(
            "notes.html",
            force_id=force_id,
            message=message,
            notes=notes(lines(self.settings), force_id),
            indicator_names=indicator_names(self.library),
            most=MOST["note"],
            form_token=request.state.form_token,
        )
        return page_of(request, html, None, status)


def indicator_names(library: Library) -> dict[str, str]:
    """The indicators of the working release by their id; none before the first."""
    try:
        shelf = library.shelf(WORKING)
    except NotFoundError:
        return {}
    return names(shelf.connection.cursor(), "indicator_id", "name", "dim_indicator")


def placed(settings: Settings, html: str, names_of: Callable[[], dict[str, str]]) -> str:
    """A force's page with the notes that stand."""

    def block(found: Any) -> str:
        standing = [each.said for each in notes(readable_lines(settings), found[1]) if each.withdrawn is None]
        return render("standing_notes.html", notes=standing, indicator_names=names_of()) if standing else ""

    return MARK.sub(block, html) if "<!-- notes of" in html else html


def force_of(request: Request) -> str:
    """The force that an address is about.

    Raises:
        HTTPException: 404, there is none of that name.
    """
    force_id = str(request.path_params["force_id"])
    if force_id not in forces():
        raise HTTPException(404, "There is no such force.")
    return force_id
