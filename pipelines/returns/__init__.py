"""Returns: the files that a force sends in place of an API, CSV or XLSX, into typed rows.

Here: the one public call. The files' columns are in kinds.py, cells in cells.py and times.py, rules
in check.py, the formats in csv_table.py and xlsx_table.py. Not here: writing to landing, showing
problems. docs/returns.md is the guide for those who send the files.
"""

from __future__ import annotations

import datetime as dt
from itertools import chain, islice
from pathlib import Path

import polars as pl

from pipelines.returns.check import Checker, Register
from pipelines.returns.declare import contradictions
from pipelines.returns.files import load, open_table
from pipelines.returns.kinds import HEADER_ROWS, KINDS, find_header, no_header
from pipelines.returns.model import (
    AccountRef,
    Declared,
    FindAccount,
    HashAuthor,
    Problem,
    Refused,
    Return,
    Table,
)

__all__ = ["KINDS", "AccountRef", "Declared", "FindAccount", "HashAuthor", "Problem", "Return", "read_return"]


def read_return(
    path: Path,
    find_account: FindAccount,
    force_ids: frozenset[str],
    platforms: frozenset[str],
    *,
    hash_author: HashAuthor,
    now: dt.datetime | None = None,
    declared: Declared | None = None,
) -> Return:
    """Read and check a return. With any problem at all, `rows` is empty.

    `find_account` is given a platform and a handle without its leading @. `hash_author` is given a
    platform and what the force calls an author, who is known by the hash alone from there on. `now`
    (with a zone) is what the future is measured from; the present by default. `declared` is held
    against the rows. Raises OSError when there is no such file, and nothing else on account of what
    the file holds.
    """
    now = now or dt.datetime.now(dt.UTC)
    now_utc = now.astimezone(dt.UTC).replace(tzinfo=None)
    register = Register(find_account, force_ids, platforms, now_utc, hash_author)
    sha256, data = load(path)
    try:
        return _check(open_table(data), sha256, register, declared)
    except Refused as refused:
        return Return(None, sha256, pl.DataFrame(), [Problem(0, None, "", refused.reason)])


def _check(table: Table, sha256: str, register: Register, declared: Declared | None) -> Return:
    early = list(islice(table.rows, HEADER_ROWS))
    tops = [row for row in early if not isinstance(row, Problem)]
    header = find_header(tops)
    if header is None:
        raise Refused(no_header())
    of_file = [Problem(0, None, "", reason) for reason in header.problems]
    if header.kind is None:
        return Return(None, sha256, pl.DataFrame(), of_file + table.problems)
    checker = Checker(header.kind, header, register, is_1904=table.is_1904)
    below = (row for row in early if isinstance(row, Problem) or row[0] > header.line)
    checker.take(chain(table.problems, below, table.rows))
    if not checker.row_count:
        of_file.append(Problem(0, None, "", "There is a header, but no row below it."))
    rows = pl.DataFrame(checker.landed, schema=header.kind.schema, strict=True)
    problems = of_file + checker.problems
    if declared and not problems:
        problems = contradictions(declared, header.kind.name, rows)
    return Return(
        header.kind.name,
        sha256,
        rows.clear() if problems else rows,
        problems,
        checker.row_count,
        declared,
    )
