"""What a post is for: how a pattern is read, which rule decides, and that no text makes it run for long."""

import csv
import re

import pytest

from pipelines.registry import check_purpose_rules
from pipelines.settings import SEEDS
from pipelines.sources.purposes import READ_CHARACTERS, PatternError, Rule, Rules, compiled
from pipelines.sources.texts import lines_of, plain_words
from tests.sources.test_purpose_sample import SAMPLE

RULES = check_purpose_rules(SEEDS)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("last seen", "Last seen in Harwood", True),
        ("last seen", "seen last", False),
        ("last seen", "blast seen", False),
        ("seen", "unseen", False),
        ("appeal*", "Appealing for help", True),
        ("appeal", "Appealing for help", False),
        ("man/boy", "a boy", True),
        ("found ... safe", "found today and quite safe", True),
        ("found ... safe", "found safe", True),
        ("found ... safe", "found one two three four five safe", True),
        ("found ... safe", "found one two three four five six safe", False),
        ("found ... safe", "found. It is safe", False),
        ("found ... safe", "found\nsafe", False),
        ("safe + found", "found. It is safe", True),
        ("safe + found", "found", False),
        ("missing person", "#MissingPerson", True),
        ("missing", "𝗠𝗜𝗦𝗦𝗜𝗡𝗚", True),
        ("don't", "Don\u2019t", True),
        ("tim", "Eich tîm lleol", True),
        ("seen", "https://example.org/seen", False),
        ("seen", "@seen hello", False),
        ("22", "log 22/1873", True),
    ],
)
def test_a_pattern_is_words_as_they_follow_one_another(pattern: str, text: str, fits: bool) -> None:
    assert (Rules(1, (Rule("r", "appeal", compiled(pattern)),)).purpose_of(text) == "appeal") is fits


@pytest.mark.parametrize(
    "pattern", ["", "...", "a ...", "... a", "a + ", "A", "a.b", "a|b", "*", "a*b", "a//b"]
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compiled(pattern)


def test_the_first_rule_that_fits_decides_and_what_none_fits_is_other() -> None:
    rules = Rules(
        1, (Rule("a", "outcome", compiled("found")), Rule("b", "missing_person", compiled("missing")))
    )
    assert rules.purpose_of("Missing and found") == "outcome"
    assert rules.purpose_of("Still missing") == "missing_person"
    assert rules.purpose_of("Monday") == "other"


@pytest.mark.parametrize("text", ["", "   ", "🚨🚨", "https://example.org/x", "@somebody", "…!"])
def test_without_a_word_there_is_no_purpose(text: str) -> None:
    assert RULES.purpose_of(text) is None


def test_paragraphs_of_html_are_not_run_together() -> None:
    html = "<p>Call <b>us</b>.</p><p>Lock your doors<br />now &amp; then</p>"
    assert plain_words(lines_of(html)) == " call us . . lock your doors . now then . "


NONSENSE = (
    *("missing ", "a", "<", "@a.", "do you ", "\u0301", "#aB", ". ", "http://", "\ufdfa", "anyone with "),
    *("missing search ", "<p>", "found a b c d e "),
)


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_of_a_hostile_text_only_the_beginning_is_searched(
    nonsense: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def reading(text: str) -> str:
        read.append(text)
        return plain_words(text)

    monkeypatch.setattr("pipelines.sources.purposes.plain_words", reading)
    text = nonsense * (100_000 // len(nonsense))
    RULES.purpose_of(text)
    RULES.purpose_of(lines_of(text))
    assert read[0] == text[:READ_CHARACTERS]
    assert len(read[1]) <= READ_CHARACTERS


def test_no_pattern_repeats_what_repeats_without_end() -> None:
    """That is what makes a search run for ever; the words of a gap are counted."""
    for part in (part.words.pattern for rule in RULES.rules for part in rule.parts):
        assert not re.search(r"[*+]\)[*+]", part)


def test_what_is_not_searched_for_lack_of_a_word_could_not_be_found() -> None:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        texts = [plain_words(row["text"]) for row in csv.DictReader(file)]
    parts = {part.words: part.needs for rule in RULES.rules for part in rule.parts}
    skipped = [
        (t, part) for t in texts for part, needs in parts.items() if needs.isdisjoint(t.split()) and needs
    ]
    assert len(skipped) > 1000
    assert [text for text, part in skipped if part.search(text)] == []
