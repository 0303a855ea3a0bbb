"""One cell at a time: text, identifiers, counts, yes or no, a word from a list.

Here: what a single cell may hold, and why it is refused. Not here: times and dates (times.py), the
register, or anything that needs a second cell (check.py). A blank cell never gets here.
"""

from __future__ import annotations

import datetime as dt
import re

from pipelines.returns.model import Raw

MAX_COUNT = 10**12  # more than any platform counts; beyond it a cell is an identifier or a slip
MAX_ID_LENGTH = 300
EXACT_DIGITS = 15  # a spreadsheet keeps this many digits of a number and zeroes the rest

_NOT_REPORTED = frozenset({"n/a", "na", "none", "null", "nil", "nan", "-", "–", "—", "?", "tbc"})
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[Ee]\+?[0-9]+")
_GROUPS = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]{0,2}(?: [0-9]{3})+"
_COUNT = re.compile(rf"([0-9]+|{_GROUPS})(?:\.0{{1,2}})?")
_DOT_GROUPS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_ROUNDED = re.compile(r"[0-9][0-9.,]*\s*(?:[kmb]|bn|mn|thousand|million)\+?", re.IGNORECASE)
_PHONE = re.compile(r"\+[0-9]{7,15}|07[0-9]{9}|(?:00)?447[0-9]{9}")
_VIDEO_ID = re.compile(r"-[A-Za-z0-9_-]{10}")  # YouTube's, of which one in 64 begins so, and no formula
_THOUSANDS = re.compile(r"(?<=[0-9])[,\u00a0\u202f ](?=[0-9]{3}(?:\D|$))")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,59}")
_QUOTED_DIGITS = re.compile(r"""'([0-9]+)|="([0-9]+)\"""")

_DIGITS_LOST = (
    "The spreadsheet has turned this identifier into a number and its last digits are lost. "
    "Export the file again and keep the column as text (format the column as Text before pasting)."
)


class BadCell(ValueError):
    """A cell that cannot be taken. `is_private`: do not quote it, it may name someone."""

    def __init__(self, reason: str, *, is_private: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_private = is_private


def text(raw: Raw) -> str:
    """A short text; a whole number is taken as its digits."""
    if isinstance(raw, str):
        value = raw.strip()
        if not value.isprintable():
            raise BadCell("The cell holds an invisible character or a line break. Retype it.")
        return value
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw != raw // 1:
        raise BadCell("Text was expected here. Format the column as Text and enter it again.")
    return str(int(raw))


def identifier(raw: Raw) -> str:
    """A platform's identifier, digit for digit."""
    return _no_formula(_identifier(raw))


def _no_formula(value: str) -> str:
    if value.startswith(("=", "+", "-", "@")) and not _VIDEO_ID.fullmatch(value):
        raise BadCell(
            "An identifier does not begin with =, +, - or @: a spreadsheet would take it for a formula.",
            is_private=value.startswith(("@", "+")),
        )
    return value


def _identifier(raw: Raw) -> str:
    if isinstance(raw, dt.datetime | dt.date | dt.time | dt.timedelta):
        raise BadCell("The spreadsheet has turned this identifier into a date. " + _DIGITS_LOST)
    if isinstance(raw, float) and raw != raw // 1:
        raise BadCell(_DIGITS_LOST)
    if isinstance(raw, int | float) and abs(raw) >= 10**EXACT_DIGITS:
        raise BadCell(_DIGITS_LOST)
    value = text(raw)
    if quoted := _QUOTED_DIGITS.fullmatch(value):
        value = quoted[1] or quoted[2]
    if _SCIENTIFIC.fullmatch(value):
        raise BadCell(_DIGITS_LOST)
    if len(value) > MAX_ID_LENGTH or any(character.isspace() for character in value):
        raise BadCell(
            "An identifier has no spaces. If this is the text of a post or a message, take it out: "
            "Beatbook must not be sent any.",
            is_private=True,
        )
    return value


def private_identifier(raw: Raw) -> str:
    """The identifier of a conversation or message, which must not name a member of the public."""
    value = _identifier(raw)
    if "@" in value or _PHONE.fullmatch(value):
        raise BadCell(
            "This looks like a person's account name, e-mail address or telephone number. Send the "
            "platform's own identifier, or a number of your own that stands for the conversation.",
            is_private=True,
        )
    return _no_formula(value)


def pseudonym(raw: Raw) -> str:
    """What a force calls an author: anything that stays the same. It is hashed before anybody sees it."""
    if isinstance(raw, int | float) and abs(raw) >= 10**EXACT_DIGITS:
        raise BadCell(_DIGITS_LOST)
    value = text(raw)
    if len(value) > MAX_ID_LENGTH:
        raise BadCell("This is too long for an author. Is it the text of a message?")
    return value


def looks_cut(value: str) -> bool:
    """True when a long identifier ends in zeros from the sixteenth digit on.

    A spreadsheet that shows 1121328849864810497 as a whole number writes ...810000. A real one of
    18 digits or more ends so once in a thousand times at most, so a file is judged by how many do.
    """
    return is_long(value) and not value[EXACT_DIGITS:].strip("0")


def is_long(value: str) -> bool:
    """True for an identifier of 18 digits or more."""
    return len(value) >= 18 and value.isascii() and value.isdigit()


CUT = "This identifier ends in zeros from its sixteenth digit on, as do most in the file. " + (_DIGITS_LOST)


def count(raw: Raw) -> int:
    """A whole number, zero or more. Thousands may be set apart by commas or spaces."""
    if isinstance(raw, str):
        value = _count_from_text(raw.strip())
    elif isinstance(raw, bool):
        raise BadCell("A whole number was expected, not TRUE or FALSE.")
    elif isinstance(raw, int | float):
        if raw != raw // 1:
            raise BadCell("A count is a whole number.")
        value = int(raw)
    else:
        raise BadCell("The spreadsheet has turned this number into a date. Format it as Number.")
    if value < 0:
        raise BadCell("A count cannot be negative. Leave the cell empty if it was not reported.")
    if value > MAX_COUNT:
        raise BadCell("This is larger than any count a platform gives. Is it an identifier?")
    return value


def _count_from_text(value: str) -> int:
    if value.isascii() and value.isdigit() and len(value) <= 30:
        return int(value)
    value = re.sub(r"[\u00a0\u2007\u2009\u202f]", " ", value)
    if match := _COUNT.fullmatch(value):
        return int(re.sub("[, ]", "", match[1])[:30])
    if value.lower() in _NOT_REPORTED:
        raise BadCell("Leave the cell empty if the number was not reported.")
    if re.fullmatch(r"[-−–(]\s*[0-9].*", value):
        raise BadCell("A count cannot be negative. Leave the cell empty if it was not reported.")
    if _ROUNDED.fullmatch(value):
        raise BadCell("This is a rounded number. Send the full number, such as 1234.")
    if _SCIENTIFIC.fullmatch(value):
        raise BadCell("The spreadsheet has shortened this number. Format the column as Number.")
    if _DOT_GROUPS.fullmatch(value):
        raise BadCell(
            "This can be read as thousands or as a fraction. Write it without the dot, such as 1234."
        )
    if re.fullmatch(r"[0-9][0-9 ]*\.[0-9]+", value):
        raise BadCell("A count is a whole number.")
    if re.fullmatch(r"[0-9][0-9,. ]*", value):
        raise BadCell(
            "The commas or spaces are not where thousands are set apart. Write it without them, such as 1234."
        )
    raise BadCell("A whole number was expected, such as 1234. Leave the cell empty if unknown.")


def flag(raw: Raw) -> bool:
    """Yes or no."""
    word = raw.strip().lower() if isinstance(raw, str) else raw
    if word in ("true", "yes", "1", 1):  # a spreadsheet's TRUE and 1.0 equal 1
        return True
    if word in ("false", "no", "0", 0):
        return False
    raise BadCell("Write yes or no (or true or false, or 1 or 0), or leave the cell empty.")


def choice(raw: Raw, choices: tuple[str, ...]) -> str:
    """One word out of a fixed list, however it is capitalised."""
    word = raw.strip().lower() if isinstance(raw, str) else None
    if word in choices:
        return str(word)
    raise BadCell(f"Only these words are taken here: {', '.join(choices)}.")


def word(raw: Raw) -> str:
    """The name of a tool or of a figure: small letters, digits and underscores."""
    value = text(raw).lower().replace(" ", "_").replace("-", "_")
    if not _WORD.fullmatch(value):
        raise BadCell("A name such as mean_response_time was expected: letters, digits and underscores.")
    return value


def number(raw: Raw) -> float:
    """A figure as a tool gives it: zero or more, with a dot for its decimals. Thousands may be set apart."""
    if isinstance(raw, str):
        value = _THOUSANDS.sub("", raw.strip()).removesuffix("%").strip()
        if not re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]{1,15})?", value):
            raise BadCell("A number was expected, such as 12.5. Leave the row out if it is not known.")
        return float(value)
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= MAX_COUNT:
        raise BadCell("A number was expected, such as 12.5. Leave the row out if it is not known.")
    return float(raw)
