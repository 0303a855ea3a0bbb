"""Change over time (METHOD 3): the models against a plain computation, point after point.

Belongs here: bench_points to bench_changes on made-up series. Does not belong here: what ends a series (the
unit tests beside the models).
"""

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean
from typing import Any

import numpy as np
import pytest

from tests.dbt.conftest import Project

COLUMNS = "point_count, xmr_centre, xmr_low, xmr_high, xmr_moving_range, xmr_rule, is_trial, trend"
WEEKS = 26


@dataclass
class Point:
    """A value with its limits, at the so many-th period."""

    nth: int
    value: float
    low: float | None = None
    high: float | None = None


def start_of(period_type: str, nth: int) -> date:
    if period_type == "week":
        return date(2023, 1, 2) + timedelta(days=7 * nth)
    return date(2023 + nth // 12, nth % 12 + 1, 1)


def built(
    project: Project, period_type: str, series: dict[str, list[Point]], columns: str, oldest: int = 0
) -> Any:
    """Rows of bench_changes, by area and period, of a build from nothing."""
    rows = []
    for area, points in series.items():
        for point in points:
            start, after = (start_of(period_type, point.nth + more) for more in (0, 1))
            limits = ", ".join(
                "null" if one is None else f"{one!r}::double" for one in (point.low, point.high)
            )
            rows.append(f"('{area}', date '{start}', date '{after}' - 1, {point.value!r}::double, {limits})")
    kept = start_of("week", oldest)
    return project.run(
        f"select area_id, period_start, {columns} from ({project.sql('bench_changes')}) order by all",
        stg_landing__window="select date '2020-01-01' as periods_from_date, "
        f"date '{kept}' as oldest_week_date",
        bench_account_breaks="select 'a' as area_id, 'x' as platform, 'all' as account_scope, "
        "date '2020-01-01' as event_date where false",
        dim_indicator="select 'i' as indicator_id, 'm' as metrics",
        dim_platform="select 'x' as platform, false as is_terms_restricted",
        dim_platform_metric="select 'x' as platform, 'm' as metric, null::date as since_date, "
        "null::date as deprecated_date",
        bench_values="select 'i' as indicator_id, '1' as indicator_version, 'x' as platform, "
        f"'all' as account_scope, '{period_type}' as period_type, "
        "false as is_provisional, false as is_break, * "
        f"from (values {', '.join(rows)}) "
        "as t (area_id, period_start, period_end, value, ci95_low, ci95_high)",
        bench_points=project.sql("bench_points"),
        bench_charts=project.sql("bench_charts"),
        bench_trends=project.sql("bench_trends"),
    )


def chart(points: list[Point]) -> tuple[Any, ...]:
    """The XmR chart of a series and what its last point completes, as METHOD 3 has it."""
    values = [point.value for point in points]
    moves = [later - earlier for earlier, later in pairwise(values)]
    centre = fmean(values)
    if not moves:
        return len(values), centre, None, None, None, None, True
    size = fmean(map(abs, moves))
    calm = [abs(move) for move in moves if abs(move) < 3.267 * size]
    size = fmean(calm) if calm else size
    low, high = centre - 2.66 * size, centre + 2.66 * size
    far = [value - centre for value in values]
    third = 2.66 * size * 2 / 3
    near = 1e-9
    rules: list[tuple[str, bool]] = [
        ("outside_limits", values[-1] > high + near or values[-1] < low - near),
        ("seven_rising", len(moves) >= 6 and all(move > 0 for move in moves[-6:])),
        ("seven_falling", len(moves) >= 6 and all(move < 0 for move in moves[-6:])),
        ("two_of_three_high", far[-1] > third + near and sum(one > third + near for one in far[-3:]) >= 2),
        ("two_of_three_low", far[-1] < -third - near and sum(one < -third - near for one in far[-3:]) >= 2),
        ("seven_above", len(far) >= 7 and all(one > near for one in far[-7:])),
        ("seven_below", len(far) >= 7 and all(one < -near for one in far[-7:])),
    ]
    fired = next((name for name, holds in rules if holds), None)
    return len(values), centre, low, high, size, fired, len(values) < 13


def trend(points: list[Point]) -> str:
    """The trend over five points in a row, by numpy's weighted least squares."""
    five = points[-5:]
    if len(five) < 5 or five[-1].nth - five[0].nth != 4 or any(p.low is None or p.high is None for p in five):
        return "not_calculated"
    x = np.arange(5.0)
    y = np.array([p.value for p in five])
    deviation = np.array(
        [(p.high - p.low) / (2 * 1.959963984540054) for p in five if p.high and p.low is not None]
    )
    design = np.vstack([np.ones(5), x]).T
    covariance = np.linalg.inv(design.T @ np.diag(deviation**-2) @ design)
    slope = np.polyfit(x, y, 1, w=1 / deviation)[0]
    signs = {
        np.sign(np.polyfit(np.delete(x, i), np.delete(y, i), 1, w=np.delete(1 / deviation, i))[0])
        for i in range(5)
    }
    if slope**2 / covariance[1, 1] > 9.5495 and len(signs) == 1:
        return "rising" if slope > 0 else "falling"
    return "none"


def some_series(dice: random.Random, length: int, kind: str) -> list[Point]:
    """A series that stands, climbs, steps or does not move; a tenth of its points missing."""
    points = []
    for nth in range(length):
        if dice.random() < 0.1:
            continue
        level = {
            "stands": 50.0,
            "climbs": 30 + 1.5 * nth,
            "steps": 50.0 + 20 * (nth > length / 2),
            "still": 50.0,
        }[kind]
        value = level if kind == "still" else level + dice.gauss(0, 4)
        has_limits = dice.random() < 0.9
        width = dice.uniform(0.5, 8)
        points.append(
            Point(nth, value, value - width if has_limits else None, value + width if has_limits else None)
        )
    return points


def equal(found: Iterable[Any], expected: Iterable[Any]) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        if isinstance(theirs, float):
            assert ours == pytest.approx(theirs, rel=1e-8, abs=1e-8)
        else:
            assert ours == theirs


@pytest.mark.parametrize("kind", ["stands", "climbs", "steps", "still"])
def test_every_point_has_the_chart_of_the_series_up_to_it(project: Project, kind: str) -> None:
    dice = random.Random(kind)
    series = {f"area_{nth}": some_series(dice, 40, kind) for nth in range(12)}
    rows = {(area, start): figures for area, start, *figures in built(project, "month", series, COLUMNS)}
    fired = set()
    for area, points in series.items():
        for last in range(1, len(points) + 1):
            figures = rows.pop((area, start_of("month", points[last - 1].nth)))
            fired.add(figures[5])
            equal(figures, (*chart(points[:last]), trend(points[:last])))
    assert rows == {}
    wanted = {"stands": {None}, "climbs": {"outside_limits", "seven_above"}, "steps": {None}, "still": {None}}
    assert wanted[kind] <= fired
    assert kind != "still" or fired == {None}


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ([5, 6, 5, 6, 5, 6, 5, 6, 20], "outside_limits"),
        ([5, 6, 5, 6, 5, 6, 5, 6, -9], "outside_limits"),
        ([9, 5, 1, 5, 9, 1, 2, 3, 4, 5, 6, 7], "seven_rising"),
        ([1, 5, 9, 5, 1, 9, 8, 7, 6, 5, 4, 3], "seven_falling"),
        ([5, 5.5, 5, 5.5, 5, 5.5, 5, 5.5, 5, 5.5, 5.9, 6.4, 6.5], "two_of_three_high"),
        ([5, 4.5, 5, 4.5, 5, 4.5, 5, 4.5, 5, 4.5, 4.1, 3.6, 3.5], "two_of_three_low"),
        ([1, 3, 1, 3, 1, 3, 1, 3, 5, 4, 5, 4, 5, 4, 5], "seven_above"),
        ([9, 7, 9, 7, 9, 7, 9, 7, 5, 6, 5, 6, 5, 6, 5], "seven_below"),
        ([5, 6, 5, 6, 5, 6, 5, 6, 5], None),
    ],
)
def test_each_rule_fires_on_its_own_series(project: Project, values: list[float], rule: str | None) -> None:
    series = {"area": [Point(nth, float(value)) for nth, value in enumerate(values)]}
    assert built(project, "month", series, "xmr_rule")[-1][2] == rule


def test_a_chart_of_weeks_looks_back_half_a_year_and_no_older_week_changes_it(project: Project) -> None:
    """A build from nothing knows the newest 53 weeks alone, and has to say what the builds of then said."""
    dice = random.Random(3)
    points = some_series(dice, 80, "stands")
    all_of_them = built(project, "week", {"area": points}, f"previous_value, change, {COLUMNS}", oldest=0)
    newest = built(
        project,
        "week",
        {"area": [p for p in points if p.nth >= 27]},
        f"previous_value, change, {COLUMNS}",
        oldest=27,
    )
    first = start_of("week", 27 + WEEKS)
    assert newest == [row for row in all_of_them if row[1] >= first]
    assert len(newest) >= 20
    for row in newest:
        [nth] = [point.nth for point in points if start_of("week", point.nth) == row[1]]
        base = [point for point in points if nth - WEEKS < point.nth <= nth]
        equal(row[4:11], chart(base))


def test_limits_of_a_difference_are_those_that_newcombe_published(project: Project) -> None:
    """56/70 less 48/80: 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    limits = "{{ wilson_lower('x', 'n', '95') }}, {{ wilson_upper('x', 'n', '95') }}"
    wilson = project.expression(limits)
    earlier, later = project.run(
        f"select x / n, {wilson} from (values (48.0::double, 80.0::double), (56.0, 70.0)) as t (x, n) "
        "order by x"
    )
    series = {"area": [Point(nth, *one) for nth, one in enumerate((earlier, later))]}
    [_, found] = built(project, "month", series, "change, change95_low, change95_high")
    assert found[2] == pytest.approx(0.2)
    assert [round(limit, 4) for limit in found[3:]] == [0.0524, 0.3339]


def test_a_missing_period_or_limit_leaves_the_change_without(project: Project) -> None:
    points = [
        Point(0, 5.0, 4, 6),
        Point(2, 7.0, 6, 8),
        Point(3, 9.0),
        Point(4, 8.0, 7, 9),
        Point(5, 8.5, 8, 9),
    ]
    rows = built(project, "month", {"area": points}, "previous_value, change, change95_low is null")
    assert [row[2:] for row in rows] == [
        (None, None, True),
        (None, None, True),
        (7.0, 2.0, True),
        (9.0, -1.0, True),
        (8.0, 0.5, False),
    ]
    assert math.isclose(rows[-1][3], 0.5)
