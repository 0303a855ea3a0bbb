"""The door for returns: a file is read and previewed, then lands when its sender says so.

Belongs here: the forms, the file between preview and landing, and whose it may be. Does not belong here:
reading and landing files (pipelines/returns), the same as on the command line; who may send
(access/rules.py).
"""

import logging
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipelines.landing.manifest import DamagedError
from pipelines.landing.store import open_landing
from pipelines.registry import RegistryError, load
from pipelines.returns import Return, preview
from pipelines.returns.sent import NotWithdrawnError, expected, sent, withdraw
from pipelines.returns.submit import Asked, OtherwiseDeclaredError, check, submit
from pipelines.settings import SEEDS, Settings, SettingsError
from portal import access
from portal.templates import page_of, render

#: A file that nobody confirmed is gone after this.
SECONDS_KEPT = 24 * 3600
#: What of a file's problems a page lists.
LISTED = 200
FIELDS = ("period_from", "period_to", "exported_at", "account", "order")
#: The options that declare a period on the command line, by the field of the form.
OPTIONS = {"--from": "period_from", "--to": "period_to", "--exported-at": "exported_at"}
log = logging.getLogger(__name__)
_SAID = (ValueError, SettingsError, RegistryError, DamagedError, OSError, httpx.HTTPError)


@dataclass(frozen=True)
class Door:
    """What the pages below /send do, on one data folder."""

    settings: Settings

    def routes(self) -> list[Route]:
        """The form, the preview, the receipt, and withdrawing."""
        return [
            Route("/send/{force_id}", self.form, name="upload"),
            Route("/send/{force_id}", self.preview, methods=["POST"], name="upload:preview"),
            Route("/send/{force_id}/land", self.land, methods=["POST"], name="upload:land"),
            Route("/send/{force_id}/withdraw", self.withdraw, methods=["POST"], name="upload:withdraw"),
        ]

    def form(self, request: Request) -> Response:
        """Where a file is dropped, with what was sent before and what is overdue."""
        return self._form(request)

    def preview(self, request: Request) -> Response:
        """What the file would bring, or every problem that it has. Nothing lands."""
        force_id, form = _force(request), request.state.form
        self._sweep()
        held, file = form.get("held"), form.get("file")
        if isinstance(held, str) and held:
            path = self._held(held)
        elif isinstance(file, UploadFile) and file.filename:
            path = self._keep(file)
        else:
            return self._form(request, "Choose a file first.", 400)
        said = _said(request)
        try:
            found = self._read(path, force_id, said)
            problems = [*_foreign(found, force_id), *(problem for problem in found.problems)]
            lines = [] if problems else preview.lines(found, load(self.settings.register, SEEDS))
        except _SAID as error:
            shutil.rmtree(path.parent)
            return self._form(request, str(error), 400)
        if problems:
            shutil.rmtree(path.parent)
        days = None if problems else preview.first_and_last(found)
        html = render(
            "preview.html",
            force_id=force_id,
            name=path.name,
            held=path.parent.name,
            title=preview.title(found),
            lines=lines,
            problems=problems[:LISTED],
            problem_count=len(problems),
            lacking=[OPTIONS[option] for option in found.lacking if option in OPTIONS],
            days=days,
            said=said,
            is_ready=not problems and found.declared is not None,
            form_token=request.state.form_token,
        )
        return page_of(request, html, None, 422 if problems else 200)

    def land(self, request: Request) -> Response:
        """Land what was previewed, by the same words; the receipt."""
        force_id = _force(request)
        path = self._held(str(request.state.form.get("held", "")))
        try:
            found = self._read(path, force_id, _said(request))
            if _foreign(found, force_id) or not found.is_landable or found.declared is None:
                raise HTTPException(409, "This file was not previewed like that: send it again.")
            landed = submit(self.settings, found)
            lines = preview.lines(found, load(self.settings.register, SEEDS))
        except OtherwiseDeclaredError as error:
            return self._form(request, str(error), 409)
        except _SAID as error:
            return self._form(request, str(error), 400)
        access.audit(request, "upload", detail=f"{path.name} as {landed.run_id}")
        shutil.rmtree(path.parent)
        html = render(
            "receipt.html",
            force_id=force_id,
            name=path.name,
            kind=found.kind,
            sha256=found.sha256,
            landed=landed,
            lines=lines,
            is_invented=self.settings.profile.is_invented,
        )
        return page_of(request, html, None)

    def withdraw(self, request: Request) -> Response:
        """Let a return of the force count no more."""
        force_id, form = _force(request), request.state.form
        return_id, reason = str(form.get("return_id", "")), str(form.get("reason", "")).strip()
        landing = open_landing(self.settings)
        if not reason:
            return self._form(request, "Say why it is withdrawn.", 400)
        forces = {row.force_id for row in sent(landing) if row.return_id == return_id}
        if forces != {force_id}:  # none, or one of several forces: that is the engineers' to withdraw
            return self._form(request, "There is no such return of your force alone.", 404)
        try:
            withdraw(self.settings, landing, return_id, request.state.user.name, reason)
        except NotWithdrawnError as error:
            return self._form(request, str(error), 409)
        access.audit(request, "upload", detail=f"withdrew {return_id}")
        return self._form(request, f"{return_id} counts no more, from the next working release on.")

    def _form(self, request: Request, message: str = "", status: int = 200) -> Response:
        force_id, landing = _force(request), open_landing(self.settings)
        try:
            register = load(self.settings.register, SEEDS)
        except RegistryError as error:
            log.error("the register: %s", error)  # where it lies is not the sender's to know
            sentence = "The register cannot be read; in the sandbox it comes with the first run."
            return page_of(request, render("error.html", sentence=sentence), None, 503)
        if force_id not in register.forces:
            raise HTTPException(404, "There is no such force.")
        due = expected(landing, register, self.settings.profile.today())
        html = render(
            "send.html",
            force_id=force_id,
            force_name=register.forces[force_id].force_name,
            message=message[:1].upper() + message[1:],
            sent=sent(landing, force_id),
            overdue=[row for row in due if row.force_id == force_id and row.is_overdue],
            form_token=request.state.form_token,
        )
        return page_of(request, html, None, status)

    def _read(self, path: Path, force_id: str, said: dict[str, str]) -> Return:
        asked = Asked(
            said.get("period_from"),
            said.get("period_to"),
            said.get("exported_at"),
            force_id,
            (said["account"],) if "account" in said else (),
            said.get("order"),
        )
        return check(self.settings, path, asked=asked)

    @property
    def _folder(self) -> Path:
        return self.settings.portal / "uploads"

    def _keep(self, file: UploadFile) -> Path:
        """The file on disk, under a name that nobody can guess; its own name says how it is read."""
        folder = self._folder / secrets.token_hex(16)
        folder.mkdir(parents=True, mode=0o700)
        path = folder / (
            re.sub(r"[^\w.,()+ -]", "_", Path(file.filename or "").name)[-100:].strip() or "file"
        )
        with path.open("xb") as to:
            shutil.copyfileobj(file.file, to)
        return path

    def _held(self, name: str) -> Path:
        folder = self._folder / name
        if not re.fullmatch(r"[0-9a-f]{32}", name) or not folder.is_dir():
            raise HTTPException(410, "This file is no longer held: send it again.")
        [path] = folder.iterdir()
        return path

    def _sweep(self) -> None:
        """Remove what nobody confirmed."""
        oldest = time.time() - SECONDS_KEPT
        for folder in self._folder.glob("*"):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder)


def _force(request: Request) -> str:
    return str(request.path_params["force_id"])


def _said(request: Request) -> dict[str, str]:
    """What the sender says of the file; a field that was left empty says nothing."""
    given = {name: request.state.form.get(name) for name in FIELDS}
    return {name: value.strip() for name, value in given.items() if isinstance(value, str) and value.strip()}


def _foreign(found: Return, force_id: str) -> list[dict[str, Any]]:
    """Rows of another force: who signed in sends their own."""
    if found.problems or "force_id" not in found.found.collect_schema():
        return []
    forces = found.found.select("force_id").unique().collect()["force_id"].to_list()
    others = sorted(set(forces) - {force_id})
    reason = f"The file has rows of {', '.join(others)}; you can send those of {force_id} alone."
    return [{"line": 0, "column": None, "value": "", "reason": reason}] if others else []
