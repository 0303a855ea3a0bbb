"""Which releases are official, and which release is meant by who asks for one.

Belongs here: the list of official releases, its labels, whether each still is what was marked. Does not
belong here: making one official (marking.py), what changed between two (difference.py), or rolling back
(rollback.py).
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from pipelines.disk import sha256_of
from pipelines.release.periods import NotFoundError
from pipelines.release.published import (
    PUT_BACK,
    RECORD,
    DamagedReleaseError,
    Release,
    current,
    folders,
    read,
)
from pipelines.settings import Settings

#: How one asks for the newest of a kind; an id asks for that release.
OFFICIAL, WORKING = "official", "working"
#: A copy of its line in official.json, in the folder of each official release.
LINE = "line.json"


class Official(msgspec.Struct, frozen=True):
    """A line of official.json: that a release is official, as from `marked_at_utc`.

    `announced_for_utc`: when it was to come out, empty where a person published what no calendar announced;
    `record_sha256`: of its release.json, which has the sums of all its files; `revises`: the official release
    before; `revised_count`: cells of that which are others here; `revisions`: the sums of the files that list
    them; `by` and `reason` are empty where the calendar did it.
    """

    number: int
    release_id: str
    month: date
    announced_for_utc: str
    marked_at_utc: str
    by: str
    reason: str
    is_correction: bool
    record_sha256: str
    revises: str
    revised_count: int
    revisions: dict[str, str]

    @property
    def month_name(self) -> str:
        return f"{self.month:%B %Y}"

    @property
    def label(self) -> str:
        """What stands on every page, file and figure."""
        return f"Official release {self.number} ({self.month_name}{', corrected' * self.is_correction})"


def path_of(settings: Settings) -> Path:
    """The list itself."""
    return settings.releases / "official.json"


def revisions_of(settings: Settings, mark: Official) -> Path:
    """The folder of what an official release changes of the one before, and of the copy of its line."""
    return settings.releases / "official" / str(mark.number)


def officials(settings: Settings) -> list[Official]:
    """Every official release, the first one first.

    Raises:
        DamagedReleaseError: the list cannot be read, or a line is gone or not what it was: each has a copy
            beside what the release changes.
    """
    path = path_of(settings)
    try:
        marks = msgspec.json.decode(path.read_bytes(), type=list[Official])
    except FileNotFoundError:
        marks = []
    except (OSError, msgspec.MsgspecError) as error:
        raise DamagedReleaseError([f"{path} is no list of official releases"], PUT_BACK) from error
    for copy in sorted(settings.releases.glob(f"official/*/{LINE}")):
        try:
            mark = msgspec.json.decode(copy.read_bytes(), type=Official)
        except (OSError, msgspec.MsgspecError) as error:
            raise DamagedReleaseError([f"{copy} is no line of {path.name}"], PUT_BACK) from error
        if mark not in marks:
            raise DamagedReleaseError([f"{path} does not say what {copy} does of {mark.label}"], PUT_BACK)
    return marks


def label_of(marks: Sequence[Official], release_id: str) -> str:
    """What a release is called."""
    return next((mark.label for mark in reversed(marks) if mark.release_id == release_id), Release.label)


def find(settings: Settings, asked: str | None = None) -> Release | None:
    """The release that is asked for, by its record: `official`, `working` or an id. Without a word the newest
    official one, and before the first the working one. None where nothing is published.

    Raises:
        NotFoundError: there is no such release, or no official one yet.
        DamagedReleaseError: its record, or what names it, is damaged.
    """
    marks = officials(settings)
    if asked == WORKING or (asked is None and not marks):
        release = current(settings)
    elif asked in (None, OFFICIAL):
        if not marks:
            raise NotFoundError("there is no official release yet; `working` is the one of every day")
        release = marked(settings, marks[-1])
    else:
        release = named(settings, str(asked))
    if release is not None:
        release.label = label_of(marks, release.release_id)
    return release


def named(settings: Settings, release_id: str) -> Release:
    """A release that is kept, by its id.

    Raises:
        NotFoundError: there is none.
        DamagedReleaseError: its record is damaged, or, of an official one, gone or another.
    """
    mark = next((mark for mark in officials(settings) if mark.release_id == release_id), None)
    if mark is not None:  # also one whose folder has gone, which is no release that was never there
        return marked(settings, mark)
    folder = next((path for path in folders(settings) if path.name == release_id), None)
    if folder is None:
        raise NotFoundError(
            f"no release {release_id[:60]} is kept; `beatbook releases list` has those that are"
        )
    return read(folder)


def marked(settings: Settings, mark: Official) -> Release:
    """An official release by its record, which is held against its line.

    Raises:
        DamagedReleaseError: it is gone, or is not what was made official.
    """
    folder = settings.releases / mark.release_id
    try:
        if not folder.is_dir():
            raise DamagedReleaseError([f"release {folder.name}: its folder is gone"])
        release = read(folder)
        if sha256_of(folder / RECORD) != mark.record_sha256:
            raise DamagedReleaseError([f"release {folder.name}: {RECORD} is not what was made official"])
    except DamagedReleaseError as error:
        raise DamagedReleaseError([f"{mark.label}: {error.damage[0]}"], PUT_BACK) from error
    release.label = mark.label
    return release


def damaged(settings: Settings) -> dict[str, list[str]]:
    """By the id of each official release: what of its record and of its list of revisions is not what it was.
    Its other files are checked with those of all releases (published.verify).

    Raises:
        DamagedReleaseError: the list cannot be read.
    """
    found: dict[str, list[str]] = {}
    for mark in officials(settings):
        lines = found.setdefault(mark.release_id, [])
        try:
            marked(settings, mark)
        except DamagedReleaseError as error:
            lines += error.damage
        for name, digest in mark.revisions.items():
            path = revisions_of(settings, mark) / name
            if not path.exists() or sha256_of(path) != digest:
                lines.append(f"{mark.label}: {path.name}, what it changes, is not what was published")
    return found
