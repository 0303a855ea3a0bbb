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


def row(name: str, value: float | None, note: str | None = None, **more: Any) -> dict[str, Any]:
    """A row as the reader gives it."""
    ranks = {"rank": 1, "ranked_of": 3} if value is not None else {"rank": None, "ranked_of": None}
    cell = {
        "area_name": name,
        "area_type": "force",
        "indicator_name": "Answered",
        "unit": "%",
        "value": value,
        "n": 20,
    }
    rest = {
        "ci95_low": None,
        "ci95_high": None,
        "verdict": None,
        "verdict_confidence": None,
        "is_provisional": False,
        "all_forces_value": 2.5,
    }
    return cell | rest | ranks | {"platform": "bluesky", "platform_name": "Bluesky", "note": note, **more}


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    recorded = Console(width=display.WIDE, record=True)
    monkeypatch.setattr(display, "console", recorded)
    return recorded


def printed(console: Console, *rows: dict[str, Any], is_of_force: bool = False) -> list[str]:
    lines = ["Provisional: 1 of 3 forces' figures."], ["All figures are invented."]
    display.show_table(BenchmarkTable("Answered", *lines, list(rows), is_of_force))
    return console.export_text().splitlines()


def test_what_most_rows_say_stands_below_the_table_and_what_one_says_beside_it(console: Console) -> None:
    usual = "Messages from Bluesky."
    rows = [row("Kent", 1.0, usual), row("Essex", 2.0, usual), row("Surrey", 3.0, "Messages from YouTube.")]
    text = "\n".join(printed(console, *rows, row("Dorset", None, "Suppressed: too few.")))
    assert text.count(usual) == 1
    assert f"Unless noted: {usual}" in text
    assert "Messages from YouTube." in text
    assert "Suppressed: too few." in text


def test_a_verdict_says_beyond_which_limits(console: Console) -> None:
    beyond = {"verdict": "better", "verdict_confidence": 99.8}
    text = "".join(printed(console, row("Kent", 1.0, **beyond), row("Essex", 2.0, verdict="similar")))
    assert text.count("(99.8%)") == 1


def test_how_final_it_is_stands_above_and_what_it_means_below(console: Console) -> None:
    lines = printed(console, row("Kent", 1.0))
    assert lines[:2] == ["Answered", "Provisional: 1 of 3 forces' figures."]
    assert lines[-1] == "All figures are invented."
    heads = "".join(lines[2:5])
    assert "Against" in heads
    assert "Status" in heads


def test_each_row_says_whether_it_is_final(console: Console) -> None:
    rows = [
        row("Kent", 1.0),
        row("Essex", 2.0, is_provisional=True),
        row("Dorset", None, is_provisional=True),
    ]
    lines = printed(console, *rows, row("Surrey", None, "No account was open in this period."))
    status = {name: line for name in ("Kent", "Essex", "Dorset", "Surrey") for line in lines if name in line}
    assert [("final" in line, "provisional" in line) for line in status.values()] == [
        (True, False),
        (False, True),
        (False, True),
        (False, False),
    ]


def test_groups_of_forces_are_parted_from_the_forces(console: Console) -> None:
    lines = printed(console, row("Kent", 1.0), row("All forces", 2.5, area_type="group", rank=None))
    (kent,) = [nth for nth, line in enumerate(lines) if "Kent" in line]
    assert lines[kent + 1].startswith("├")
    assert "All forces" in lines[kent + 2]


def test_a_limit_that_is_not_reached_is_left_open(console: Console) -> None:
    text = "\n".join(printed(console, row("Kent", 7200, unit="seconds", ci95_low=3600, ci95_high=None)))
    assert "from 1 h" in text
    assert "2 h" in text


def test_a_forces_platforms_without_a_number_for_one_reason_share_a_line(console: Console) -> None:
    why = "There is no open account."
    rows = [row("Kent", 1.0)] + [
        row("Kent", None, why, platform=name.lower(), platform_name=name) for name in ("Threads", "X")
    ]
    lines = printed(console, *rows, is_of_force=True)
    assert sum(why in line for line in lines) == 1
    (line,) = [line for line in lines if why in line]
    assert "Threads, X" in line
    (kent,) = [line for line in lines if "Bluesky" in line]
    assert "1.00%" in kent
    assert "2.50%" in kent
