"""The study of mergers on made-up forces: planted effects, none at all, and the same by plain numpy.

Belongs here: bench_merger_cases to bench_merger_tests, fed with weeks. Does not belong here: which weeks have
a figure, and what is said of it (the unit tests beside the models).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from tests.dbt.conftest import Project

Figures = NDArray[np.float64]
FORCES, SETS = 44, 100
MONDAY = date(2026, 6, 1)
#: Weeks from that of the merger. The study reads those from −13 to −2 and from 1 to 12, placebo dates earlier
#: ones.
WEEKS = np.arange(-36, 17)
BEFORE, AFTER = slice(23, 35), slice(37, 49)
MODELS = ("events", "cases", "units", "gaps", "tests")
SHARES = "answered_1h_pct"


@dataclass(frozen=True)
class Nation:
    """Weekly figures, forces × weeks; the first force merges. All draws come from the seed."""

    figures: Figures
    others: Sequence[int] = field(default=())


def nation(seed: int, effect: float = 0.0, trend: float = 0.0, noise: float | None = None) -> Nation:
    """Forces of different size, noise and trend, with a season that is common to all and weeks that hang
    together (an autoregression of 0.3). `effect`: on the logarithm, from the merger on; `trend`: of the first
    force, a week, beyond what forces differ by; `noise`: of the first force from week to week, where others
    have 0.05 to 0.2."""
    dice = np.random.default_rng(seed)
    level = dice.normal(6, 1, (FORCES, 1))
    slope = dice.normal(0, 0.004, (FORCES, 1))
    slope[0] += trend
    season = np.cumsum(dice.normal(0, 0.03, WEEKS.size))
    noises = dice.uniform(0.05, 0.2, (FORCES, 1))
    noises[0] = noises[0] if noise is None else noise
    shocks = dice.normal(0, 1, (FORCES, WEEKS.size)) * noises
    for week in range(1, WEEKS.size):
        shocks[:, week] += 0.3 * shocks[:, week - 1]
    log = level + slope * WEEKS + season + shocks
    log[0] += effect * (WEEKS >= 0)
    return Nation(np.exp(log))


def shares(seed: int, effect: float) -> Nation:
    """The share answered of a hundred or so; `effect`: in points."""
    dice = np.random.default_rng(seed)
    usual = dice.uniform(30, 70, (FORCES, 1)) + np.cumsum(dice.normal(0, 0.5, WEEKS.size))
    figures = usual + dice.normal(0, 1, (FORCES, WEEKS.size)) * dice.uniform(2, 6, (FORCES, 1))
    figures[0] += effect * (WEEKS >= 0)
    return Nation(figures)


def studied(
    project: Project, folder: Path, nations: Sequence[Nation], what: str, outcome: str = "post_count"
) -> list[tuple[Any, ...]]:
    """`what` of the models, each nation being a platform of its own."""
    frames = [
        pl.DataFrame(
            {
                "force_id": np.repeat([f"force_{nth:02}" for nth in range(FORCES)], WEEKS.size),
                "platform": f"p{number:03}",
                "week_start": [MONDAY + timedelta(days=7 * int(week)) for week in WEEKS] * FORCES,
                outcome: one.figures.ravel(),
            }
        )
        for number, one in enumerate(nations)
    ]
    outcomes = ("engagement_count_7d", "post_count", SHARES)
    empty = [pl.lit(None, pl.Float64).alias(name) for name in outcomes if name != outcome]
    pl.concat(frames).with_columns(empty).write_parquet(folder / "weeks.parquet")
    merged = [
        f"('p{number:03}', 'force_{nth:02}', date '{MONDAY + timedelta(days=2)}')"
        for number, one in enumerate(nations)
        for nth in (0, *one.others)
    ]
    events = ", ".join(merged)
    return project.run(
        what,
        stg_landing__window="select date '2026-01-01' as periods_from_date",
        dim_account_event="select *, 'merged_into' as event_type "
        f"from (values {events}) as t (platform, force_id, event_date)",
        dim_platform="select distinct platform, platform as platform_name, false as is_terms_restricted "
        "from dim_account_event",
        fct_force_weeks=f"from '{folder / 'weeks.parquet'}'",
        **{f"bench_merger_{name}": project.sql(f"bench_merger_{name}") for name in MODELS},
    )


TESTED = (
    "select effect, effect95_low, effect95_high, p_value, trend_p_value, unit_count "
    "from bench_merger_tests where weeks_earlier = 0 and force_id = 'force_00' order by platform"
)


def plain(figures: Figures, is_share: bool) -> tuple[float, ...]:
    """The effect, its limits, p, and p of the trend by loops over the forces, the first of which merged."""
    before, after = figures[:, BEFORE], figures[:, AFTER]
    level = np.ones(len(figures)) if is_share else before.mean(axis=1)
    place = before / level[:, None]
    slope = np.array([np.polyfit(WEEKS[BEFORE], row, 1)[0] for row in place])
    change = (
        after.mean(axis=1) - before.mean(axis=1)
        if is_share
        else np.log(after.mean(axis=1) / before.mean(axis=1))
    )
    effects, noises, gaps = np.zeros(FORCES), np.zeros(FORCES), np.zeros(FORCES)
    for own in range(FORCES):
        near = sorted(set(range(1, FORCES)) - {own}, key=lambda other: abs(slope[own] - slope[other]))[:10]
        effects[own] = change[own] - change[near].mean()
        noises[own] = np.var(place[own] - place[near].mean(axis=0), ddof=1)
        gaps[own] = slope[own] - slope[near].mean()
    noises = np.sqrt((2 * noises + noises[1:].mean()) / 3)
    size, steep = abs(effects) / noises, abs(gaps) / noises
    limit = np.sort(size[1:])[::-1][(FORCES - 1) // 20 - 1] * noises[0]
    limits = (effects[0], effects[0] - limit, effects[0] + limit)
    shown = limits if is_share else tuple(100 * np.expm1(limits))
    return (*shown, np.mean(size >= size[0]), np.mean(steep >= steep[0]))


def test_the_study_is_what_plain_numpy_computes(project: Project, tmp_path: Path) -> None:
    nations = [nation(seed, 0.1) for seed in range(5)]
    for one, (*found, count) in zip(nations, studied(project, tmp_path, nations, TESTED), strict=True):
        assert found == pytest.approx(plain(one.figures, is_share=False), abs=1e-5)
        assert count == FORCES - 1


def test_a_share_is_compared_by_points(project: Project, tmp_path: Path) -> None:
    nations = [shares(seed, 8) for seed in range(5)]
    rows = studied(project, tmp_path, nations, TESTED, SHARES)
    for one, (*found, _) in zip(nations, rows, strict=True):
        assert found == pytest.approx(plain(one.figures, is_share=True), abs=1e-5)


def test_a_merger_that_brought_12_percent_is_within_the_interval(project: Project, tmp_path: Path) -> None:
    """With 43 others the limits hold in 42 of 44, were forces alike in all but the seed."""
    nations = [nation(seed, np.log(1.12)) for seed in range(SETS)]
    rows = studied(project, tmp_path, nations, TESTED)
    held = sum(low <= 12 <= high for _, low, high, *_ in rows)
    assert len(rows) == SETS
    assert held >= 91
    assert np.median([row[0] for row in rows]) == pytest.approx(12, abs=3)


@pytest.mark.parametrize("noise", [0.05, 0.2])
def test_the_interval_holds_for_the_calmest_force_and_the_most_restless(
    project: Project, tmp_path: Path, noise: float
) -> None:
    """By the noise of all alone it would miss one in six of the restless."""
    rows = studied(project, tmp_path, [nation(3000 + seed, noise=noise) for seed in range(SETS)], TESTED)
    assert sum(low <= 0 <= high for _, low, high, *_ in rows) >= 90


def test_a_merger_that_did_nothing_is_seldom_called_one(project: Project, tmp_path: Path) -> None:
    rows = studied(project, tmp_path, [nation(1000 + seed) for seed in range(SETS)], TESTED)
    assert len(rows) == SETS
    assert sum(row[3] < 0.05 for row in rows) <= 6
    assert all((p < 0.05) == (low > 0 or high < 0) for _, low, high, p, *_ in rows)


def test_a_merger_that_brought_much_is_called_one(project: Project, tmp_path: Path) -> None:
    rows = studied(project, tmp_path, [nation(seed, np.log(1.5)) for seed in range(30)], TESTED)
    assert sum(row[3] < 0.05 for row in rows) >= 24


def test_a_trend_that_none_shares_is_seen_before(project: Project, tmp_path: Path) -> None:
    """A force that grew by 6% a week before it merged grows on: the study says that none was like it."""
    rows = studied(project, tmp_path, [nation(seed, trend=0.06) for seed in range(30)], TESTED)
    assert sum(row[4] < 0.05 for row in rows) >= 27


def test_on_dates_without_a_merger_it_is_seldom_called_one(project: Project, tmp_path: Path) -> None:
    """Also where what came after was much: no placebo date reads the weeks from the merger on."""
    what = "select p_value, weeks_earlier from bench_merger_tests where weeks_earlier > 0"
    rows = studied(project, tmp_path, [nation(2000 + seed, np.log(3)) for seed in range(SETS)], what)
    assert {weeks for _, weeks in rows} == {14, 18, 22}
    assert len(rows) == 3 * SETS
    assert sum(p < 0.05 for p, _ in rows) <= 24


def test_who_merged_in_the_same_weeks_is_no_comparison(project: Project, tmp_path: Path) -> None:
    one = nation(7)
    several = Nation(one.figures, others=range(1, 24))
    [row] = studied(project, tmp_path, [several], TESTED)
    assert row[-1] == FORCES - 24
    assert studied(project, tmp_path, [Nation(one.figures, others=range(1, 25))], TESTED) == []
