"""Whatever the width of the terminal, no figure, id or name is shortened."""

import re
from typing import Any

import pytest
from rich.console import Console

from pipelines.cli import benchmark_display, display
from pipelines.release.reader import BenchmarkTable
from tests.cli.test_display import row

WIDTHS = (80, 100, 120, 200)
FORCES = ("Avon and Somerset Constabulary", "Police Service of Northern Ireland", "Kent Police")
RETURNS = [
    {
        "return_id": f"r0000007{nth}",
        "force_id": "kent",
        "accounts": "facebook:kent",
        "period_from": "2026-09-01",
        "period_to": "2026-11-07",
        "exported_at": "2026-11-08T09:15Z",
        "row_count": 18_111,
        "fills": "follower, post at 1 moment",
        "state": "counts",
        "why": "",
    }
    for nth in range(2)
]
RELEASES = [
    {
        "release": f"20261109T1328-de20de7f7{nth}",
        "state": "working, rolled back from",
        "published": "2026-11-23T13:34:22Z",
        "figures": 42_521,
        "revises": 63,
        "MB": 93.4,
        "own MB": 22.7,
        "whole": "whole",
    }
    for nth in range(2)
]


@pytest.fixture(params=WIDTHS)
def terminal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Console:
    recorded = Console(width=request.param, record=True, force_terminal=True, legacy_windows=False)
    monkeypatch.setattr(benchmark_display, "console", recorded)
    monkeypatch.setattr(display, "console", recorded)
    return recorded


def one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("rows", [RETURNS, RELEASES])
def test_every_id_date_and_number_of_a_list_stands_whole(
    terminal: Console, rows: list[dict[str, Any]]
) -> None:
    display.show_rows(rows, "what there is")
    text = terminal.export_text()
    for word in (word for each in rows for value in each.values() for word in display._shown(value).split()):
        assert word in text
    assert max(map(len, text.splitlines())) <= terminal.width


def figures_of(terminal: Console, *, is_of_force: bool) -> str:
    more = {"ci95_low": 4.71, "ci95_high": 9.5, "shrunk_value": 6.73, "change": 0.6, "change95_low": -2.74}
    more |= {"change95_high": 3.96, "rank95_low": 1.0, "rank95_high": 45.0, "verdict": "worse"}
    more |= {"verdict_confidence": 99.8, "bottom_quarter_probability": 0.98, "all_forces_value": 34_567.0}
    more |= {"peers_value": 12_345.6, "peers_verdict": "similar", "n": 1204, "effective_n": 845.2}
    rows = [
        row(name, 25_050.0 + nth, unit="posts", **more, platform=f"p{nth}", platform_name=f"P{nth}")
        for nth, name in enumerate(FORCES)
    ]
    rows.append(row("Essex Police", None, "Suppressed: fewer than 10 to count."))
    benchmark_display.show_table(BenchmarkTable("Answered", [], ["Release 2026"], rows, is_of_force))
    return terminal.export_text()


def test_every_force_and_figure_of_an_indicators_table_stands_whole(terminal: Console) -> None:
    text = figures_of(terminal, is_of_force=False)
    for whole in (*FORCES, "25,050", "25,052", "4.71 to 9.50", "6.73", "1 (1–45) of 3", "1,204 (845)"):
        assert whole in text
    assert "+0.60 (-2.74 to 3.96)" in one_line(text)
    assert max(map(len, text.splitlines())) <= terminal.width


def test_every_figure_of_a_forces_table_stands_whole(terminal: Console) -> None:
    text = figures_of(terminal, is_of_force=True)
    for whole in (
        "Answered",
        "Bluesky",
        "25,050",
        "34,567",
        "12,346",
        "4.71 to 9.50",
        "1,204 (845)",
        "(99.8%)",
    ):
        assert whole in text
    assert "…" not in text


def test_what_is_wider_than_a_line_is_the_terminals_to_break(terminal: Console) -> None:
    path = "/srv/beatbook/" + "gates/" * 40 + "index.html"
    display.show_rows([{"subject": "posts", "page": path}], "pages")
    assert path in terminal.export_text()


def test_into_a_file_a_table_is_as_wide_as_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Console(width=40, record=True, force_terminal=False)
    monkeypatch.setattr(display, "console", recorded)
    display.show_rows(RELEASES, "releases")
    assert any(
        RELEASES[0]["release"] in line and "2026-11-23T13:34:22Z" in line
        for line in recorded.export_text().splitlines()
    )


def test_a_sentence_is_never_parted_inside_an_id(terminal: Console) -> None:
    release = "20261109T1328-de20de7f7a"
    for length in range(40, terminal.width):
        display.show_text(["x" * length + f" {release}, data"])
    assert terminal.export_text().count(release) == terminal.width - 40
