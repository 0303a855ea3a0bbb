"""The record that each gate leaves, which publishing reads: the order of steps guarantees nothing.

Belongs here: a verdict, written and read back. Does not belong here: how a gate comes to it.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

#: The gates that a build has to pass before it is published. What the landing gate refused is in no build.
REQUIRED = ("dbt", "release")


@dataclass
class GateResult:
    """One gate's verdict on a build, `subject`."""

    gate: str
    subject: str
    passed: bool
    failures: list[str] = field(default_factory=list)
    checked_rows: dict[str, int] = field(default_factory=dict)


def record(folder: Path, result: GateResult) -> Path:
    """Write the verdict where publishing and `beatbook status` read it; a later one replaces it."""
    path = folder / result.gate / f"{result.subject.replace('/', '--')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    beside.write_text(json.dumps(asdict(result), indent=1, sort_keys=True))
    beside.replace(path)
    return path


def recorded(folder: Path, gate: str, subject: str) -> GateResult | None:
    """The recorded verdict, None when the gate was never run on that subject."""
    path = folder / gate / f"{subject.replace('/', '--')}.json"
    return GateResult(**json.loads(path.read_text())) if path.exists() else None
