"""Rows of a return against the register, against each other and against the clock.

Here: which cell goes to which parser, and every rule that needs more than one cell. Not here: files.
Every row is looked at and every problem kept; nothing stops at the first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pipelines.returns import cells, times
from pipelines.returns.kinds import Column, Header, Kind, normalise
from pipelines.returns.model import (
    NOT_SHOWN,
    AccountRef,
    FindAccount,
    HashAuthor,
    Problem,
    Raw,
    Row,
    Uncalculated,
    is_blank,
    shown,
)

EARLIEST = dt.datetime(2003, 1, 1)  # noqa: DTZ001  (before any platform in the catalogue)
_ALIASES = {"twitter": "x"}

Parser = Callable[[Raw], Any]


@dataclass
class Register:
    """What rows are held against: forces, platforms, accounts, and the present."""

    find_account: FindAccount
    force_ids: frozenset[str]
    platforms: frozenset[str]
    now_utc: dt.datetime
    hash_author: HashAuthor
    _accounts: dict[tuple[str, str], AccountRef | None] = field(default_factory=dict)

    def account(self, platform: str, handle: str) -> AccountRef | None:
        """The register's account, asked for once."""
        key = (platform, handle)
        if key not in self._accounts:
            self._accounts[key] = self.find_account(platform, handle)
        return self._accounts[key]

    def force(self, raw: Raw) -> str:
        force = cells.text(raw).lower()
        if force not in self.force_ids:
            raise cells.BadCell(
                "There is no force with this id. Use the id of data.police.uk, such as avon-and-somerset."
            )
        return force

    def platform(self, raw: Raw) -> str:
        platform = cells.text(raw).lower()
        platform = _ALIASES.get(platform, platform)
        if platform not in self.platforms:
            raise cells.BadCell(
                f"Beatbook has no such platform. It has: {', '.join(sorted(self.platforms))}."
            )
        return platform

    def moment(self, raw: Raw, *, is_1904: bool) -> dt.datetime:
        value = times.moment(raw, is_1904=is_1904)
        if value > self.now_utc + dt.timedelta(days=1):
            raise cells.BadCell("This time is in the future. Check the year, and day and month.")
        if value < EARLIEST:
            raise cells.BadCell("This time is before there were any platforms. Check the year.")
        return value

    def day(self, raw: Raw, *, is_1904: bool) -> dt.date:
        value = times.day(raw, is_1904=is_1904)
        if value > (self.now_utc + dt.timedelta(days=1)).date():
            raise cells.BadCell("This day is in the future. Check the year, and day and month.")
        if value < EARLIEST.date():
            raise cells.BadCell("This day is before there were any platforms. Check the year.")
        return value

    def parser(self, column: Column, *, is_1904: bool) -> Parser:
        """The function that takes this column's cells."""
        parsers: dict[str, Parser] = {
            "force": self.force,
            "platform": self.platform,
            "handle": lambda raw: cells.text(raw).removeprefix("@"),
            "id": cells.identifier,
            "private_id": cells.private_identifier,
            "author": cells.pseudonym,
            "choice": partial(cells.choice, choices=column.choices),
            "time": partial(self.moment, is_1904=is_1904),
            "date": partial(self.day, is_1904=is_1904),
            "count": cells.count,
            "flag": cells.flag,
        }
        return parsers[column.cell]


class Checker:
    """Takes a return's rows one by one; keeps what landed and what is wrong."""

    def __init__(self, kind: Kind, header: Header, register: Register, *, is_1904: bool) -> None:
        self.kind = kind
        self.problems: list[Problem] = []
        self.landed: dict[str, list[Any]] = {name: [] for name in kind.schema}
        self.row_count = 0
        self._register = register
        self._names = header.names
        self._unnamed = [index for index, name in enumerate(header.names) if not name]
        self._plan = [
            (header.names.index(column.name), column, register.parser(column, is_1904=is_1904))
            for column in kind.columns
            if column.name in header.names
        ]
        self._seen: dict[tuple[Any, ...], int] = {}
        self._long = {c.name: 0 for c in kind.columns if c.cell in ("id", "private_id")}
        self._cut: dict[str, list[tuple[int, str]]] = {name: [] for name in self._long}

    def take(self, rows: Iterable[Row | Problem]) -> None:
        """Check every row below the header."""
        for row in rows:
            if isinstance(row, Problem):
                self.problems.append(row)
                self.row_count += 1
            elif not all(map(is_blank, row[1])):
                self.row_count += 1
                self._row(*row)
        for name, cut in self._cut.items():
            if 2 * len(cut) > self._long[name]:
                self.problems += [Problem(line, name, value, cells.CUT) for line, value in cut]
        self.problems.sort(key=lambda problem: problem.line)

    def _row(self, line: int, raws: list[Raw]) -> None:
        if reason := self._misshapen(raws):
            self.problems.append(Problem(line, None, "", reason))
            return
        before = len(self.problems)
        row: dict[str, Any] = {"line": line}
        for index, column, parse in self._plan:
            raw = raws[index]
            try:
                row[column.output] = self._cell(raw, column, parse)
            except cells.BadCell as bad:
                is_private = bad.is_private or column.cell == "author"
                value = NOT_SHOWN if is_private else shown(raw)
                self.problems.append(Problem(line, column.name, value, bad.reason))
        self.problems += self._across(line, row)
        if len(self.problems) == before:
            for name, values in self.landed.items():
                values.append(row.get(name))

    def _misshapen(self, raws: list[Raw]) -> str | None:
        width = len(self._names)
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
        if [normalise(raw) for raw in raws[:2]] == self._names[:2]:
            return "The header is repeated here. Take this row out."
        return None

    @staticmethod
    def _cell(raw: Raw, column: Column, parse: Parser) -> Any:
        if is_blank(raw):
            if column.required:
                raise cells.BadCell(f"The cell is empty. Every row needs {column.name}.")
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

    def _across(self, line: int, row: dict[str, Any]) -> Iterator[Problem]:
        """The rules that need more than one cell. A cell already refused is not in `row`."""
        if "platform" in row and "handle" in row:
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
        for name in self._long:
            value = row.get(name)
            if value and cells.is_long(value):
                self._long[name] += 1
                if cells.looks_cut(value):
                    self._cut[name].append((line, value))
        author = row.pop("author_key", None)
        if author and row.get("direction") == "inbound" and "platform" in row:  # our staff are no askers
            row["author_key"] = self._register.hash_author(row["platform"], author)
        if all(name in row for name in self.kind.key):
            first = self._seen.setdefault(tuple(row[name] for name in self.kind.key), line)
            if first != line:
                same = ", ".join(name.removesuffix("_utc") for name in self.kind.key)
                yield Problem(
                    line,
                    None,
                    "",
                    f"Line {line} repeats line {first}: both have the same "
                    f"{same.replace('account_id', 'handle')}. Take one of them out.",
                )

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
