"""Exports of forces' own tools: one mapping a tool and version, as data (the YAML files of this folder).

Here: the mappings, and which of them a header row fits. Not here: rows (rows.py), whose account it is
(place.py). docs/returns/ has a page for each tool.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from pipelines.returns.importers.mapping import Mapping, header_name
from pipelines.returns.model import Raw

FOLDER = Path(__file__).parent


@cache
def mappings() -> tuple[Mapping, ...]:
    """Every tool's mapping, by its id."""
    files = sorted(FOLDER.glob("*.yaml"))
    return tuple(msgspec.yaml.decode(file.read_bytes(), type=Mapping) for file in files)


def fitting(cells: Iterable[Raw]) -> tuple[Mapping, int] | None:
    """The mapping that a header row fits best, and how many of its columns the row has.

    A row fits when it has all of the mapping's telling columns, whatever else is there.
    """
    names = {header_name(cell) for cell in cells}
    scored = [(len(names & m.known), m) for m in mappings() if m.telling <= names and not m.never & names]
    if not scored:
        return None
    known, best = max(scored, key=lambda pair: (pair[0], len(pair[1].telling)))
    return best, known
