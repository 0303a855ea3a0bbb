"""The record that each gate leaves, which publishing reads: the order of steps guarantees nothing.

Belongs here: a verdict, written and read back. Does not belong here: how a gate comes to it.
"""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from pipelines.disk import write_whole
from pipelines.landing.store import Landing


@dataclass
class GateResult:
    """One gate's verdict. `subject` is what was gated: `youtube/<run_id>`, or a build's id."""

    gate: str
    subject: str
    passed: bool
    failures: list[str] = field(default_factory=list)
    quarantined: dict[str, str] = field(default_factory=dict)  # force_id → why
    checked_rows: dict[str, int] = field(default_factory=dict)


def record(folder: Path, result: GateResult) -> Path:
    """Write the verdict where publishing and `beatbook status` read it; a later one replaces it."""
    path = folder / result.gate / f"{result.subject.replace('/', '--')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, msgspec.json.format(msgspec.json.encode(result, order="sorted"), indent=1))
    return path


def recorded(folder: Path, gate: str, subject: str) -> GateResult | None:
    """The recorded verdict, None when the gate was never run on that subject, or its record is damaged."""
    path = folder / gate / f"{subject.replace('/', '--')}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=GateResult)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def required_gates(landing: Landing, build_id: str | None) -> list[tuple[str, str]]:
    """Gate and subject of every verdict that a release stands on.

    They are dbt's and the release gate's on the build, and the landing gate's on each source's newest run.
    """
    required = [("dbt", build_id), ("release", build_id)] if build_id else []
    for source in sorted({source for source, _ in landing.schemas}):
        newest = max((run_id for _, run_id in landing.runs(source)), default=None)
        required += [("landing", f"{source}/{newest}")] if newest else []
    return required
