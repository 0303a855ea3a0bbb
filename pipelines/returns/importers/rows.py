"""One row of a tool's export into rows of ours: cells picked, words translated, times read out of ids.

Here: what a mapping says, done. Not here: judging a cell (cells.py), whose account it is (place.py). A cell
that no column of ours takes is never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.returns import cells
from pipelines.returns.importers.clocks import time_of
from pipelines.returns.importers.mapping import Mapping, Source, header_name
from pipelines.returns.kinds import Column, Kind
from pipelines.returns.model import Raw, is_blank
from pipelines.returns.times import FIRST_OF_TWO

Pick = Callable[[Sequence[Raw]], Raw]

_DURATION = re.compile(
    r"(?:(\d+)\s*d)?\s*(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+)\s*s(?:ec)?)?", re.I
)
_CLOCK = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?")


@dataclass(frozen=True)
class Field:
    """One of our columns in a file: what the file calls it, and how its cell is had."""

    column: Column
    label: str
    pick: Pick
    zone: str = ""
    is_noon: bool = False  # a day, whose middle stands for a time that the tool does not give


@dataclass(frozen=True)
class Expanded:
    """A figure that the tool worked out, of which each row of the file becomes a row of ours."""

    figure: str
    label: str
    place: int
    unit: str


class Lacking(Exception):
    """A needed column that the file does not have. `names`: what the tool calls it."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names)
        self.names = names


def place_of(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Where in a header the first of `wanted` stands that it has."""
    places = (names.index(header_name(name)) for name in wanted if header_name(name) in names)
    return next(places, None)


def fields_of(mapping: Mapping, kind: Kind, names: Sequence[str]) -> list[Field]:
    """Our columns in a file with this header.

    Raises:
        Lacking: a needed column is not there.
    """
    fields = []
    for column in kind.columns:
        source = mapping.columns.get(column.name)
        if source is None:
            continue
        place = place_of(names, source.column)
        if place is None and source.value is None:
            if source.needed:
                raise Lacking(source.column)
            continue
        label = column.name if place is None else source_label(source, names, place)
        fields.append(Field(column, label, _pick(source, place), source.zone or FIRST_OF_TWO, source.noon))
    filled = {field.column.name for field in fields}
    if mapping.any_of and not filled.intersection(mapping.any_of):
        raise Lacking(tuple(mapping.columns[name].column[0] for name in mapping.any_of))
    return fields


def figures_of(mapping: Mapping, names: Sequence[str]) -> list[Expanded]:
    """The tool's own figures in a file with this header."""
    found = []
    for name, figure in mapping.figures.items():
        place = place_of(names, figure.column)
        if place is not None:
            found.append(Expanded(name, figure.column[0], place, figure.unit))
    return found


def source_label(source: Source, names: Sequence[str], place: int) -> str:
    """What the tool calls the column, as the tool writes it."""
    return next(name for name in source.column if header_name(name) == names[place])


def _pick(source: Source, place: int | None) -> Pick:
    if place is None:
        return lambda _: source.value
    take = re.compile(source.take) if source.take else None

    def pick(row: Sequence[Raw]) -> Raw:
        raw = row[place]
        if take is not None and not is_blank(raw):
            raw = _taken(take, raw)
        if source.words:
            return _word(source, raw)
        if source.clock and not is_blank(raw):
            return _clocked(source.clock, raw)
        return raw

    return pick


def _taken(pattern: re.Pattern[str], raw: Raw) -> Raw:
    found = pattern.search(str(raw))
    if found is None:
        raise cells.BadCell("There is no identifier of a post in this cell. Was the export changed?")
    return found[1]


def _word(source: Source, raw: Raw) -> Raw:
    text = "" if is_blank(raw) else str(raw).strip().casefold().replace("_", " ")
    for part, ours in source.words.items():
        wanted = part.casefold()
        is_there = _has_word(wanted, text) if wanted.isalpha() else text.startswith(wanted)
        if is_there:
            return ours
    return raw if source.otherwise is None else source.otherwise


@lru_cache(maxsize=4096)
def _has_word(word: str, text: str) -> bool:
    return re.search(rf"(?<![a-z]){word}(?![a-z])", text) is not None


def _clocked(clock: str, raw: Raw) -> Raw:
    moment = time_of(clock, cells.identifier(raw))
    if moment is None:
        raise cells.BadCell("The time of a post is read from its identifier, and this one holds none.")
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def in_seconds(raw: Raw) -> Raw:
    """A duration as tools write it (1h 23m, 00:12:34, 95) in seconds; anything else as it is."""
    if not isinstance(raw, str):
        return raw
    text = raw.strip()
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
        return hours * 3600 + minutes * 60 + seconds if match[3] else hours * 60 + minutes
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return raw
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
