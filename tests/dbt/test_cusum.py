"""Since when a force answers less: the model against a plain loop, and how often it is wrong or late.

Belongs here: bench_cusum over made-up days. Does not belong here: how the days are counted
(dbt/models/marts/_unit_tests_expected.yml).
"""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from tests.dbt.conftest import Project

FIRST = date(2024, 1, 1)
THRESHOLD = math.log(730)
#: Of each force one row, of each day one column.
Days = NDArray[np.int64]


def alarms(project: Project, folder: Path, observed: Days, expected: NDArray[np.float64]) -> pl.DataFrame:
    """What the model says of each day, were each a period: force, day, cusum, is_worse, worse_since_date."""
    forces, days = observed.shape
    dates = [FIRST + timedelta(days=day) for day in range(days)]
    pl.DataFrame(
        {
            "force_id": np.repeat(np.arange(forces), days),
            "opened_date": dates * forces,
            "comparable_answered_1h_count": observed.ravel(),
            "expected_answers_1h": expected.ravel(),
        }
    ).filter(pl.col("expected_answers_1h") > 0).write_parquet(folder / "days.parquet")
    rows = project.run(
        "select force_id, period_start, cusum, is_worse, worse_since_date from bench_cusum order by all",
        fct_response_days=f"select * from '{folder / 'days.parquet'}'",
        stg_landing__window=f"select date '{FIRST}' as oldest_week_date",
        dim_period="select distinct 'week' as period_type, opened_date as period_start,"
        " opened_date as period_end from fct_response_days",
        bench_cusum=project.sql("bench_cusum"),
    )
    names = ("force", "day", "cusum", "is_worse", "worse_since_date")
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


def plainly(
    observed: Sequence[int], expected: Sequence[float]
) -> dict[date, tuple[float, bool, date | None]]:
    """One force day by day, as a person with a pencil would do it."""
    found: dict[date, tuple[float, bool, date | None]] = {}
    level = highest = 0.0
    since: date | None = None
    for today, (seen, due) in enumerate(zip(observed, expected, strict=True)):
        usual = [day for day in range(max(0, today - 210), max(0, today - 28)) if expected[day] > 0]
        answers = sum(observed[day] for day in usual)
        if due == 0 or len(usual) < 28 or answers < 50:
            continue
        ratio = answers / sum(expected[day] for day in usual)
        pearson = sum((observed[day] - ratio * expected[day]) ** 2 / (ratio * expected[day]) for day in usual)
        dispersion = max(1, pearson / (len(usual) - 1))
        step = (seen * math.log(2 / 3) + ratio * due / 3) / dispersion
        day = FIRST + timedelta(days=today)
        if level + step <= 0:
            level, highest, since = 0.0, 0.0, None
        else:
            since = since or day
            level += step
            highest = max(highest, level)
        is_worse = level > THRESHOLD and highest - level < THRESHOLD
        found[day] = (level, is_worse, since if is_worse else None)
    return found


def simulated(
    seed: int, forces: int, days: int, asked: float, spread: float = 0
) -> tuple[Days, NDArray[np.float64]]:
    """Answers of forces that stay as they are, half of what they are asked; spread ties those of a day."""
    random = np.random.default_rng(seed)
    conversations = random.poisson(asked, (forces, days))
    share = np.full((forces, days), 0.5)
    if spread:
        share = random.beta(0.5 * (1 - spread) / spread, 0.5 * (1 - spread) / spread, (forces, days))
    # A force's usual ratio is not 1: here all forces answer four tenths.
    return random.binomial(conversations, share), conversations * 0.4


def test_the_model_says_what_a_plain_loop_says(project: Project, tmp_path: Path) -> None:
    observed, expected = simulated(seed=1, forces=12, days=330, asked=6, spread=0.1)
    observed[::2, 250:280] //= 2  # a month of answering less, then as before
    said = alarms(project, tmp_path, observed, expected)
    assert said["is_worse"].any()
    for force in range(12):
        plain = plainly(observed[force].tolist(), expected[force].tolist())
        rows = said.filter(pl.col("force") == force)
        assert rows["day"].to_list() == list(plain)
        levels, worse, since = zip(*plain.values(), strict=True)
        assert [float(cusum) for cusum in rows["cusum"]] == pytest.approx(levels, abs=0.0500001)
        assert rows["is_worse"].to_list() == list(worse)
        assert rows["worse_since_date"].to_list() == list(since)


@pytest.mark.parametrize(("asked", "spread"), [(3, 0.0), (3, 0.3), (20, 0.1), (100, 0.3)])
def test_a_force_that_stays_as_it_is_has_a_false_alarm_in_two_years_at_most(
    project: Project, tmp_path: Path, asked: float, spread: float
) -> None:
    """Were alarms to come by chance once in two years, 63% of forces would have one within them."""
    observed, expected = simulated(seed=2, forces=200, days=57 + 730, asked=asked, spread=spread)
    said = alarms(project, tmp_path, observed, expected)
    wrong = said.filter(pl.col("is_worse"))["force"].n_unique()
    assert wrong <= (200 * (1 - math.exp(-1)) if spread else 10)


@pytest.mark.parametrize(("asked", "within"), [(3, 60), (20, 14)])
def test_half_as_many_answers_are_noticed(
    project: Project, tmp_path: Path, asked: float, within: int
) -> None:
    observed, expected = simulated(seed=3, forces=100, days=300 + within, asked=asked)
    observed[:, 300:] = np.random.default_rng(4).binomial(observed[:, 300:], 0.5)
    said = alarms(project, tmp_path, observed, expected)
    changed = FIRST + timedelta(days=300)
    alarmed = said.filter(pl.col("is_worse") & (pl.col("day") >= changed))
    assert alarmed["force"].n_unique() >= 95
    first = alarmed.group_by("force").agg(pl.col("worse_since_date").first())
    days_off = (first["worse_since_date"] - changed).dt.total_days()
    assert days_off.median() == pytest.approx(0, abs=3)
