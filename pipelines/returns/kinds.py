"""The five kinds of return: their columns, and how a header row tells which kind a file is.

Here: names of columns and the schema that each kind lands in (docs/landing.md). Not here: what a
cell may hold (cells.py, times.py) and what rows may say together (check.py).
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from pipelines.returns.model import Raw, Row, shown

HEADER_ROWS = 20  # the header is looked for in this many rows, so a title above it does no harm
MIN_KNOWN = 2  # a row with fewer known names than this is not a header

CellType = Literal[
    "force",
    "platform",
    "handle",
    "id",
    "private_id",
    "author",
    "choice",
    "time",
    "date",
    "count",
    "flag",
    "word",
    "number",
]


@dataclass(frozen=True)
class Column:
    """One column of a kind: what it holds, and whether every row must fill it."""

    name: str
    cell: CellType
    required: bool = True
    choices: tuple[str, ...] = ()

    @property
    def output(self) -> str:
        return f"{self.name}_utc" if self.cell == "time" else self.name

    @property
    def dtype(self) -> pl.DataType:
        types: dict[str, pl.DataType] = {
            "time": pl.Datetime("us"),
            "date": pl.Date(),
            "count": pl.Int64(),
            "flag": pl.Boolean(),
            "number": pl.Float64(),
        }
        return types.get(self.cell, pl.String())


@dataclass(frozen=True)
class Kind:
    """One kind of return. `key`: the output columns that together may appear once in a file."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    any_of: tuple[str, ...] = ()  # at least one of these columns must be there
    is_of_posts: bool = False  # what they are for is told from a column `text`, which goes

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The landed columns, without those that landing itself adds."""
        own = {c.output: c.dtype for c in self.columns if c.name not in ("force_id", "handle")}
        told = {"purpose": pl.String(), "purpose_rules_version": pl.Int32()} if self.is_of_posts else {}
        return {"force_id": pl.String(), "account_id": pl.String(), **own, **told, "line": pl.Int64()}

    def missing(self, names: set[str]) -> list[str]:
        lacking = [c.name for c in self.columns if c.required and c.name not in names]
        if self.any_of and not names.intersection(self.any_of):
            lacking.append(" or ".join(self.any_of))
        return lacking

    def unknown(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if name and name not in self.names]


_FORCE = Column("force_id", "force")
_ACCOUNT = (_FORCE, Column("platform", "platform"), Column("handle", "handle"))
_POST_COUNTS = (
    "view_count",
    "impression_count",
    "reach_count",
    "like_count",
    "share_count",
    "quote_count",
    "comment_count",
    "click_count",
)
#: What `like_count` is made of where the platform has several sorts (Facebook).
_REACTIONS = tuple(f"{sort}_reaction_count" for sort in ("like", "love", "haha", "wow", "sad", "angry"))

KINDS: tuple[Kind, ...] = (
    Kind(
        "profiles",
        (
            *_ACCOUNT,
            Column("observed_at", "time"),
            Column("follower_count", "count", required=False),
            Column("post_count", "count", required=False),
        ),
        key=("platform", "account_id", "observed_at_utc"),
        any_of=("follower_count", "post_count"),
    ),
    Kind(
        "posts",
        (
            *_ACCOUNT,
            Column("post_id", "id"),
            Column("created_at", "time"),
            Column("observed_at", "time"),
            Column("kind", "choice", choices=("post", "reply", "repost")),
            *(Column(name, "count", required=False) for name in (*_POST_COUNTS, *_REACTIONS)),
        ),
        key=("platform", "account_id", "post_id", "observed_at_utc"),
        is_of_posts=True,
    ),
    Kind(
        "messages",
        (
            *_ACCOUNT,
            Column("channel", "choice", choices=("public", "direct")),
            Column("conversation_id", "private_id"),
            Column("message_id", "private_id"),
            Column("direction", "choice", choices=("inbound", "outbound")),
            Column("sent_at", "time"),
            Column("is_automatic", "flag", required=False),
            Column("author_key", "author", required=False),
            Column("in_reply_to", "private_id", required=False),
            Column("closed_at", "time", required=False),
        ),
        key=("platform", "account_id", "message_id"),
    ),
    Kind(
        "outcomes",
        (
            *_ACCOUNT,
            Column("post_id", "id"),
            Column(
                "outcome",
                "choice",
                choices=("located", "arrested", "charged", "information", "other"),
            ),
            Column("outcome_date", "date"),
        ),
        key=("platform", "account_id", "post_id", "outcome", "outcome_date"),
    ),
    Kind(
        "tool_figures",
        (
            *_ACCOUNT,
            Column("tool", "word"),
            Column("figure", "word"),
            Column("from_date", "date"),
            Column("to_date", "date"),
            Column("value", "number"),
            Column("unit", "choice", choices=("count", "seconds", "percent")),
        ),
        key=("platform", "account_id", "tool", "figure", "from_date", "to_date"),
    ),
)
_KNOWN = frozenset(name for kind in KINDS for name in kind.names)


@dataclass(frozen=True)
class Header:
    """The header row that was found. `kind` is None when it could not be told."""

    line: int
    names: list[str]
    known: int
    kind: Kind | None
    problems: list[str]


def normalise(raw: Raw) -> str:
    """A column's name as Beatbook compares it: `Force ID` is `force_id`."""
    text = "" if raw is None else str(raw).replace("\ufeff", "").strip()
    return re.sub(r"[\s\-]+", "_", text).lower()


def find_header(rows: Sequence[Row]) -> Header | None:
    """The row with the most known column names among the first rows, and what is wrong with it."""
    best: tuple[int, Row] | None = None
    for row in rows[:HEADER_ROWS]:
        known = len({normalise(cell) for cell in row[1]} & _KNOWN)
        if known >= MIN_KNOWN and (best is None or known > best[0]):
            best = (known, row)
    if best is None:
        return None
    known, (line, cells) = best
    names = [normalise(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    kind, problems = _infer(names)
    return Header(line, names, known, kind, problems)


def no_header() -> str:
    """What to say when no row is a header."""
    wanted = "; ".join(f"{kind.name}: {', '.join(kind.names)}" for kind in KINDS)
    return (
        f"None of the first {HEADER_ROWS} rows is a header that Beatbook knows. Name the columns in "
        f"the first row as one of the kinds of return does, or send a tool's export as it comes. {wanted}."
    )


def is_personal(name: str) -> bool:
    """Whether a column that no kind has is about people or holds text, by its name."""
    return name in ("from", "to") or (
        not name.endswith("_count") and not _PERSONAL.isdisjoint(name.split("_"))
    )


_PERSONAL = frozenset(
    "text message body content caption title description name names author authors user username users "
    "screenname fullname firstname surname email mail phone telephone mobile address sender recipient "
    "contact customer person agent staff".split()
)


def _infer(names: list[str]) -> tuple[Kind | None, list[str]]:
    problems = [
        f"The column {shown(name)} appears {n} times. Keep one."
        for name, n in Counter(names).items()
        if name and n > 1
    ]
    foreign = [name for name in names if not is_personal(name)]
    distance = {k.name: len(k.missing(set(names))) + len(k.unknown(foreign)) for k in KINDS}
    nearest = [kind for kind in KINDS if distance[kind.name] == min(distance.values())]
    if len(nearest) > 1:
        could = "; or ".join(
            f"{k.name}, but then it lacks {', '.join(k.missing(set(names))) or 'nothing'}"
            + (f" and has {', '.join(map(shown, k.unknown(foreign)))} too many" if k.unknown(foreign) else "")
            for k in nearest
        )
        return None, [*problems, f"The columns fit more than one kind of return: {could}."]
    kind = nearest[0]
    missing = kind.missing(set(names))
    if missing:
        problems.append(
            f"This looks like a return of {kind.name}, but these columns are missing: "
            f"{', '.join(missing)}. Add them."
        )
    problems.extend(_extra_reason(kind, name) for name in kind.unknown(foreign))
    return (None if missing or len(set(names)) < len([n for n in names if n]) else kind), problems


def _extra_reason(kind: Kind, name: str) -> str:
    close = difflib.get_close_matches(name, kind.names, n=1, cutoff=0.75)
    if close:
        return f"A return of {kind.name} has no column {shown(name)}. Is it {close[0]} misspelt?"
    return (
        f"A return of {kind.name} has no column {shown(name)}. Take it out: a column that Beatbook does "
        "not know would be lost without a word."
    )
