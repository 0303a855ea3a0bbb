"""Exports that were damaged or changed: read as the change says or refused whole, never anything between.

The generator knows the truth: each change says what must come of it.
"""

import csv
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.returns import Declared, Return, read_return
from tests.returns.conftest import hash_author
from tests.returns.exports import EXPORTED, MAKERS, PERIOD, POSTS, Export
from tests.returns.test_exports import FORCES, NOW, PLATFORMS, find_account, options

META = {"Views": "view", "Reach": "reach", "Comments": "comment", "Shares": "share"}
X = {"Impressions": "impression", "Likes": "like", "Replies": "comment", "Reposts": "share"}
TIKTOK = {"Total views": "view", "Total likes": "like", "Total comments": "comment", "Total shares": "share"}
SPROUT = {"Impressions": "impression", "Reach": "reach", "Reactions": "like", "Shares": "share"}
#: Of each export its columns of counts, that of its id and that of its time, if it has one.
EXPORTS: dict[str, tuple[dict[str, str], str, str | None]] = {
    "facebook 1": (META | {"Reactions": "like", "Total clicks": "click"}, "Post ID", "Publish time"),
    "instagram 1": (META | {"Likes": "like"}, "Post ID", "Publish time"),
    "x posts 1": (X | {"URL Clicks": "click"}, "Post id", None),
    "tiktok 2": (TIKTOK, "Video link", None),
    "sprout 1": (SPROUT | {"Comments": "comment", "Post Link Clicks": "click"}, "Post ID", "Date"),
}
REFUSED = object()
COUNTS: list[tuple[str, Any]] = [
    ("0", 0),
    ("1,234", 1234),
    (" 77 ", 77),
    ("12.0", 12),
    ("9007199254740993", REFUSED),
    ("", None),
    ("1.234", REFUSED),
    ("12,34", REFUSED),
    ("-5", REFUSED),
    ("1.2K", REFUSED),
    ("many", REFUSED),
    ("1e3", REFUSED),
    ("=1+1", REFUSED),
    ("#N/A", REFUSED),
    ("n/a", REFUSED),
]
IDS = ["", "1.22158E+17", "=cmd|' /C calc'!A0", "@someone", "+447700900123", "two words", "-1"]
TIMES = ["", "13/13/2026 10:00", "05/20/2031 10:00", "02/30/2026 10:00", "yesterday", "20/05/2026 10:00", "1"]

#: What is said of the period and of the export: May 2026, and 8 June at 8:15 UTC, as people write them.
WINDOW = {
    "period_from": ["2026-05-01", "1 May 2026", "May 1, 2026", " 1 may 2026 "],
    "period_to": ["2026-05-31", "31/05/2026", "05/31/2026", "31 May 2026"],
    "exported_at": ["2026-06-08T08:15:00Z", "2026-06-08 09:15", "8 June 2026 09:15", "Jun 8, 2026, 9:15 AM"],
}
#: What cannot be true of that file, or cannot be read: no date, of two orders, reversed, in the future,
#: before any platform, without a time, before the posts, before the period is over.
BROKEN: list[dict[str, str]] = [
    *({"period_from": value} for value in ("soon", "2026-13-01", "05/06/2026", "2026-06-01", "2031-05-01")),
    *({"period_from": value} for value in ("1999-05-01", "31/31/2026", "46143.5", "2026")),
    *({"period_to": value} for value in ("never", "2026-02-30", "06/05/2026", "2026-04-30", "2026-06-09")),
    *({"period_to": value} for value in ("2031-05-31", "99", "=TODAY()", "1.5.26")),
    *(
        {"exported_at": value}
        for value in ("yesterday", "2026-06-08", "2031-06-08 09:15", "2026-05-30 09:15")
    ),
    *({"exported_at": value} for value in ("2026-06-31 09:15", "06/07/2026 09:15", "2026-06-08 25:15", "-1")),
    {"period_from": "2026-05-31", "period_to": "2026-05-01"},
    {"period_from": "2026-04-01", "period_to": "2026-04-30"},
    {"period_from": "2026-05-01", "period_to": "2026-05-01", "exported_at": "2026-05-02 09:00"},
]


@dataclass
class Damaged:
    """An export as a table, and what must be read of it; `rows` is None where it must be refused."""

    made: Export
    table: list[list[str]]
    rows: list[dict[str, Any]] | None

    def at(self, column: str) -> int:
        return self.table[0].index(column)


Change = Callable[[Damaged, random.Random], None]


def change_count(damaged: Damaged, dice: random.Random) -> None:
    counts, *_ = EXPORTS[damaged.made.name]
    column = dice.choice([name for name in counts if name in damaged.table[0]])
    line = dice.randrange(1, len(damaged.table))
    text, value = dice.choice(COUNTS)
    damaged.table[line][damaged.at(column)] = text
    if value is REFUSED:
        damaged.rows = None
    elif damaged.rows is not None:
        wanted = _row(damaged, line)
        wanted[f"{counts[column]}_count"] = value


def _row(damaged: Damaged, line: int) -> dict[str, Any]:
    """The true row of a line, which its id tells."""
    _, column, _ = EXPORTS[damaged.made.name]
    own = damaged.table[line][damaged.at(column)].rsplit("/", 1)[-1]
    return next(row for row in damaged.rows or [] if row["post_id"] == own)


def spoil_id(damaged: Damaged, dice: random.Random) -> None:
    _, column, _ = EXPORTS[damaged.made.name]
    damaged.table[dice.randrange(1, len(damaged.table))][damaged.at(column)] = dice.choice(IDS)
    damaged.rows = None


def spoil_time(damaged: Damaged, dice: random.Random) -> None:
    _, _, column = EXPORTS[damaged.made.name]
    if column is not None:
        damaged.table[dice.randrange(1, len(damaged.table))][damaged.at(column)] = dice.choice(TIMES)
        damaged.rows = None


def repeat_row(damaged: Damaged, dice: random.Random) -> None:
    line = dice.randrange(1, len(damaged.table))
    damaged.table.insert(dice.randrange(1, len(damaged.table) + 1), list(damaged.table[line]))
    damaged.rows = None


def cut_row(damaged: Damaged, dice: random.Random) -> None:
    damaged.table[dice.randrange(1, len(damaged.table))].pop()
    damaged.rows = None


def lengthen_row(damaged: Damaged, dice: random.Random) -> None:
    damaged.table[dice.randrange(1, len(damaged.table))].append("7")
    damaged.rows = None


def drop_row(damaged: Damaged, dice: random.Random) -> None:
    if len(damaged.table) > 3:
        line = dice.randrange(1, len(damaged.table))
        if damaged.rows is not None:
            damaged.rows.remove(_row(damaged, line))
        del damaged.table[line]


def shuffle_rows(damaged: Damaged, dice: random.Random) -> None:
    rest = damaged.table[1:]
    dice.shuffle(rest)
    damaged.table[1:] = rest


def shuffle_columns(damaged: Damaged, dice: random.Random) -> None:
    if len({len(row) for row in damaged.table}) == 1:
        places = list(range(len(damaged.table[0])))
        dice.shuffle(places)
        damaged.table[:] = [[row[place] for place in places] for row in damaged.table]


def rename_count(damaged: Damaged, dice: random.Random) -> None:
    """A counter's column under a name that nobody knows: nothing is taken from it."""
    counts, *_ = EXPORTS[damaged.made.name]
    needed = {"x posts 1": "Impressions", "tiktok 2": "Total views"}.get(damaged.made.name)
    column = dice.choice([name for name in counts if name in damaged.table[0]])
    damaged.table[0][damaged.at(column)] = "Glow"
    if column == needed:
        damaged.rows = None
    for row in damaged.rows or []:
        row[f"{counts[column]}_count"] = None


def add_column(damaged: Damaged, dice: random.Random) -> None:
    for line, row in enumerate(damaged.table):
        row.insert(0, f"New {dice.randrange(10**6)}" if line == 0 else str(dice.randrange(100)))


CHANGES: list[Change] = [
    change_count,
    change_count,
    change_count,
    spoil_id,
    spoil_time,
    repeat_row,
    cut_row,
    lengthen_row,
    drop_row,
    shuffle_rows,
    shuffle_columns,
    rename_count,
    add_column,
]


NEUTRAL = (shuffle_rows, shuffle_columns, add_column)


def as_bytes(damaged: Damaged, dice: random.Random) -> bytes:
    out = io.StringIO(newline="")
    quoting = dice.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    delimiter = dice.choice([",", ";", "\t", "|"])
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=dice.choice(["\n", "\r\n"]))
    for row in damaged.table:
        writer.writerow(row)
        if dice.random() < 0.1:
            out.write("\n")
    return out.getvalue().encode(dice.choice(["utf-8", "utf-8-sig", "utf-16"]))


def a_damaged_export(name: str, changes: list[int], seed: int) -> tuple[Damaged, bytes]:
    dice = random.Random(seed)
    made = MAKERS[name](POSTS[: dice.randrange(4, len(POSTS) + 1)])
    text = made.data.decode("utf-8-sig")
    table = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    damaged = Damaged(made, table, [dict(row) for row in made.rows])
    for change in (CHANGES[number] for number in changes):
        # What follows on a fault must not mend it by chance.
        if damaged.rows is not None or change in NEUTRAL:
            change(damaged, dice)
    return damaged, as_bytes(damaged, dice)


def read(folder: Path, made: Export, data: bytes) -> Return:
    path = folder / made.file
    path.write_bytes(data)
    said = {**made.said, "order": "month_first"} if made.name.startswith("sprout") else made.said
    return read_return(
        path, find_account, FORCES, PLATFORMS, hash_author=hash_author, now=NOW, options=options(said)
    )


def a_window(made: Export, dice: random.Random) -> str:
    """Say of an export what is right in another way, or what is wrong, or not all; which of them."""
    said = {name: dice.choice(ways) for name, ways in WINDOW.items()}
    verdict = dice.choice(["right", "broken", "lacking"])
    if verdict == "broken":
        said |= dice.choice(BROKEN)
    elif verdict == "lacking":
        made.file = "export.csv"  # whose name says nothing either
        for name in dice.sample(list(said), dice.randrange(1, 4)):
            said[name] = dice.choice(["", " "])
            if dice.random() < 0.5:
                del said[name]
    made.said = {name: value for name, value in made.said.items() if name not in WINDOW} | said
    return verdict


def is_held_against_its_window(folder: Path, name: str, changes: list[int], seed: int) -> None:
    damaged, data = a_damaged_export(name, changes, seed)
    verdict = a_window(damaged.made, random.Random(seed))
    found = read(folder, damaged.made, data)
    if damaged.rows is None or verdict == "broken":
        assert found.problems
        assert found.rows.is_empty()
        return
    assert found.problems == []
    rows = {row["post_id"]: row for row in found.rows.select(list(damaged.rows[0])).to_dicts()}
    if verdict == "lacking":  # it can be looked at, and does not land
        assert found.declared is None
        assert set(found.lacking) == {
            f"--{option.removeprefix('period_').replace('_', '-')}"
            for option in WINDOW
            if not damaged.made.said.get(option, "").strip()
        }
        expected = [row | {"observed_at_utc": None} for row in damaged.rows]
    else:
        assert found.declared == Declared(*PERIOD, EXPORTED)
        expected = damaged.rows
    assert rows == {row["post_id"]: row for row in expected}
    assert found.rows.height == len(expected)


def is_read_or_refused(folder: Path, name: str, changes: list[int], seed: int) -> None:
    damaged, data = a_damaged_export(name, changes, seed)
    found = read(folder, damaged.made, data)
    if damaged.rows is None:
        assert found.problems
        assert found.rows.is_empty()
        return
    assert found.problems == []
    rows = found.rows.select(list(damaged.rows[0])).to_dicts()
    by_id = {row["post_id"]: row for row in rows}
    assert by_id == {row["post_id"]: row for row in damaged.rows}
    assert len(rows) == len(damaged.rows)


def bytes_are_read_or_refused(folder: Path, name: str, seed: int) -> None:
    """Bytes changed anywhere: nobody knows what they say, but all of it is read or none."""
    dice = random.Random(seed)
    made = MAKERS[name](POSTS)
    data = bytearray(made.data)
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(data))
        match dice.randrange(5):
            case 0:
                data[at] = dice.randrange(256)
            case 1:
                del data[at : at + dice.randrange(1, 200)]
            case 2:
                data[at:at] = dice.choice([b'"', b"\n", b"\0", b",,,", b"\xff\xfe", b"<!DOCTYPE a>", b"'"])
            case 3:
                data[at:at] = data[max(0, at - 300) : at]
            case _:
                del data[at:]
        if not data:
            break
    found = read(folder, made, bytes(data))
    if found.problems:
        assert found.rows.is_empty()
        assert not found.is_landable
    else:
        assert found.rows.height
        assert set(found.rows["account_id"]) <= {row["account_id"] for row in made.rows}
        held = str(found.rows.rows())
        assert "zyzzyva" not in held


seeds = st.integers(0, 2**32)
changes = st.lists(st.integers(0, len(CHANGES) - 1), max_size=3)


def often(examples: int) -> settings:
    slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    return settings(max_examples=examples, deadline=None, suppress_health_check=slow, derandomize=True)


@often(150)
@given(name=st.sampled_from(sorted(EXPORTS)), changes=changes, seed=seeds)
def test_a_changed_export_is_read_as_it_says_or_refused(
    tmp_path: Path, name: str, changes: list[int], seed: int
) -> None:
    is_read_or_refused(tmp_path, name, changes, seed)


@often(120)
@given(name=st.sampled_from(sorted(MAKERS)), seed=seeds)
def test_a_damaged_file_is_read_whole_or_refused(tmp_path: Path, name: str, seed: int) -> None:
    bytes_are_read_or_refused(tmp_path, name, seed)


@often(150)
@given(name=st.sampled_from(sorted(EXPORTS)), changes=changes, seed=seeds)
def test_a_window_is_held_against_the_rows(tmp_path: Path, name: str, changes: list[int], seed: int) -> None:
    is_held_against_its_window(tmp_path, name, changes, seed)


@pytest.mark.parametrize("wrong", BROKEN, ids=str)
def test_each_broken_window_refuses_a_good_file(tmp_path: Path, wrong: dict[str, str]) -> None:
    made = MAKERS["facebook 1"](POSTS)
    made.said |= {name: ways[0] for name, ways in WINDOW.items()} | wrong
    found = read(tmp_path, made, made.data)
    assert found.problems
    assert found.rows.is_empty()


@pytest.mark.long
@often(1000)
@given(name=st.sampled_from(sorted(EXPORTS)), changes=changes, seed=seeds)
def test_a_thousand_windows(tmp_path: Path, name: str, changes: list[int], seed: int) -> None:
    is_held_against_its_window(tmp_path, name, changes, seed)


@pytest.mark.long
@often(1500)
@given(name=st.sampled_from(sorted(EXPORTS)), changes=changes, seed=seeds)
def test_fifteen_hundred_changed_exports(tmp_path: Path, name: str, changes: list[int], seed: int) -> None:
    is_read_or_refused(tmp_path, name, changes, seed)


@pytest.mark.long
@often(1500)
@given(name=st.sampled_from(sorted(MAKERS)), seed=seeds)
def test_fifteen_hundred_damaged_files(tmp_path: Path, name: str, seed: int) -> None:
    bytes_are_read_or_refused(tmp_path, name, seed)


def test_the_generator_makes_both_good_and_bad_files() -> None:
    outcomes = [a_damaged_export(name, [change], 7)[0].rows is None for name, change in _cases()]
    assert any(outcomes)
    assert not all(outcomes)


def _cases() -> Iterator[tuple[str, int]]:
    for name in EXPORTS:
        for change in range(len(CHANGES)):
            yield name, change
