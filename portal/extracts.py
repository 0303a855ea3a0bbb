"""A force's own files, for those who signed in as that force: the extract of the release, and its workbook.

Of the working release, which scripts fetch every day, unless another is asked for.

Belongs here: listing and handing them out, and writing down who took which. Does not belong here: what stands
in them (pipelines/release/extracts.py, workbook.py), or who may have them (access/rules.py).
"""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from pipelines.release.official import WORKING
from pipelines.release.opened import names
from pipelines.release.published import DamagedReleaseError, Release, damage, folder_of
from pipelines.release.workbook import write_workbook
from pipelines.settings import Settings
from portal import access
from portal.downloads import XLSX
from portal.library import Library, Shelf
from portal.switch import carried, shelf_of
from portal.templates import page_of, render

#: What each file holds, by how its name begins; the first that fits.
WHAT = {
    "SHA256SUMS": "checksums of these files",
    "account_events": "what happened to your accounts",
    "accounts": "your accounts, with followers and when each was last asked",
    "benchmarks": "your benchmarks beside all forces and your peers; a file with a year has older periods",
    "data_dictionary": "what each column is",
    "datapackage": "the same for programs (Frictionless)",
    "incidents": "declared incidents of yours",
    "mergers": "what changed when you merged accounts, beside forces that merged none",
    "not_available": "what can have no number, and why",
    "peers": "who your peers are, and why",
    "posts": "your posts with their counters; a file with a year has the older ones",
    "revisions": "which of your figures are not those of the release before",
}


def routes(settings: Settings, library: Library) -> list[Route]:
    """The list of a force's files, each file, and the workbook."""
    return [
        Route("/extracts/{force_id}", _listing(settings, library), name="extract"),
        Route("/extracts/{force_id}/workbook.xlsx", _workbook(settings, library), name="extract:workbook"),
        Route("/extracts/{force_id}/{file}", _file(settings, library), name="extract:file"),
    ]


def _files(settings: Settings, shelf: Shelf, force_id: str) -> list[str]:
    """The names of a force's files in the release: only what the release says that it holds."""
    start = f"extracts/{force_id}/"
    found = sorted(name.removeprefix(start) for name in shelf.release.files if name.startswith(start))
    if not found:
        raise HTTPException(404, "There is no such extract.")
    return found


def _whole(settings: Settings, shelf: Shelf, force_id: str, files: list[str]) -> Path:
    """The folder of a force's files, these of which are what was published.

    Raises:
        DamagedReleaseError: one of them is not.
    """
    folder = folder_of(settings, shelf.release)
    if found := damage(folder, shelf.release, [f"extracts/{force_id}/{name}" for name in files]):
        raise DamagedReleaseError(found, shelf.release.to_do)
    return folder / "extracts" / force_id


def _named(shelf: Shelf, force_id: str, name: str) -> str:
    """What a file is called where it is kept: `kent_official-release-3-november-2026_posts.csv`."""
    if shelf.release.label == Release.label:
        return f"{force_id}_{name}"
    return f"{force_id}_{'-'.join(re.findall('[a-z0-9]+', shelf.release.label.lower()))}_{name}"


def _listing(settings: Settings, library: Library) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        shelf, force_id = shelf_of(request, library, WORKING), request.path_params["force_id"]
        folder = folder_of(settings, shelf.release) / "extracts" / force_id
        files: list[dict[str, Any]] = [
            {
                "name": name,
                "what": next((what for start, what in WHAT.items() if name.startswith(start)), ""),
                "kilobytes": (folder / name).stat().st_size / 1000 if (folder / name).is_file() else None,
            }
            for name in _files(settings, shelf, force_id)
        ]
        forces = names(shelf.connection.cursor(), "force_id", "force_name", "dim_force")
        html = render(
            "extract.html",
            files=files,
            force_id=force_id,
            force_name=forces[force_id],
            carried=carried(request),
        )
        return page_of(request, html, shelf.release)

    return endpoint


def _file(settings: Settings, library: Library) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        shelf, force_id = shelf_of(request, library, WORKING), request.path_params["force_id"]
        name = request.path_params["file"]
        if name not in _files(settings, shelf, force_id):
            raise HTTPException(404, "There is no such file in the extract.")
        folder = _whole(settings, shelf, force_id, [name])
        access.audit(request, "download", release=shelf.release.release_id, detail=name)
        return FileResponse(folder / name, filename=_named(shelf, force_id, name))

    return endpoint


def _workbook(settings: Settings, library: Library) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        shelf, force_id = shelf_of(request, library, WORKING), request.path_params["force_id"]
        files = _files(settings, shelf, force_id)

        def made(connection: Any) -> bytes:
            to = BytesIO()
            tables = [name for name in files if name.endswith(".parquet")]
            extract = _whole(settings, shelf, force_id, tables)
            write_workbook(to, shelf.release, connection, extract, force_id)
            return to.getvalue()

        body = shelf.kept(f"workbook {force_id}", made)
        access.audit(request, "download", release=shelf.release.release_id, detail="workbook.xlsx")
        headers = {
            "Content-Disposition": f'attachment; filename="{_named(shelf, force_id, "workbook.xlsx")}"'
        }
        return Response(body, media_type=XLSX, headers=headers)

    return endpoint
