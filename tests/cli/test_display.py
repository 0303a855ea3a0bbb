"""Numbers and times as people read them, and notes that are said once."""

from typing import Any

import pytest
from rich.console import Console

from pipelines.cli import display
from pipelines.release.reader import BenchmarkTable


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0, "0 s"),
        (59.6, "1 min"),
        (801, "13 min 21 s"),
        (3600, "1 h"),
        (17_190, "4 h 46 min"),
        (216_796, "2 d 12 h"),
    ],
)
def test_a_time_is_its_two_largest_units(seconds: float | None, said: str) -> None:
    assert display.duration(seconds) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, ""), (0.0, "0.00"), (9.876, "9.88"), (98.34, "98.3"), (12_345.6, "12,346"), (1234, "1,234")],
)
def test_a_number_has_three_figures_or_whole_thousands(value: float | None, said: str) -> None:
    assert display.number(value) == said


def row(name: str, value: float | None, detail: str | None, note: str | None = None) -> dict[str, Any]:
    limits = {"ci95_low": None, "ci95_high": None, "n": 1, "verdict": None}
    ranks = {"rank": 1, "ranked_of": 3} if value is not None else {"rank": None, "ranked_of": None}
    return {"force_name": name, "value": value, "value_note": note, "note_detail": detail, **limits, **ranks}


def test_what_most_rows_say_stands_below_the_table_and_what_one_says_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [row("Kent", 1.0, "messages of bluesky"), row("Essex", 2.0, "messages of bluesky")]
    rows += [
        row("Surrey", 3.0, "not collected: bluesky:surrey"),
        row("Dorset", None, "too few", "suppressed"),
    ]
    console = Console(width=160, record=True)
    monkeypatch.setattr(display, "console", console)
    display.show_table(BenchmarkTable("Answered", "All figures are invented.", "%", 2.5, rows))
    text = console.export_text()
    assert text.count("messages of bluesky") == 1
    assert "Unless noted: messages of bluesky" in text
    assert "not collected: bluesky:surrey" in text
    assert "suppressed: too few" in text
    assert "The nation: 2.50" in text
    assert "invented" in text
