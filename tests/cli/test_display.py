"""Numbers and times as people read them, and notes that are said once."""

from typing import Any

import pytest
from rich.console import Console

from pipelines.cli import benchmark_display, display
from pipelines.release import figures
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
    assert figures.duration(seconds) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, ""), (0.0, "0.00"), (9.876, "9.88"), (98.34, "98.3"), (12_345.6, "12,346"), (1234, "1,234")],
)
def test_a_number_has_three_figures_or_whole_thousands(value: float | None, said: str) -> None:
    assert figures.number(value) == said


@pytest.mark.parametrize(
    ("n", "effective_n", "said"),
    [
        (None, None, ""),
        (20, None, "20"),
        (20, 20.0, "20"),
        (1200, 15.4, "1,200 (15)"),
        (18, 9.96, "18 (9)"),
        (33, 33 / 1.1, "33 (30)"),
    ],
)
def test_n_says_as_how_many_it_counts(n: int | None, effective_n: float | None, said: str) -> None:
    assert figures.sample(n, effective_n) == said


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
        "effective_n": 15.4,
    }
    rest = {
        "ci95_low": None,
        "ci95_high": None,
        "verdict": None,
        "verdict_confidence": None,
        "is_provisional": False,
        "all_forces_value": 2.5,
    }
    rest |= dict.fromkeys(
        ("rank95_low", "rank95_high", "top_quarter_probability", "bottom_quarter_probability")
    )
    rest |= dict.fromkeys(("area_id", "peers_value", "peers_verdict", "peers_verdict_confidence"))
    rest |= dict.fromkeys(("shrunk_value", "change", "change95_low", "change95_high"))
    return cell | rest | ranks | {"platform": "bluesky", "platform_name": "Bluesky", "note": note} | more


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    recorded = Console(width=display.WIDE, record=True)
    monkeypatch.setattr(benchmark_display, "console", recorded)
    monkeypatch.setattr(display, "console", recorded)
    return recorded


def merger(outcome: str, **more: Any) -> dict[str, Any]:
    """A row of bench_merger_effects."""
    about = {"force_id": "kent", "platform": "bluesky", "event_date": "2026-06-01", "outcome": outcome}
    return about | {"sentence": f"Kent: {outcome}.", "p_value": None, "comparators": None, **more}


def incident(**more: Any) -> dict[str, str]:
    about = dict.fromkeys(("incident_name", "force_id", "from_date", "until_date", "platform"), "x")
    counts = {"post_count": 147, "share_count_7d": 21_000, "share_count_24h": 15_500, "share_count_1h": None}
    notes = {"value_note": None, "value_note_1h": "not_collected", "value_note_24h": None}
    rest = {"shares_per_post_7d": 142.9, "usual_shares_per_post_7d": None, "follower_gain_pct": None}
    rest |= {"follower_count_before": None, "audience_note": "accounts were merged"}
    return figures.incident(about | counts | notes | rest | more)


def test_an_incident_says_how_soon_it_was_shared_or_why_nobody_knows() -> None:
    said = incident()
    assert said["shares in the first hour"] == "not collected"
    assert (said["in the first day"], said["in seven days"]) == ("15,500", "21,000")


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"post_count": None, "value_note": "not_collected"},
        {"value_note": "not_authorised"},
        {"post_count": 0},
        {"follower_count_before": 0, "follower_count_after": 5, "audience_note": None},
    ],
)
def test_no_cell_of_an_incident_is_empty_without_a_reason(more: dict[str, Any]) -> None:
    unknown = {"share_count_7d": None, "shares_per_post_7d": None, "value_note_24h": "not_collected"}
    assert all(incident(**unknown, **more, share_count_24h=None).values())
    assert incident(**more)["usually"] in ("known of fewer than ten posts", "not authorised")


def test_the_reason_of_no_followers_stands_in_their_cell() -> None:
    assert incident()["followers"] == "accounts were merged"


def test_a_merger_is_told_outcome_by_outcome_with_those_beside_it(console: Console) -> None:
    tested = merger("posts", p_value=0.0227, comparators="essex, surrey")
    elsewhere = merger("posts", force_id="essex")
    benchmark_display.show_mergers([merger("engagements"), tested, elsewhere], "Mergers. Invented.")
    lines = [line.strip() for line in console.export_text().splitlines()]
    of_kent = ["Kent: engagements.", "Kent: posts.", "p = 0.023; beside essex, surrey"]
    assert lines == ["Mergers. Invented.", "", *of_kent, "", "Kent: posts."]


def printed(console: Console, *rows: dict[str, Any], is_of_force: bool = False) -> list[str]:
    lines = ["Provisional: 1 of 3 forces' figures."], ["All figures are invented."]
    benchmark_display.show_table(BenchmarkTable("Answered", *lines, list(rows), is_of_force))
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


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, "12 of 44"),
        ({"rank95_low": 5.0, "rank95_high": 23.0}, "12 (5–23) of 44"),
        ({"rank95_low": 5.5, "rank95_high": 23.0}, "12 (5.5–23) of 44"),
        ({"rank95_low": 23.5, "rank95_high": 23.5}, "12, shared, of 44"),
        ({"rank": None}, ""),
    ],
)
def test_a_rank_says_between_which_it_lies(known: dict[str, Any], said: str) -> None:
    assert figures.rank(row("Kent", 1.0, **{"rank": 12, "ranked_of": 44, **known})) == said


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"verdict": "similar", "bottom_quarter_probability": 0.79}, "similar"),
        (
            {"verdict": "similar", "bottom_quarter_probability": 0.856},
            "similar; probably in the lowest quarter (86%)",
        ),
        (
            {"verdict": "better", "verdict_confidence": 95, "top_quarter_probability": 0.8},
            "better (95%); probably in the top quarter (80%)",
        ),
        ({"verdict": "not_compared"}, "not compared"),
        ({"verdict": None, "top_quarter_probability": 1.0}, "probably in the top quarter (over 99%)"),
        ({"verdict": None, "top_quarter_probability": 0.989}, "probably in the top quarter (99%)"),
    ],
)
def test_a_verdict_says_where_the_force_probably_is(known: dict[str, Any], said: str) -> None:
    assert figures.verdict(row("Kent", 1.0, **known)) == said


@pytest.mark.parametrize(
    ("unit", "change", "said"),
    [
        ("%", (3.1, 0.4, 5.8), "+3.10 (0.40 to 5.80)"),
        ("%", (-3.1, -5.8, 0.4), "-3.10 (-5.80 to 0.40)"),
        ("views", (1234.0, None, None), "+1,234"),
        ("views", (0.0, None, None), "0.00"),
        ("seconds", (-3600.0, -7200.0, 60.0), "-1 h (-2 h to 1 min)"),
        ("views", (None, None, None), ""),
    ],
)
def test_a_change_has_its_sign_and_its_limits(unit: str, change: tuple[float | None, ...], said: str) -> None:
    known = dict(zip(("change", "change95_low", "change95_high"), change, strict=True))
    assert figures.change(row("Kent", 1.0, unit=unit, **known)) == said


def test_shrunk_values_and_changes_have_columns_only_where_there_are_any(console: Console) -> None:
    head = "".join(printed(console, row("Kent", 1.0)))
    assert "Shrunk" not in head
    assert "Change" not in head
    more = {"shrunk_value": 1.75, "change": 0.5, "change95_low": -0.25, "change95_high": 1.25}
    lines = printed(console, row("Kent", 1.0, **more), row("Essex", 2.0))
    (kent,) = [line for line in lines if "Kent" in line and "1.75" in line]
    assert "+0.50 (-0.25 to 1.25)" in kent


def test_against_peers_stands_beside_the_force_that_has_them_and_nowhere_without(console: Console) -> None:
    peers = {"peers_value": 2.0, "peers_verdict": "better", "peers_verdict_confidence": 99.8}
    rows = [row("Kent", 1.0, area_id="kent", **peers), row("Essex", 3.0, area_id="essex", **peers)]
    benchmark_display.show_table(BenchmarkTable("Answered", [], [], rows, False))
    assert "peers" not in console.export_text()
    benchmark_display.show_table(BenchmarkTable("Answered", [], [], rows, False, peers_of="kent"))
    lines = console.export_text().splitlines()
    assert any("Against peers" in line for line in lines)
    assert ["better (99.8%)" in line for line in lines if "Kent" in line or "Essex" in line] == [True, False]
    text = "\n".join(printed(console, row("Kent", 1.0, **peers), is_of_force=True))
    assert "Peers" in text
    assert "2.00%" in text
