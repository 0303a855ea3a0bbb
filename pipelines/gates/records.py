"""The record that each gate leaves, which publishing reads: the order of steps guarantees nothing.

Belongs here: a verdict, written and read back. Does not belong here: how a gate comes to it.
"""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from pipelines.disk import write_whole

#: The gates that a build has to pass before it is published. What the landing gate refused is in no build.
REQUIRED = ("dbt", "release")


@dataclass
class GateResult:
    """One gate's verdict on a build, `subject`."""

    gate: str
    subject: str
    passed: bool
    failures: list[str] = field(default_factory=list)
    overridden: list[str] = field(default_factory=list)  # what would have failed, and who lets it pass
    checked_rows: dict[str, int] = field(default_factory=dict)
    suites: str = ""  # a digest of the expectations that judged it


def record(folder: Path, result: GateResult) -> Path:
    """Write the verdict where publishing and `beatbook status` read it; a later one replaces it."""
    path = path_of(folder, result.gate, result.subject)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, msgspec.json.format(msgspec.json.encode(result, order="sorted"), indent=1))
    return path


def recorded(folder: Path, gate: str, subject: str) -> GateResult | None:
    """The recorded verdict, None when the gate was never run on that subject, or its record is damaged."""
    try:
        return msgspec.json.decode(path_of(folder, gate, subject).read_bytes(), type=GateResult)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def path_of(folder: Path, gate: str, subject: str) -> Path:
    """Where a verdict is recorded."""
    return folder / gate / f"{subject.replace('/', '--')}.json"
