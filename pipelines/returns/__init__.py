"""Returns: the files that a force sends in place of an API, as its tools write them, into typed rows.

Here: the one public call. Which sheet and header in shape.py, tools' exports in importers/, our own columns
in kinds.py, cells in cells.py and times.py, rules in check.py, the formats in csv_table.py, xlsx_table.py and
xls_table.py. Not here: writing to landing, showing problems. docs/returns.md is the guide for those who send
the files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from pipelines.returns.cells import BadCell
from pipelines.returns.check import Checker
from pipelines.returns.declare import contradictions, declare
from pipelines.returns.files import digest, open_sheets
from pipelines.returns.kinds import KINDS
from pipelines.returns.model import (
    AccountRef,
    Declared,
    FindAccount,
    HashAuthor,
    Problem,
    Raw,
    Refused,
    Return,
    Row,
)
from pipelines.returns.order import Evidence
from pipelines.returns.place import Placer, Said
from pipelines.returns.register import Register
from pipelines.returns.shape import Shape, find_shape
from pipelines.returns.stated import Stated, stated_in
from pipelines.returns.times import london_day
from pipelines.sources.purposes import Rules

__all__ = [
    "KINDS",
    "AccountRef",
    "Declared",
    "FindAccount",
    "HashAuthor",
    "Options",
    "Problem",
    "Return",
    "Said",
    "Stated",
    "read_return",
]


@dataclass(frozen=True)
class Options:
    """What the sender says of a file: its period and export, whose it is, which of day and month is first."""

    stated: Stated = field(default_factory=Stated)
    said: Said = field(default_factory=Said)
    order: str | None = None


def read_return(
    path: Path,
    find_account: FindAccount,
    force_ids: frozenset[str],
    platforms: frozenset[str],
    *,
    hash_author: HashAuthor,
    now: dt.datetime | None = None,
    declared: Declared | None = None,
    options: Options | None = None,
    purpose_rules: Rules | None = None,
) -> Return:
    """Read and check a return. With any problem at all, it has no rows.

    `find_account` is given a platform and a handle without its leading @. `hash_author` is given a
    platform and what the force calls an author, who is known by the hash alone from there on. `now`
    (with a zone) is what the future is measured from; the present by default. `declared` is held
    against the rows; without it, what `options` and the file itself state. `purpose_rules` tell from its
    text what a post is for; without them no text is read. Raises OSError when there is
    no such file, and nothing else on account of what the file holds.
    """
    now = now or dt.datetime.now(dt.UTC)
    now_utc = now.astimezone(dt.UTC).replace(tzinfo=None)
    register = Register(find_account, force_ids, platforms, now_utc, hash_author, purpose_rules)
    sha256, refusal = digest(path)
    try:
        if refusal:
            raise Refused(refusal)
        return _Reader(path, sha256, register, options or Options(), declared).read()
    except Refused as refused:
        return Return(None, sha256, pl.LazyFrame(), refused.problems)


@dataclass
class _Reader:
    """One file on its way to rows: shape, declaration, order of dates, accounts, then each row."""

    path: Path
    sha256: str
    register: Register
    options: Options
    declared: Declared | None

    def read(self) -> Return:
        sheets = open_sheets(self.path)
        shape = find_shape(sheets)
        stated = self.options.stated.over(stated_in(shape, self.path.name, sheets))
        declared = self.declared or self._declare(stated, shape)
        placer = shape.mapping and Placer(
            shape.mapping, shape.names, self.register.account, self.options.said
        )
        order = self._survey(shape, placer or None, declared)
        exported = declared.exported_at_utc if declared else None
        checker = Checker(shape, self.register, order, placer or None, exported, self.options.said)
        checker.take(_below(shape))
        problems = [Problem(0, None, "", reason) for reason in shape.problems] + checker.problems
        if not checker.row_count:
            problems.append(Problem(0, None, "", "There is a header, but no row below it."))
        if placer and (question := placer.question()):
            problems.insert(0, Problem(0, None, "", question))
        found = checker.spool.scan()
        if not problems and not checker.spool.height:
            problems.append(Problem(0, None, "", "No row of the file is one that Beatbook takes."))
        if declared and not problems:
            problems = contradictions(declared, shape.kind.name, found)
        reading = replace(shape.reading, left_out=dict(checker.left_out))
        return Return(
            shape.kind.name,
            self.sha256,
            pl.LazyFrame(schema=shape.kind.schema) if problems else found,
            problems,
            checker.row_count if placer is None else checker.spool.height,
            declared,
            reading,
            () if declared else tuple(stated.lacking),
            checker.spool,
        )

    def _declare(self, stated: Stated, shape: Shape) -> Declared | None:
        if stated.lacking:
            return None
        return declare(
            stated.period_from,
            stated.period_to,
            stated.exported_at,
            self.register.now_utc,
            is_1904=shape.sheet.is_1904,
        )

    def _survey(self, shape: Shape, placer: Placer | None, declared: Declared | None) -> str | None:
        """One look at every row: which of day and month comes first, and which columns name which account."""
        order = self.options.order or (shape.mapping.order if shape.mapping else None)
        dated = [each for each in shape.fields if each.column.cell in ("time", "date")]
        platform = next((each for each in shape.fields if each.column.name == "platform"), None)
        if order and placer is None:
            return order
        latest = london_day(declared.exported_at_utc if declared else self.register.now_utc)
        period = (declared.period_from, declared.period_to) if declared else None
        evidence = Evidence(latest + dt.timedelta(days=1), period)
        for row in _below(shape):
            if isinstance(row, Problem):
                continue
            if placer is None and evidence.is_proved:
                break
            raws = [*row[1], *([None] * (shape.width - len(row[1])))]
            for each in dated if order is None else ():
                evidence.take(_picked(each.pick, raws))
            if placer is not None and platform is not None:
                placer.learn(str(_picked(platform.pick, raws) or ""), raws)
        return order or evidence.decide(" and ".join(each.label for each in dated))


def _picked(pick: object, raws: list[Raw]) -> Raw:
    try:
        return pick(raws)  # type: ignore[operator, no-any-return]
    except BadCell:
        return None


def _below(shape: Shape) -> Iterator[Row | Problem]:
    """What stands below the header, and what is wrong with the sheet as a whole."""
    yield from shape.sheet.problems(shape.line)
    for row in shape.sheet.open():
        if (row.line if isinstance(row, Problem) else row[0]) > shape.line:
            yield row
