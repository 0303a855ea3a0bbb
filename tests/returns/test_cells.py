# ruff: noqa: DTZ001  (a return's times are naive until they are read)
"""Single cells: what each type takes, and the reason for each refusal."""

import datetime as dt

import pytest

from pipelines.returns import cells
from pipelines.returns.cells import BadCell


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("0", 0),
        ("007", 7),
        (" 12 ", 12),
        ("1,234", 1234),
        ("12,345,678", 12_345_678),
        ("1 234", 1234),
        ("1\u00a0234", 1234),
        ("1\u202f234\u202f567", 1_234_567),
        ("3.0", 3),
        ("3.00", 3),
        ("1,234.0", 1234),
        (5, 5),
        (3.0, 3),
        (10**12, 10**12),
    ],
)
def test_counts_that_are_taken(raw, value):
    assert cells.count(raw) == value


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("1.234", "thousands or as a fraction"),
        ("3.000", "thousands or as a fraction"),
        ("1.234.567", "thousands or as a fraction"),
        ("12,34", "not where thousands"),
        ("1234,567", "not where thousands"),
        ("1,234 567", "not where thousands"),
        ("0,123", "not where thousands"),
        ("3.5", "whole number"),
        (3.5, "whole number"),
        (float("inf"), "whole number"),
        ("-1", "negative"),
        ("(12)", "negative"),
        ("−5", "negative"),
        (-1, "negative"),
        ("1.2K", "rounded"),
        ("3m", "rounded"),
        ("2.5 million", "rounded"),
        ("1.12E+05", "shortened"),
        ("n/a", "Leave the cell empty"),
        ("-", "Leave the cell empty"),
        ("NaN", "Leave the cell empty"),
        ("many", "whole number was expected"),
        ("12%", "whole number was expected"),
        ("١٢", "whole number was expected"),
        ("5+", "whole number was expected"),
        (True, "not TRUE or FALSE"),
        (dt.datetime(2026, 1, 1), "into a date"),
        (dt.timedelta(1), "into a date"),
        (10**12 + 1, "larger than any count"),
        ("9" * 400, "larger than any count"),
        ("9" * 400 + ".0", "larger than any count"),
        (1e300, "larger than any count"),
    ],
)
def test_counts_that_are_refused(raw, reason):
    with pytest.raises(BadCell, match=reason):
        cells.count(raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1121328849864810497", "1121328849864810497"),
        ("'1121328849864810497", "1121328849864810497"),
        ('="1121328849864810497"', "1121328849864810497"),
        (" 0012 ", "0012"),
        ("at://did:plc:abc/app.bsky.feed.post/3k", "at://did:plc:abc/app.bsky.feed.post/3k"),
        (123_456_789_012_345, "123456789012345"),
        (123.0, "123"),
        ("12e4x", "12e4x"),
    ],
)
def test_identifiers_that_are_taken(raw, value):
    assert cells.identifier(raw) == value


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (1.12132884986481e18, "last digits are lost"),
        (1_121_328_849_864_810_497, "last digits are lost"),
        (10**15, "last digits are lost"),
        (10**400, "last digits are lost"),
        (1.5, "last digits are lost"),
        (float("inf"), "last digits are lost"),
        ("1.12133E+18", "last digits are lost"),
        ("1,12133E+18", "last digits are lost"),
        (dt.datetime(2026, 1, 1), "into a date"),
        (True, "Text was expected"),
        ("some words of a post", "no spaces"),
        ("x" * 301, "no spaces"),
        ("12\u200e34", "invisible"),
        ("12\n34", "invisible"),
    ],
)
def test_identifiers_that_are_refused(raw, reason):
    with pytest.raises(BadCell, match=reason):
        cells.identifier(raw)


@pytest.mark.parametrize(
    "raw", ["@someone", "someone@example.org", "07700900123", "+447700900123", "447700900123"]
)
def test_a_conversation_is_not_named_after_a_person(raw):
    with pytest.raises(BadCell, match="person's account name") as caught:
        cells.private_identifier(raw)
    assert caught.value.is_private


@pytest.mark.parametrize("raw", ["c-1042", "44770090012", "1121328849864810497", 1042])
def test_a_conversation_may_have_a_number(raw):
    assert cells.private_identifier(raw) == str(raw)


@pytest.mark.parametrize("raw", [True, "TRUE", "Yes", "1", 1, 1.0])
def test_yes(raw):
    assert cells.flag(raw) is True


@pytest.mark.parametrize("raw", [False, "false", " NO", "0", 0, 0.0])
def test_no(raw):
    assert cells.flag(raw) is False


@pytest.mark.parametrize("raw", ["maybe", "y", 2, "ja", dt.datetime(2026, 1, 1)])
def test_neither_yes_nor_no(raw):
    with pytest.raises(BadCell, match="yes or no"):
        cells.flag(raw)


def test_a_word_from_a_list():
    assert cells.choice(" Reply", ("post", "reply")) == "reply"
    for raw in ("tweet", 1, True):
        with pytest.raises(BadCell, match="Only these words are taken here: post, reply"):
            cells.choice(raw, ("post", "reply"))


@pytest.mark.parametrize(
    ("value", "is_cut"),
    [
        ("1121328849864810000", True),
        ("112132884986481000", True),
        ("1121328849864810497", False),
        ("11213288498648100", False),  # 17 digits: too many real ones end so
        ("abc000000000000000000", False),
    ],
)
def test_identifiers_that_a_spreadsheet_has_cut(value, is_cut):
    assert cells.looks_cut(value) is is_cut
