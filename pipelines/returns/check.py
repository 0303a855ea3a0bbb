"""Rows of a return against the register, against each other and against the clock.

Here: which cell goes to which parser, and every rule that needs more than one cell. Not here: files, headers
(shape.py). Every row is looked at. Of very many problems the first are kept, then the first of each kind.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.returns import cells, limits
from pipelines.returns.importers.mapping import header_name
from pipelines.returns.importers.rows import Field, in_seconds
from pipelines.returns.kinds import normalise
from pipelines.returns.model import (
    NOT_SHOWN,
    Problem,
    Raw,
    Row,
    Uncalculated,
    is_blank,
    shown,
)
from pipelines.returns.place import Placer, Said
from pipelines.returns.register import Parser, Reads, Register
from pipelines.returns.shape import Shape
from pipelines.returns.spool import Spool

#: What of a reason is its row's own, and does not make it another kind of problem.
_OWN = re.compile(r"\d+|\b[Cc]ell [A-Z]+\d+")
_PLAIN = re.compile(r"[0-9/:.,+ TZampAMP-]*")


class TooManyError(Exception):
    """The file has more problems, or more rows, than are looked at."""


class Checker:
    """Takes a return's rows one by one; keeps what may land and what is wrong."""

    def __init__(
        self,
        shape: Shape,
        register: Register,
        order: str | None,
        placer: Placer | None,
        exported: dt.datetime | None,
        said: Said,
    ) -> None:
        self.kind = shape.kind
        self.problems: list[Problem] = []
        self.spool = Spool(shape.kind.schema)
        self.row_count = 0
        self.left_out: Counter[str] = Counter()
        self._kinds: set[tuple[str | None, str, str]] = set()
        self._unlisted = 0
        self._shape = shape
        self._register = register
        self._placer = placer
        self._exported = exported
        self._said = said
        # What a tool shows, it shows as it stood when it wrote the file.
        is_shown_then = placer is not None and self.kind.name == "posts"
        self._defaults = {"observed_at_utc": exported} if is_shown_then else {}
        self._unnamed = [index for index, name in enumerate(shape.names) if not name]
        self._plan = [(each, self._parser(each, order)) for each in shape.fields]
        self._rules = _of_mapping(shape)
        self._long = {c.name: 0 for c in self.kind.columns if c.cell in ("id", "private_id")}
        self._cut: dict[str, list[tuple[int, str]]] = {name: [] for name in self._long}

    def _parser(self, each: Field, order: str | None) -> Parser:
        reads = Reads(self._shape.sheet.is_1904, order, each.zone, each.is_noon)
        return self._register.parser(each.column, reads)

    def take(self, rows: Iterable[Row | Problem]) -> None:
        """Check every row below the header."""
        try:
            for row in rows:
                if isinstance(row, Problem):
                    self.row_count += 1
                    self._add(row)
                elif not all(map(is_blank, row[1])):
                    self.row_count += 1
                    self._row(*row)
                if self.row_count > limits.MAX_ROWS:
                    raise TooManyError(
                        f"The file has more than {limits.MAX_ROWS:,} rows. Send it in parts, month by month."
                    )
            self._look_back()
        except TooManyError as error:
            self.problems.append(Problem(0, None, "", str(error)))
        if self._unlisted:
            listed = len(self.problems)
            reason = (
                f"There are {listed + self._unlisted:,} problems; {listed:,} of them are listed: the first "
                f"{limits.MAX_PROBLEMS:,}, then the first of each kind, and every account that is not known."
            )
            self.problems.append(Problem(0, None, "", reason))
        self.problems.sort(key=lambda problem: problem.line)

    def _add(self, *problems: Problem) -> None:
        for problem in problems:
            kind = _kind(problem)
            if len(self.problems) >= limits.MAX_PROBLEMS and kind in self._kinds:
                self._unlisted += 1
                continue
            if len(self.problems) >= 2 * limits.MAX_PROBLEMS:
                raise TooManyError(
                    f"There are more than {len(self.problems):,} problems of different kinds or accounts; "
                    f"reading stopped at line {problem.line}. Put these right first."
                )
            self._kinds.add(kind)
            self.problems.append(problem)

    def _look_back(self) -> None:
        """What only the whole file shows: identifiers cut by a spreadsheet, and rows that come twice."""
        for name, cut in self._cut.items():
            if 2 * len(cut) > self._long[name]:
                self._add(*(Problem(line, name, value, cells.CUT) for line, value in cut))
        self._add(*self._repeated())

    def _repeated(self) -> Iterator[Problem]:
        key = list(self.kind.key)
        same = ", ".join(name.removesuffix("_utc") for name in key).replace("account_id", "handle")
        # A number for each row is little to hold; only rows that share one are held against each other.
        rows = self.spool.scan().with_columns(pl.struct(key).hash().alias("mark"))
        marks = rows.select("mark").collect()["mark"]
        shared = marks.filter(marks.is_duplicated()).unique()
        if shared.is_empty():
            return
        pairs = (
            rows.filter(pl.col("mark").is_in(shared.implode()))
            .select("line", pl.col("line").min().over(key).alias("first"))
            .filter(pl.col("line") != pl.col("first"))
            .sort("line")
            .limit(limits.MAX_PROBLEMS + 1)
            .collect()
        )
        for line, first in pairs.iter_rows():
            reason = f"Line {line} repeats line {first}: both have the same {same}. Take one of them out."
            yield Problem(line, None, "", reason)

    def _row(self, line: int, raws: list[Raw]) -> None:
        width = self._shape.width
        if self._shape.sheet.is_ragged and len(raws) < width:
            raws = raws + [None] * (width - len(raws))
        if reason := self._misshapen(raws):
            self._add(Problem(line, None, "", reason))
            return
        if (skipped := self._rules(raws)) is not None:
            if skipped.is_problem:
                self._add(Problem(line, skipped.label, shown(skipped.value), skipped.reason))
            else:
                self.left_out[skipped.reason] += 1
            return
        if not self._shape.figures:
            self._record(line, raws, {})
            return
        for figure in self._shape.figures:
            raw = raws[figure.place]
            if not is_blank(raw):
                value = in_seconds(raw) if figure.unit == "seconds" else raw
                given = {"figure": figure.figure, "unit": figure.unit}
                self._record(line, raws, given, (figure.label, value))

    def _record(
        self, line: int, raws: list[Raw], given: dict[str, Any], figure: tuple[str, Raw] | None = None
    ) -> None:
        row: dict[str, Any] = {"line": line, **self._defaults, **given}
        found: list[Problem] = []
        for each, parse in self._plan:
            try:
                value = self._cell(each.pick(raws), each, parse)
                if each.is_noon and self._exported and value and value > self._exported:
                    value = self._exported
                row[each.column.output] = value
            except cells.BadCell as bad:
                found.append(Problem(line, each.label, self._quoted(each, raws, bad), bad.reason))
        if figure is not None:
            try:
                row["value"] = cells.number(figure[1])
            except cells.BadCell as bad:
                found.append(Problem(line, figure[0], shown(figure[1]), bad.reason))
        if self._is_elsewhere(row, found):
            return
        found += self._across(line, row, raws)
        if found:
            self._add(*found)
        elif "account_id" in row:
            self.spool.add(row | self._purpose(row, raws))

    def _purpose(self, row: dict[str, Any], raws: Sequence[Raw]) -> dict[str, Any]:
        """What a post is for, by its text, which goes no further. A reply is for whom it answers, a repost
        somebody else's."""
        rules = self._register.purpose_rules
        if rules is None or not self._shape.texts or row.get("kind") != "post":
            return {}
        cells_of_text = (raws[place] for place in self._shape.texts)
        return rules.told_by("\n".join(cell for cell in cells_of_text if isinstance(cell, str)))

    def _quoted(self, each: Field, raws: Sequence[Raw], bad: cells.BadCell) -> str:
        """The cell as a problem quotes it. In an inbox a slipped cell may hold a name or a text."""
        source = _source(each, raws)
        is_inbox = self.kind.name == "messages" and each.column.cell != "platform"
        if bad.is_private or each.column.cell in ("author", "private_id"):
            return NOT_SHOWN
        return NOT_SHOWN if is_inbox and not _PLAIN.fullmatch(source) else source

    def _is_elsewhere(self, row: dict[str, Any], found: list[Problem]) -> bool:
        """True for a row of a tool's export on a network that Beatbook does not measure."""
        if self._placer is None or "platform" in row:
            return False
        bad = next((problem for problem in found if problem.column == self._platform_label()), None)
        if bad is None or not bad.value:
            return False
        self.left_out[f"on {bad.value}, which Beatbook does not measure"] += 1
        return True

    def _platform_label(self) -> str | None:
        return next((each.label for each, _ in self._plan if each.column.name == "platform"), None)

    def _misshapen(self, raws: list[Raw]) -> str | None:
        width = self._shape.width
        if len(raws) < width:
            return (
                f"The row has {len(raws)} cells and the header has {width}. Is it cut short, or "
                "is a delimiter missing?"
            )
        unnamed = [*self._unnamed, *range(width, len(raws))]
        beyond = [i for i in unnamed if not is_blank(raws[i])]
        if beyond:
            return (
                f"Cell {beyond[0] + 1} of the row has a value but its column has no name. Is there "
                "a delimiter too many (a comma inside a number needs quotation marks)?"
            )
        if self._placer is None and [normalise(raw) for raw in raws[:2]] == self._shape.names[:2]:
            return "The header is repeated here. Take this row out."
        return None

    @staticmethod
    def _cell(raw: Raw, each: Field, parse: Parser) -> Any:
        if is_blank(raw):
            if each.column.required:
                raise cells.BadCell(f"The cell is empty. Every row needs {each.label}.")
            return None
        if isinstance(raw, Uncalculated):
            raise cells.BadCell(
                f"Cell {raw.cell} holds a formula without its result. Open the file in Excel, save "
                "it and send it again, or paste the values."
            )
        if isinstance(raw, str) and raw.lstrip().startswith("#"):
            raise cells.BadCell(
                "The spreadsheet shows an error, or a column too narrow for its value. Put it "
                "right, or leave the cell empty if the value is not known."
            )
        return parse(raw)

    def _across(self, line: int, row: dict[str, Any], raws: list[Raw]) -> Iterator[Problem]:
        """The rules that need more than one cell. A cell already refused is not in `row`."""
        if self._placer is not None:
            yield from self._placed(line, row, raws, self._placer)
        elif "platform" in row and "handle" in row:
            yield from self._account(line, row)
        elif "handle" not in self.kind.names:
            row["account_id"] = ""
        created, observed = row.get("created_at_utc"), row.get("observed_at_utc")
        if created and observed and observed < created:
            yield Problem(
                line,
                "observed_at",
                f"{observed:%Y-%m-%d %H:%M:%S}Z",
                f"The post was observed before it was created ({created:%Y-%m-%d %H:%M:%S}Z). "
                "Check both times and their offsets.",
            )
        sent, closed = row.get("sent_at_utc"), row.get("closed_at_utc")
        if sent and closed and closed < sent:
            reason = f"It was closed before the message was sent ({sent:%Y-%m-%d %H:%M:%S}Z)."
            yield Problem(line, "closed_at", f"{closed:%Y-%m-%d %H:%M:%S}Z", reason)
        first, last = row.get("from_date"), row.get("to_date")
        if first and last and last < first:
            yield Problem(line, "to_date", str(last), f"The figure ends before it begins ({first}).")
        for name in self._long:
            value = row.get(name)
            if value and cells.is_long(value):
                self._long[name] += 1
                if cells.looks_cut(value) and len(self._cut[name]) <= limits.MAX_PROBLEMS:
                    self._cut[name].append((line, value))
        author = row.pop("author_key", None)
        if author and row.get("direction") == "inbound" and "platform" in row:  # our staff are no askers
            row["author_key"] = self._register.hash_author(row["platform"], author)

    def _placed(self, line: int, row: dict[str, Any], raws: list[Raw], placer: Placer) -> Iterator[Problem]:
        if "platform" not in row:
            return
        found = placer.find(row["platform"], raws)
        if not isinstance(found, str):
            row["account_id"], row["force_id"] = found.account_id, found.force_id
        elif found:
            yield Problem(line, None, "", found)

    def _account(self, line: int, row: dict[str, Any]) -> Iterator[Problem]:
        account = self._register.account(row["platform"], row["handle"])
        if account is None:
            is_message = self.kind.name == "messages"  # its handle may be the writer's by mistake
            yield Problem(
                line,
                "handle",
                NOT_SHOWN if is_message else row["handle"],
                f"This account on {row['platform']} is not in the register: add it to accounts.csv "
                "first." + (" The handle is the force's account, not the writer's." if is_message else ""),
            )
            return
        row["account_id"] = account.account_id
        if row.get("force_id", account.force_id) != account.force_id:
            yield Problem(
                line,
                "handle",
                row["handle"],
                f"In the register this account belongs to {account.force_id}, not to {row['force_id']}.",
            )
        elif refusal := self._said.against(row["platform"], account):
            yield Problem(line, "handle", row["handle"], refusal)


def _kind(problem: Problem) -> tuple[str | None, str, str]:
    """What makes a problem another than those before it: its column, its reason, and an account's name."""
    account = problem.value if problem.column == "handle" else ""
    return problem.column, _OWN.sub("", problem.reason), account


@dataclass(frozen=True)
class _Skipped:
    """A row that a mapping leaves out, or refuses, and why."""

    reason: str
    label: str
    value: Raw
    is_problem: bool


def _of_mapping(shape: Shape) -> Callable[[Sequence[Raw]], _Skipped | None]:
    """What a mapping says of whole rows: sums to leave out, and cells that must say one thing."""
    mapping = shape.mapping
    if mapping is None:
        return lambda _: None
    places = {name: _at(shape, name) for name in (*mapping.skip, *mapping.only)}
    skip = [(places[name], says.casefold()) for name, says in mapping.skip.items() if places[name] >= 0]
    only = [(places[name], name, says) for name, says in mapping.only.items() if places[name] >= 0]

    def judge(raws: Sequence[Raw]) -> _Skipped | None:
        for place, says in skip:
            if str(raws[place] or "").strip().casefold() == says:
                return _Skipped("with the tool's own totals", "", None, False)
        for place, name, says in only:
            if not is_blank(raws[place]) and str(raws[place]).strip().casefold() != says.casefold():
                return _Skipped(mapping.only_else, name, raws[place], True)
        return None

    return judge


def _at(shape: Shape, name: str) -> int:
    wanted = header_name(name)
    return shape.names.index(wanted) if wanted in shape.names else -1


def _source(each: Field, raws: Sequence[Raw]) -> str:
    """The cell that a field was picked from, as a problem quotes it."""
    try:
        return shown(each.pick(raws))
    except cells.BadCell:
        return ""
