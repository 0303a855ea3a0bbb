"""What a post is for, told from its text by declared rules; the text goes, the purpose stays.

Belongs here: how a rule's pattern is written, and which rule decides. Does not belong here: the rules
(dbt/seeds/purpose_rules.csv), what must hold between them (registry/purpose_rules.py), or any count of
purposes (dbt/models).
"""

import re
from dataclasses import dataclass
from typing import Literal, get_args

from pipelines.sources.texts import plain_words

Purpose = Literal[
    "appeal", "missing_person", "warning", "prevention", "recruitment", "community", "outcome", "other"
]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
#: So much of a text is read: what a post is for stands at its beginning, and no text may cost much more.
READ_CHARACTERS = 2000
#: What `...` in a pattern stands for: so many words at most, of one sentence.
_GAP = r"(?:[^ .]+ ){0,5}?"
_WORD = re.compile(r"[a-z0-9']+\*?")


class PatternError(ValueError):
    """A pattern is not written as patterns are. Says what is wrong."""


@dataclass(frozen=True)
class Part:
    """A part of a pattern. `needs`: words of which a text has one, or it is not searched, which takes longer;
    empty where the part begins with any ending of a word."""

    words: re.Pattern[str]
    needs: frozenset[str]


@dataclass(frozen=True)
class Rule:
    """One rule. `parts`: what must all be found in the words of a text."""

    rule_id: str
    purpose: Purpose
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Rules:
    """Rules in the order in which they are asked, and the version of them all."""

    version: int
    rules: tuple[Rule, ...]

    def purpose_of(self, text: str) -> Purpose | None:
        """What a post with this text is for: the purpose of the first rule that fits it, `other` where none
        does. None where there is no word to go by."""
        words = plain_words(text[:READ_CHARACTERS])
        if not words:
            return None
        found = self.deciding(words)
        return found.purpose if found else "other"

    def told_by(self, text: str) -> dict[str, str | int | None]:
        """What lands in place of a text: its purpose and the version of the rules; nulls without a word."""
        purpose = self.purpose_of(text)
        return {"purpose": purpose, "purpose_rules_version": self.version if purpose else None}

    def deciding(self, words: str) -> Rule | None:
        """The first rule that fits words as `plain_words` gives them."""
        distinct = set(words.split())
        for rule in self.rules:
            for part in rule.parts:
                if (part.needs and part.needs.isdisjoint(distinct)) or not part.words.search(words):
                    break
            else:
                return rule
        return None


def compiled(pattern: str) -> tuple[Part, ...]:
    """A pattern as what is searched for.

    Words in lower case, as they follow one another: `last seen`. `/` between words that may stand for each
    other, `*` for any ending, `...` for up to five words of the sentence, ` + ` between parts that may stand
    anywhere. It is no regular expression, so that none can be written that runs for ever.

    Raises:
        PatternError: it is none of that.
    """
    return tuple(_part(part.split()) for part in pattern.split(" + "))


def _part(words: list[str]) -> Part:
    if not words or words[0] == "..." or words[-1] == "...":
        raise PatternError("a part begins and ends with a word")
    said = ""
    for word in words:
        if word == "...":
            said += _GAP
            continue
        for choice in word.split("/"):
            if not _WORD.fullmatch(choice):
                raise PatternError(f"{choice!r} is no word in lower case, with or without * at its end")
        choices = "|".join(choice.replace("*", "[^ .]*") for choice in word.split("/"))
        said += f"(?:{choices}) "
    first = frozenset(words[0].split("/"))
    return Part(re.compile(f"(?<= ){said}"), frozenset() if any("*" in word for word in first) else first)
