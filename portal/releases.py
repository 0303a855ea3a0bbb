"""Which releases there are: the calendar, official and working ones, and what is different between any two.

Belongs here: these pages and files. Does not belong here: one release by itself (pages/releases.py), or the
comparison (pipelines/release/difference.py).
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import polars as pl
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from pipelines.landing.store import open_landing
from pipelines.registry.release_calendar import ReleaseDate, check_release_calendar
from pipelines.release.bundle import write_bundle
from pipelines.release.contents import contents
from pipelines.release.difference import counted, difference, in_order
from pipelines.release.files import defused
from pipelines.release.official import Official, damaged, find, label_of, officials, revisions_of
from pipelines.release.periods import NotFoundError
from pipelines.release.published import (
    PUT_BACK,
    DamagedReleaseError,
    Release,
    current_if_readable,
    folder_of,
    readable,
)
from pipelines.release.rollback import rollbacks, withdrawn
from pipelines.settings import SEEDS, Settings
from portal import access
from portal.downloads import CSV
from portal.library import Library
from portal.switch import check_may_read, sees_working, shelf_of
from portal.templates import page_of, render

#: Different cells that a page lists; the file has all.
LISTED = 500


@dataclass(frozen=True)
class Releases:
    """What the pages below /releases show, on one data folder."""

    settings: Settings
    library: Library

    def routes(self) -> list[Route]:
        """Before the page of one release, whose address any word would fit."""
        return [
            Route("/releases", self.index, name="releases"),
            Route("/releases/national.zip", self.bundle, name="releases:bundle"),
            Route("/releases/difference", self.difference, name="releases:difference"),
            Route("/releases/difference.csv", self.difference_csv, name="releases:difference_csv"),
            Route("/releases/official/{number:int}/revisions.csv", self.revisions, name="releases:revisions"),
        ]

    def index(self, request: Request) -> Response:
        """Dates, official releases, working ones."""
        marks = officials(self.settings)
        html = render(
            "releases.html",
            dates=[_announced(row, marks) for row in check_release_calendar(SEEDS)],
            officials=list(reversed(marks)),
            working=self._working(marks) if sees_working(request) else [],
            rollbacks=list(reversed(rollbacks(self.settings))) if sees_working(request) else [],
            now=self.settings.profile.present(),
        )
        return page_of(request, html, None)

    def bundle(self, request: Request) -> Response:
        """All that the release publishes of the country, as a ZIP; made when it is asked for."""
        shelf = shelf_of(request, self.library)
        with NamedTemporaryFile(prefix="beatbook-", suffix=".zip", delete=False) as file:
            tidy = BackgroundTask(Path(file.name).unlink)
            try:
                folder = folder_of(self.settings, shelf.release)
                models = contents(self.settings).tables
                write_bundle(file, shelf.release, folder, shelf.connection.cursor(), models)
            except BaseException:
                Path(file.name).unlink()
                raise
        name = f"beatbook_{shelf.release.release_id}.zip"
        access.audit(request, "download", release=shelf.release.release_id, detail="national.zip")
        return FileResponse(file.name, media_type="application/zip", filename=name, background=tidy)

    def difference(self, request: Request) -> Response:
        """What is different between two releases, the largest areas first, in sentences."""
        old, new, frame = self._difference(request)
        html = render(
            "difference.html",
            old=old,
            new=new,
            counts=counted(frame),
            sentences=frame["sentence"].head(LISTED).to_list(),
            total=frame.height,
        )
        return page_of(request, html, None)

    def difference_csv(self, request: Request) -> Response:
        """The same, every cell."""
        old, new, frame = self._difference(request)
        name = f"difference_{old.release_id}_{new.release_id}.csv"
        access.audit(request, "download", release=new.release_id, detail=name)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(defused(frame).write_csv(), media_type=CSV, headers=headers)

    def revisions(self, request: Request) -> Response:
        """What an official release changed of the one before, as it was published with it."""
        number = request.path_params["number"]
        mark = next((mark for mark in officials(self.settings) if mark.number == number), None)
        if mark is None or "revisions.csv" not in mark.revisions:
            raise HTTPException(404, "There is no such list.")
        name = f"official-{number}_revisions.csv"
        if lost := damaged(self.settings)[mark.release_id]:
            raise DamagedReleaseError(lost, PUT_BACK)
        access.audit(request, "download", release=mark.release_id, detail=name)
        return FileResponse(
            revisions_of(self.settings, mark) / "revisions.csv", media_type=CSV, filename=name
        )

    def _difference(self, request: Request) -> tuple[Release, Release, pl.DataFrame]:
        """The older of the two, the newer, and their difference, whichever way round they were asked for."""
        found = []
        for name in ("old", "new"):
            release = find(self.settings, request.query_params.get(name) or None)
            if release is None:
                raise NotFoundError("nothing is published yet: `beatbook run` publishes")
            check_may_read(request, release)
            found.append(release)
        old, new = in_order(*found)
        shelf = self.library.shelf(new.release_id)
        made = shelf.kept(
            f"difference {old.release_id}",
            lambda _: _packed(difference(self.settings, open_landing(self.settings), old, new)),
        )
        return old, new, pl.read_ipc(made)

    def _working(self, marks: list[Official]) -> list[dict[str, Any]]:
        """The records of what is kept, the newest data first."""
        out, shown = withdrawn(self.settings), current_if_readable(self.settings)
        by_age = sorted(readable(self.settings), key=lambda each: each.vintage)
        return [
            {
                "release": release,
                "label": label_of(marks, release.release_id),
                "is_current": shown is not None and release.release_id == shown.release_id,
                "is_withdrawn": release.release_id in out,
            }
            for release in reversed(by_age)
        ]


def _announced(row: ReleaseDate, marks: list[Official]) -> dict[str, Any]:
    """A date, and the official release that kept it; a later one of a correction is no new date."""
    kept = next((mark for mark in marks if mark.month == row.month), None)
    return {"row": row, "mark": kept}


def _packed(frame: pl.DataFrame) -> bytes:
    content = frame.write_ipc(None)
    return content.getvalue()
