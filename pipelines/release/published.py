"""Releases as they lie on disk: found, read, and held against their checksums.

Belongs here: what release.json says, the pointer, and whether files are still what was published. Does not
belong here: writing releases (publish.py), or the tables in them (reader.py).

A file is checked by reading all of it. A mark of its size and time would be cheaper and miss what matters: a
bit that turns on the disk changes neither. What a table is printed from is hashed in a fraction of the time
that DuckDB takes to answer.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from pipelines.disk import sha256_of
from pipelines.settings import Settings

RECORD = "release.json"
#: The sum of release.json, which has those of all other files; as `sha256sum --check` reads it.
RECORD_SUM = "release.json.sha256"
BUILT_FROM = "built_from.json"
#: What helps where a release is damaged: a working one, an official one.
BUILD_ANEW = "`beatbook build` publishes anew from what has landed"
PUT_BACK = "put it back from a copy: an official release is not made anew"
NOT_SAID = "an earlier version published it, and nothing is wrong with its figures"
_ID = re.compile(r"\d{8}T\d{4}-[0-9a-f]{10}(-\d+)?")


class DamagedReleaseError(Exception):
    """A release is not what was published. `damage` says which files, one line each; `to_do`: what helps."""

    def __init__(self, damage: list[str], to_do: str = BUILD_ANEW) -> None:
        more = f" (and {len(damage) - 1} more: `beatbook verify`)" if len(damage) > 1 else ""
        super().__init__(f"{damage[0]}{more}; {to_do}")
        self.damage = damage


@dataclass
class Release:
    """What release.json says. `label` is no part of it: what the release is called, once it is known whether
    it is official (official.py)."""

    label = "Working release"

    release_id: str
    data_as_of_utc: str
    created_at_utc: str
    profile: str
    is_invented: bool
    note: str
    code_version: str
    definitions_version: str
    value_count: int
    gates: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)  # path → sha256
    quarantined: list[dict[str, Any]] = field(default_factory=list)  # of the days that can still change
    decisions: list[dict[str, Any]] = field(default_factory=list)  # what people decided of these days
    years: dict[str, str] = field(default_factory=dict)  # file of older rows → their digest
    revises: str = ""  # the release before, with which revisions.parquet compares
    revised_count: int = 0  # cells
    next_official: dict[str, str] = field(
        default_factory=dict
    )  # month, at_utc: as announced when it was made

    @property
    def vintage(self) -> tuple[str, str]:
        """By which one release is older than another: what its data is as of, then when it was made."""
        return self.data_as_of_utc, self.created_at_utc

    @property
    def to_do(self) -> str:
        """What helps where a file of it is damaged."""
        return BUILD_ANEW if self.label == Release.label else PUT_BACK

    @property
    def overridden(self) -> list[str]:
        """What would have stopped it, and who let it pass, until when and why."""
        return [line for gate in self.gates for line in gate.get("overridden", [])]


class BuiltFrom(msgspec.Struct, frozen=True):
    """What built_from.json says, from which the release can be built again. `made_of`: the build's;
    `runs`: every run of the landing, by `source/day/run_id`, with the digest of its manifest."""

    code_version: str
    made_of: dict[str, str]
    runs: dict[str, str]

    def code(self) -> dict[str, str]:
        """What computed it: everything but what had landed and the register."""
        parts = {name: digest for name, digest in self.made_of.items() if name != "register"}
        return parts | {"code": self.code_version}


def built_from(folder: Path, release: Release) -> BuiltFrom:
    """What a release was built from.

    Raises:
        DamagedReleaseError: that is not what was published, or it was published without saying so.
    """
    if BUILT_FROM not in release.files:
        raise DamagedReleaseError([f"release {folder.name}: does not say what it was built from"], NOT_SAID)
    if found := damage(folder, release, [BUILT_FROM]):
        raise DamagedReleaseError(found, release.to_do)
    return msgspec.json.decode((folder / BUILT_FROM).read_bytes(), type=BuiltFrom)


def is_judged_alike(folder: Path, made_of: Mapping[str, str], suites: str) -> bool:
    """Whether a release was made of the same parts as a build (`Build.made_of`), and judged by the release
    gate's expectations with this digest."""
    try:
        release = read(folder)
        alike = built_from(folder, release).made_of == made_of
    except DamagedReleaseError:
        return False
    return alike and any(gate["gate"] == "release" and gate["suites"] == suites for gate in release.gates)


def folder_of(settings: Settings, release: Release) -> Path:
    return settings.releases / release.release_id


def current(settings: Settings) -> Release | None:
    """The published release by its record, None before the first; its other files are not looked at.

    Raises:
        DamagedReleaseError: `current` names no release, or its release.json is damaged.
    """
    pointer = settings.releases / "current"
    if not pointer.exists():
        return None
    named = pointer.read_bytes().decode(errors="replace").strip()
    folder = settings.releases / named
    try:
        if not _ID.fullmatch(named) or not folder.is_dir():
            raise DamagedReleaseError([f"{pointer} names {named[:40]!r}, and there is no such release"])
        return read(folder)
    except DamagedReleaseError as error:
        newest = newest_whole(settings)
        stands = f"the newest whole release is {newest.release_id}" if newest else "no release is whole"
        raise DamagedReleaseError([f"{error.damage[0]}; {stands}"]) from error


def current_if_readable(settings: Settings) -> Release | None:
    """The same, and None also where it is damaged: of what is current nothing can be said then."""
    try:
        return current(settings)
    except DamagedReleaseError:
        return None


def previous(settings: Settings) -> Release | None:
    """The release that the next one is compared with: the current one, or where that is damaged the newest
    that is whole; None where there is neither."""
    try:
        return current(settings)
    except DamagedReleaseError:
        return newest_whole(settings)


def compared_with(settings: Settings, files: Sequence[str], also: Sequence[str] = ()) -> Path | None:
    """The folder of that release, where one of these files is damaged of the newest that is whole; None
    without one, and where it has no such files. `also`: files that a release of before them does not have."""
    release = previous(settings)
    has_all = release is not None and set(files) <= release.files.keys()
    there = [*files, *(name for name in also if release is not None and name in release.files)]
    if release and has_all and damage(folder_of(settings, release), release, there):
        release = newest_whole(settings)
    return folder_of(settings, release) if release and set(files) <= release.files.keys() else None


def newest_whole(settings: Settings) -> Release | None:
    """Of all releases of which no file is damaged the one of the newest data."""
    by_age = sorted(readable(settings), key=lambda each: each.vintage)
    return next((r for r in reversed(by_age) if not damage(folder_of(settings, r), r)), None)


def readable(settings: Settings) -> list[Release]:
    """The releases whose release.json is as it was written."""
    found = []
    for folder in folders(settings):
        try:
            found.append(read(folder))
        except DamagedReleaseError:
            continue
    return found


def folders(settings: Settings) -> list[Path]:
    """The folder of each release, whole or not, oldest data first."""
    return sorted(path for path in settings.releases.glob("*") if path.is_dir() and _ID.fullmatch(path.name))


def read(folder: Path) -> Release:
    """A release's own record.

    Raises:
        DamagedReleaseError: it is missing, cut, changed, or of another release.
    """
    path = folder / RECORD
    try:
        text = path.read_bytes()
        if (folder / RECORD_SUM).read_text(encoding="ascii", errors="replace") != record_sum(path):
            raise DamagedReleaseError([f"release {folder.name}: {RECORD} is not what was published"])
        release = msgspec.json.decode(text, type=Release)
    except OSError as error:
        name = Path(error.filename or RECORD).name
        raise DamagedReleaseError([_unreadable(folder, name, error)]) from error
    except msgspec.DecodeError as error:  # of a later version of Beatbook
        raise DamagedReleaseError([f"release {folder.name}: {RECORD}: {error}"]) from error
    if release.release_id != folder.name:
        raise DamagedReleaseError([f"release {folder.name}: {RECORD} is that of {release.release_id}"])
    return release


def record_sum(path: Path) -> str:
    """What stands in release.json.sha256."""
    return f"{sha256_of(path)}  {path.name}\n"


def damage(
    folder: Path,
    release: Release,
    names: Iterable[str] | None = None,
    digest: Callable[[Path], str] = sha256_of,
) -> list[str]:
    """Which files of a release are not what was published, one line each. `names`: only these files."""
    found = []
    for name in release.files if names is None else names:
        try:
            if digest(folder / name) != release.files[name]:
                found.append(f"release {folder.name}: {name} is not what was published")
        except OSError as error:
            found.append(_unreadable(folder, name, error))
    return found


def served(settings: Settings) -> Release | None:
    """The published working release, its tables held against their checksums; None before the first.

    Raises:
        DamagedReleaseError: the pointer, release.json or a table is damaged.
    """
    release = current(settings)
    if release is not None:
        check_tables(settings, release)
    return release


def check_tables(settings: Settings, release: Release) -> None:
    """Hold a release's tables against their checksums.

    Raises:
        DamagedReleaseError: one of them is damaged.
    """
    tables = [name for name in release.files if name.startswith("tables/")]
    if found := damage(folder_of(settings, release), release, tables):
        raise DamagedReleaseError(found, release.to_do)


def verify(settings: Settings) -> dict[str, list[str]]:
    """Every file of every release, read once however many releases share it: the damage by release id."""
    digests: dict[tuple[int, int], str] = {}

    def digest(path: Path) -> str:
        stat = path.stat()
        key = (stat.st_dev, stat.st_ino)
        if key not in digests:
            digests[key] = sha256_of(path)
        return digests[key]

    found = {}
    for folder in folders(settings):
        try:
            found[folder.name] = damage(folder, read(folder), digest=digest)
        except DamagedReleaseError as error:
            found[folder.name] = error.damage
    return found


def _unreadable(folder: Path, name: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"release {folder.name}: {name} is missing"
    return f"release {folder.name}: {name} cannot be read: {error.strerror}"
