"""Before an official release: a force sees its own figures as they stand, and queries them; leads answer.

Belongs here: these pages, from when they are open, and what of it stands with a release. Does not belong
here: the figures (pipelines/release/reader.py), or keeping what was said (said.py).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipelines.registry.release_calendar import ReleaseDate, check_release_calendar, coming
from pipelines.release.official import WORKING, officials
from pipelines.release.periods import NotFoundError
from pipelines.release.reader import Asked, BenchmarkTable, table_of
from pipelines.settings import SEEDS, Settings
from portal import access
from portal.library import Library
from portal.templates import page_of, render
from portal.voice.notes import force_of, indicator_names
from portal.voice.said import (
    MOST,
    MOST_WAITING,
    NotSaidError,
    Said,
    checked,
    lines,
    new_id,
    queries,
    readable_lines,
    say,
)

#: Where a release's page has the queries that were answered about it: they may come after it was made.
MARK = re.compile(r"<!-- queries of ([\w-]+) -->")


@dataclass(frozen=True)
class Preview:
    """What the pages below /preview and /queries do, on one data folder."""

    settings: Settings
    library: Library

    def routes(self) -> list[Route]:
        """The preview, a query, all queries, an answer."""
        return [
            Route("/preview/{force_id}", self.page, name="preview"),
            Route("/preview/{force_id}/query", self.query, methods=["POST"], name="preview:query"),
            Route("/queries", self.all, name="queries"),
            Route("/queries/{query_id}", self.answer, methods=["POST"], name="queries:answer"),
        ]

    def page(self, request: Request) -> Response:
        """The force's figures of the coming month, from the announced day on; its queries."""
        return self._page(request)

    def query(self, request: Request) -> Response:
        """Keep a query about a figure that is previewed."""
        force_id, form = force_of(request), request.state.form
        row = self._open()
        if row is None:
            return self._page(request, "There is no preview now.", 409)
        shelf, table = self._table(force_id, row)
        indicator = str(form.get("indicator", ""))
        try:
            if indicator not in {each["indicator_id"] for each in table.rows}:
                raise NotSaidError("Choose the indicator that is wrong.")
            waiting = [each for each in queries(lines(self.settings), force_id) if not each.answers]
            if len(waiting) >= MOST_WAITING:
                raise NotSaidError(f"{MOST_WAITING} of your queries wait for an answer: that is the most.")
            said = Said(
                id=new_id(),
                at_utc=request.state.access.now(),
                kind="query",
                force_id=force_id,
                by_role=checked(form.get("asker"), "asker"),
                text=checked(form.get("text"), "query"),
                indicator_id=indicator,
                month=row.month,
                release_id=shelf,
            )
        except NotSaidError as error:
            return self._page(request, str(error), 400)
        say(self.settings, said)
        access.audit(request, "query", release=shelf, detail=said.id)
        return self._page(request, "Your query is with the national leads; the answer will stand here.")

    def all(self, request: Request) -> Response:
        """Every query, those that wait first."""
        return self._all(request)

    def answer(self, request: Request) -> Response:
        """Keep an answer."""
        found = queries(lines(self.settings))
        asked = next((each.said for each in found if each.said.id == request.path_params["query_id"]), None)
        if asked is None:
            raise HTTPException(404, "There is no such query.")
        try:
            said = Said(
                id=new_id(),
                at_utc=request.state.access.now(),
                kind="answer",
                force_id=asked.force_id,
                by_role={"lead": "national lead"}.get(request.state.user.role, request.state.user.role),
                text=checked(request.state.form.get("text"), "answer"),
                about=asked.id,
            )
        except NotSaidError as error:
            return self._all(request, str(error), 400)
        say(self.settings, said)
        access.audit(request, "answer", detail=asked.id)
        return self._all(request, "The answer stands.")

    def _open(self) -> ReleaseDate | None:
        """The coming release, while forces may see theirs."""
        now = self.settings.profile.present()
        row = coming(check_release_calendar(SEEDS), now)
        return row if row and row.preview_from <= now else None

    def _table(self, force_id: str, row: ReleaseDate) -> tuple[str, BenchmarkTable]:
        """The id of the release that it is read from, and the force's figures of the month."""
        shelf = self.library.shelf(WORKING)
        asked = Asked(force=force_id, period=f"{row.month:%Y-%m}", period_type="month")
        return shelf.release.release_id, table_of(shelf.release, shelf.connection.cursor(), asked)

    def _page(self, request: Request, message: str = "", status: int = 200) -> Response:
        force_id, row = force_of(request), self._open()
        release, rows, why = None, [], ""
        if row is not None:
            try:
                release = self.library.shelf(WORKING).release
                rows = self._table(force_id, row)[1].rows
            except NotFoundError as error:
                why = str(error)
        html = render(
            "official_preview.html",
            force_id=force_id,
            message=message,
            row=row,
            release=release,
            coming=coming(check_release_calendar(SEEDS), self.settings.profile.present()),
            rows=[each for each in rows if each["value"] is not None],
            indicators={each["indicator_id"]: each["indicator_name"] for each in rows},
            why=why,
            queries=queries(lines(self.settings), force_id),
            indicator_names=indicator_names(self.library),
            most=MOST,
            form_token=request.state.form_token,
        )
        return page_of(request, html, None, status)

    def _all(self, request: Request, message: str = "", status: int = 200) -> Response:
        found = queries(lines(self.settings))
        html = render(
            "queries.html",
            message=message,
            waiting=[each for each in found if not each.answers],
            answered=[each for each in found if each.answers],
            indicator_names=indicator_names(self.library),
            most=MOST,
            form_token=request.state.form_token,
        )
        return page_of(request, html, None, status)


def placed(settings: Settings, html: str, names_of: Callable[[], dict[str, str]]) -> str:
    """A release's page with the queries about its month that were answered."""

    def block(found: Any) -> str:
        mark = next((each for each in officials(settings) if each.release_id == found[1]), None)
        if mark is None:
            return ""
        about = [
            each
            for each in queries(readable_lines(settings))
            if each.answers and each.said.month == mark.month
        ]
        return render("answered.html", queries=about, indicator_names=names_of()) if about else ""

    return MARK.sub(block, html) if "<!-- queries of" in html else html
