"""What a cell of a register or seed may hold, and the words in which one is refused.

Belongs here: what holds for a cell whatever its column means. Does not belong here: files and rows
(seed_rows.py), or what one column must hold (the module of its register).
"""

import unicodedata
from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, inspect

from pipelines.settings import LONDON

#: Characters. The longest cell of the seeds, a caveat, has under 900; a column of ids may need more.
LONGEST = 5_000
#: No account is older: LinkedIn, the oldest platform of the catalogue, opened in 2003. An earlier date is a
#: slip, or another program's word for "unknown".
FIRST_DATE = date(2000, 1, 1)
#: Bank holidays are entered for five years, official releases are announced for one, and what has no end has
#: an empty cell: a date beyond is a slip, or another program's word for "for ever".
YEARS_AHEAD = 10
#: So much of a wrong cell is repeated.
_SHOWN = 40
_WORDS: dict[type[inspect.Type], str] = {
    inspect.FloatType: "a number",
    inspect.DecimalType: "a number",
    inspect.BoolType: "true or false",
    inspect.DateType: "a date like 2026-10-31",
}

#: An id that people choose.
Slug = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]*$",
        description="small letters, digits and hyphens, such as dam-2026",
    ),
]


def text_fault(cell: str) -> str | None:
    """Why a text can stand in no cell; None where it can."""
    if len(cell) > LONGEST:
        return f"has {len(cell):,} characters, and {LONGEST:,} are the most"
    if "\n" in cell or cell != cell.strip():
        return "a line break, or space at an end, in the cell"
    strange = next((character for character in cell if unicodedata.category(character) == "Cc"), None)
    return f"a control character (U+{ord(strange):04X}) in the cell" if strange else None


def date_fault(day: date) -> str | None:
    """Why a date can be in no register; None where it can."""
    last = date(datetime.now(LONDON).year + YEARS_AHEAD, 12, 31)
    if day < FIRST_DATE:
        return f"{day} is before {FIRST_DATE}: no platform is so old; what is not known is an empty cell"
    if day > last:
        return f"{day} is over {YEARS_AHEAD} years ahead; what has no end is an empty cell"
    return None


def type_fault(cell: str, kind: inspect.Type) -> str:
    """What a cell holds and should hold, by the type of its field."""
    shown = cell if len(cell) <= _SHOWN else f"{cell[:_SHOWN]}…"
    return f"holds {shown!r}, and should hold {in_words(kind)}"


def in_words(kind: inspect.Type) -> str:
    """`a whole number of 1 or more, or nothing`."""
    match kind:
        case inspect.Metadata():
            described = (kind.extra_json_schema or {}).get("description")
            return str(described) if described else in_words(kind.type)
        case inspect.UnionType():
            held = [in_words(each) for each in kind.types if not isinstance(each, inspect.NoneType)]
            return ", or ".join([*held, *(["nothing"] if kind.includes_none else [])])
        case inspect.LiteralType():
            return f"one of: {', '.join(map(str, kind.values))}"
        case inspect.IntType():
            return "a whole number" + (f" of {kind.ge} or more" if kind.ge is not None else "")
        case _:
            return _WORDS.get(type(kind), "text")
