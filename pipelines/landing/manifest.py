"""The manifest of a run: what it landed, with checksums, and whom the landing gate quarantined.

Belongs here: its shape, and telling a damaged one. Does not belong here: where it lies and when it is written
(store.py), or what follows from a quarantine (quarantine.py).
"""

import hashlib
from pathlib import Path

import msgspec


class DamagedError(Exception):
    """A landing file is missing, or is not what was landed."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is missing, or is not what was landed: put it back from a copy")


class Refused(msgspec.Struct, frozen=True, order=True):
    """An account whose rows of a run the landing gate quarantined, by which expectation, and why."""

    platform: str
    force_id: str
    account_id: str
    expectation: str
    detail: str


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):  # as below
    """What a person decided of all that had landed of a day: that rows count although the gate quarantined
    them (`is_release`), or that they do not. `account_ids`: of these accounts; none named, of all. `run_ids`:
    of these runs, which are returns that are withdrawn; none named, of all before."""

    is_release: bool
    account_ids: list[str]
    by: str
    reason: str
    run_ids: list[str] = []


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True):  # a field more changes no older checksum
    """What one run landed. `files`: sha256 of each entity's file. `suites`: a digest of the expectations that
    judged it. `decision`: in place of files, what was decided of the runs before. `sha256`: of the rest."""

    run_id: str
    files: dict[str, str]
    suites: str
    quarantined: list[Refused]
    decision: Decision | None = None
    sha256: str = ""


def encode(manifest: Manifest) -> bytes:
    """The manifest as JSON, with its own checksum in it."""
    signed = msgspec.structs.replace(manifest, sha256=_digest(manifest))
    return msgspec.json.format(msgspec.json.encode(signed), indent=1)


def decode(path: Path) -> Manifest:
    """The manifest at `path`.

    Raises:
        DamagedError: there is none, or it is not what was written.
    """
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (FileNotFoundError, UnicodeDecodeError, msgspec.MsgspecError) as error:
        raise DamagedError(path) from error
    if found.sha256 != _digest(found):
        raise DamagedError(path)
    return found


def _digest(manifest: Manifest) -> str:
    return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(manifest, sha256=""))).hexdigest()
