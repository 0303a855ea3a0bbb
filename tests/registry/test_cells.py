"""What no cell of a register may hold, and in which words one is refused."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
from msgspec import Meta

from pipelines.registry.cells import LONGEST, YEARS_AHEAD, Slug
from pipelines.registry.register import load
from pipelines.registry.seed_rows import RegistryError, Row, read_rows
from pipelines.settings import SEEDS


class Kept(Row, frozen=True, kw_only=True):
    """A column of each sort."""

    name: str = ""
    row_id: Slug = "one"
    count: int | None = None
    ordinal: Annotated[int, Meta(ge=1)] = 1
    price: float = 0.0
    is_open: bool = True
    sort: Literal["red", "blue"] | None = None
    from_date: date = date(2026, 1, 1)


def read(folder: Path, cells: dict[str, str]) -> Kept:
    """A file of one row: the defaults, and these cells, each in quotes."""
    row = dict.fromkeys(Kept.__struct_fields__, "") | cells
    quoted = (f'"{cell}"' if cell else "" for cell in row.values())
    text = f"{','.join(row)}\n{','.join(quoted)}\n"
    (folder / "kept.csv").write_text(text, encoding="utf-8")
    ((_, kept),) = read_rows(folder / "kept.csv", Kept)
    return kept


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("row_id", "The dam", "small letters, digits and hyphens, such as dam-2026"),
        ("count", "many", "a whole number, or nothing"),
        ("count", "1.5", "a whole number, or nothing"),
        ("ordinal", "0", "a whole number of 1 or more"),
        ("price", "dear", "a number"),
        ("is_open", "perhaps", "true or false"),
        ("sort", "green", "one of: blue, red, or nothing"),
        ("from_date", "31/10/2026", "a date like 2026-10-31"),
        ("from_date", "2026-02-30", "a date like 2026-10-31"),
    ],
)
def test_a_cell_of_the_wrong_type_is_said_with_what_should_stand_there(
    tmp_path: Path, column: str, cell: str, said: str
) -> None:
    with pytest.raises(RegistryError) as refused:
        read(tmp_path, {column: cell})
    assert str(refused.value) == (
        f"kept.csv, line 2, column {column}: holds {cell!r}, and should hold {said}"
    )


def test_of_a_long_wrong_cell_the_beginning_is_repeated(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=rf"holds '{'9x' * 20}…', and should"):
        read(tmp_path, {"count": "9x" * 2000})


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        pytest.param("a" * (LONGEST + 1), "has 5,001 characters, and 5,000 are the most", id="long"),
        ("a\0b", "a control character (U+0000) in the cell"),
        ("a\tb", "a control character (U+0009) in the cell"),
        ("a\x1b[31mb", "a control character (U+001B) in the cell"),
        ("a\x85b", "a control character (U+0085) in the cell"),
        ("a\nb", "a line break, or space at an end, in the cell"),
        (" a", "a line break, or space at an end, in the cell"),
    ],
)
def test_what_no_cell_may_hold_is_refused(tmp_path: Path, cell: str, said: str) -> None:
    with pytest.raises(RegistryError) as refused:
        read(tmp_path, {"name": cell})
    assert (refused.value.line, refused.value.column, refused.value.problem) == (2, "name", said)


def test_what_a_cell_may_hold_is_read(tmp_path: Path) -> None:
    for name in ("a" * LONGEST, "Heddlu Gogledd Cymru – Llŷn", "a, b; “c”"):
        assert read(tmp_path, {"name": name}).name == name


def test_dates_are_those_of_accounts_and_of_what_is_announced(tmp_path: Path) -> None:
    last = date(date.today().year + YEARS_AHEAD, 12, 31)  # noqa: DTZ011
    for day in (date(2000, 1, 1), last):
        assert read(tmp_path, {"from_date": str(day)}).from_date == day
    for wrong, said in (
        ("0001-01-01", "0001-01-01 is before 2000-01-01: no platform is so old"),
        ("1999-12-31", "1999-12-31 is before 2000-01-01"),
        (f"{last.year + 2}-01-01", f"{last.year + 2}-01-01 is over 10 years ahead"),
        ("9999-12-31", "9999-12-31 is over 10 years ahead; what has no end is an empty cell"),
    ):
        with pytest.raises(RegistryError, match=f"line 2, column from_date: {said}"):
            read(tmp_path, {"from_date": wrong})


def test_a_folder_in_place_of_a_file_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").mkdir()
    with pytest.raises(RegistryError, match=r"accounts\.csv, .* is a folder, and should be a file"):
        load(tmp_path, SEEDS)
