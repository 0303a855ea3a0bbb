"""The store of what was said: one line of JSON each, in one file, added to and never changed.

Belongs here: keeping queries, answers and notes, and what stands of them now. Does not belong here: pages
(preview.py, notes.py), or who did it by name, which the audit log has (access/audit.py).

A withdrawn note is a line that says so: what was said before stays in the history.
"""

import logging
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import msgspec

from pipelines.disk import sync
from pipelines.landing.locks import locked
from pipelines.settings import Settings, SettingsError

#: Characters. A note stands above a table, and a query is about one figure.
MOST = {"note": 500, "query": 1_000, "answer": 1_000, "asker": 80}
#: So many queries of a force may wait for an answer, and so many notes stand; more is a conversation.
MOST_WAITING, MOST_NOTES = 50, 20
log = logging.getLogger(__name__)


class Said(msgspec.Struct, frozen=True):
    """A line. `by_role`: as what somebody spoke, never a name. `about`: the query that is answered, or the
    note that is withdrawn. `indicator_id` is empty where a note is about the force itself; `month` and
    `release_id` are those of the figure that is queried."""

    id: str
    at_utc: datetime
    kind: Literal["query", "answer", "note", "withdrawal"]
    force_id: str
    by_role: str
    text: str
    about: str = ""
    indicator_id: str = ""
    month: date | None = None
    release_id: str = ""


@dataclass(frozen=True)
class Query:
    """A query with its answers, the first one first."""

    said: Said
    answers: list[Said]


@dataclass(frozen=True)
class Note:
    """A note, and when it was withdrawn; None while it stands."""

    said: Said
    withdrawn: Said | None


class NotSaidError(Exception):
    """It cannot be kept as it was written; the message is a sentence for a person."""


def checked(text: object, kind: str) -> str:
    """What somebody wrote, on one line and trimmed.

    Raises:
        NotSaidError: it is empty, or longer than `MOST`.
    """
    words = " ".join(str(text or "").split())
    if not words:
        raise NotSaidError(f"The {kind} is empty.")
    if len(words) > MOST[kind]:
        raise NotSaidError(f"The {kind} has {len(words):,} characters; {MOST[kind]:,} are the most.")
    return words


def say(settings: Settings, line: Said) -> None:
    """Keep a line: in one write, on disk before it counts. One at a time, also across processes."""
    path = settings.portal / "said.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(settings.locks / "said"):
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(handle).st_size
            torn = size and os.pread(handle, 1, size - 1) != b"\n"  # a write that was killed
            os.write(handle, b"\n" * bool(torn) + msgspec.json.encode(line) + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        sync(path.parent)


def lines(settings: Settings) -> list[Said]:
    """Everything that was said, the first one first. A line that was cut while it was written was never said.

    Raises:
        SettingsError: a line can be read as JSON and is none of ours.
    """
    path = settings.portal / "said.jsonl"
    found = []
    for nth, text in enumerate(path.read_bytes().splitlines() if path.exists() else [], 1):
        try:
            found.append(msgspec.json.decode(text, type=Said))
        except msgspec.ValidationError as error:
            raise SettingsError(f"{path}, line {nth}: {error}") from error
        except msgspec.DecodeError:
            continue
    return found


def readable_lines(settings: Settings) -> list[Said]:
    """The same for pages of figures, which nothing that was said may keep from being read."""
    try:
        return lines(settings)
    except SettingsError as error:
        log.error("%s", error)
        return []


def queries(said: Sequence[Said], force_id: str | None = None) -> list[Query]:
    """The queries, of one force or of all, the newest first."""
    answers: dict[str, list[Said]] = {}
    for line in said:
        if line.kind == "answer":
            answers.setdefault(line.about, []).append(line)
    asked = [line for line in said if line.kind == "query" and force_id in (None, line.force_id)]
    return [Query(line, answers.get(line.id, [])) for line in reversed(asked)]


def notes(said: Sequence[Said], force_id: str) -> list[Note]:
    """A force's notes, withdrawn ones too, the newest first."""
    withdrawn = {line.about: line for line in said if line.kind == "withdrawal"}
    own = [line for line in said if line.kind == "note" and line.force_id == force_id]
    return [Note(line, withdrawn.get(line.id)) for line in reversed(own)]


def new_id() -> str:
    """What a line is called: nobody has to guess it, and no two have the same."""
    return secrets.token_hex(6)
