"""Every indicator is under one heading."""

from typing import get_args, get_type_hints

from pipelines.registry.indicators import Indicator
from portal.pages.themes import THEMES, themed


def test_whatever_an_indicator_is_known_by_is_under_one_heading() -> None:
    under = [known_by for of in THEMES.values() for known_by in of]
    assert sorted(under) == sorted(get_args(get_type_hints(Indicator)["known_by"]))


def test_rows_keep_their_order_under_headings_that_have_any() -> None:
    known_by = {"b": "messages", "a": "posts", "c": "posts", "d": "followers"}
    rows = [{"indicator_id": name} for name in "bca"]
    assert themed(rows, known_by) == [
        ("What is posted", [{"indicator_id": "c"}, {"indicator_id": "a"}]),
        ("Answers to the public", [{"indicator_id": "b"}]),
    ]
