"""The shape of a mapping: how a tool's columns become those of one of Beatbook's kinds.

Here: what the YAML files may say. Not here: what they say, and doing it (rows.py). See docs/extending.md.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal

import msgspec

from pipelines.returns.model import Raw

#: Platforms whose ids hold the moment of their making; clocks.py reads it.
Clock = Literal["x", "linkedin", "tiktok"]


def header_name(raw: Raw) -> str:
    """A tool's column name as it is compared: without case, and with single spaces."""
    return re.sub(r"[\s_]+", " ", "" if raw is None else str(raw).replace("\ufeff", "")).strip().casefold()


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where one of our columns comes from. Of `column`, the first that the file has is taken."""

    column: tuple[str, ...] = ()
    value: str | None = None  # the same in every row
    needed: bool = False
    take: str | None = None  # of the cell, what this pattern's group matches; otherwise nothing
    words: dict[str, str] = {}  # what the cell holds, or begins with: our word for it
    otherwise: str | None = None  # our word where none of them fits
    clock: Clock | None = None  # the cell holds an id, and the id the time
    zone: str = ""  # UTC, where the tool writes that; else Europe/London
    noon: bool = False  # the tool gives a day and no time: the middle of it stands for it


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column that says whose account a row is about."""

    column: tuple[str, ...]
    holds: Literal["id", "handle", "address", "name"]


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure that the tool works out itself; of a row of a tool come as many rows of ours."""

    column: tuple[str, ...]
    unit: Literal["count", "seconds", "percent"] = "count"


class Stamp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tool writes into the file's name, or above the header, of period and export.

    The pattern has the groups `from` and `to`, or `epoch` (milliseconds since 1970) or `exported`.
    """

    where: Literal["name", "top"]
    pattern: str


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True, kw_only=True):
    """One tool's export."""

    id: str
    title: str
    kind: Literal["profiles", "posts", "messages", "tool_figures"]
    menu: str  # where to click in the tool
    page: str  # the page of docs/returns/
    headers_from: tuple[str, ...]  # public code that reads or writes such files
    is_tried: bool  # on headers that public code shows whole; false: as far as they are public
    recognised_by: tuple[str, ...]
    not_with: tuple[str, ...] = ()
    sheet: str | None = None
    columns: dict[str, Source]
    figures: dict[str, Figure] = {}
    account: tuple[Key, ...] = ()
    any_of: tuple[str, ...] = ()  # our columns of which the file must fill one
    order: Literal["day_first", "month_first"] | None = None
    only: dict[str, str] = {}  # a column, and what every cell of it must say
    only_else: str = ""  # what to do when it says something else
    skip: dict[str, str] = {}  # a column, and what it says in a row that is a sum
    texts: tuple[str, ...] = ()  # what the post says: read for its purpose alone; they are personal too
    personal: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def telling(self) -> frozenset[str]:
        return frozenset(map(header_name, self.recognised_by))

    @cached_property
    def never(self) -> frozenset[str]:
        return frozenset(map(header_name, self.not_with))

    @cached_property
    def taken(self) -> frozenset[str]:
        """Columns of the tool from which something is taken."""
        of_columns = [name for source in self.columns.values() for name in source.column]
        of_figures = [name for figure in self.figures.values() for name in figure.column]
        of_account = [name for key in self.account for name in key.column]
        names = [*of_columns, *of_figures, *of_account, *self.only, *self.skip]
        return frozenset(map(header_name, names))

    @cached_property
    def known(self) -> frozenset[str]:
        return self.taken | {header_name(name) for name in (*self.personal, *self.unused)}

    def is_personal(self, name: str) -> bool:
        """Whether a column is about people, or holds text. `name`: as `header_name` gives it."""
        return any(fnmatchcase(name, header_name(pattern)) for pattern in self.personal)

    def is_unused(self, name: str) -> bool:
        """Whether a column is known and has no place in Beatbook."""
        return any(fnmatchcase(name, header_name(pattern)) for pattern in self.unused)
