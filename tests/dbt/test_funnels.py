"""Funnels with overdispersion: the models against a plain computation, and what they make of forces alike.

Belongs here: bench_funnel_places, bench_funnels and the verdicts of bench_comparisons on made-up forces. Does
not belong here: ranks and percentiles (the unit tests beside the models).
"""

import math
import random
from dataclasses import dataclass
from statistics import NormalDist, quantiles

import pytest

from tests.dbt.conftest import Project

WEEK = "'week' as period_type, date '2026-03-02' as period_start, date '2026-03-08' as period_end"
Z95 = 1.959963984540054
INDICATORS = """
    select *, false as is_standardised, false as is_diagnostic, indicator_id = 'per_post' as is_mean_of_posts
    from (values ('share', 'ratio', 'wilson', 100, 'higher_is_better'),
        ('per_post', 'ratio', 'none', 1, 'none'),
        ('rate', 'ratio', 'none', 1000, 'none'),
        ('median', 'model', 'kaplan_meier_log_log', null, 'lower_is_better'))
        as t (indicator_id, kind, interval_method, multiplier, polarity)"""
COLUMNS = "others_value, phi, tau2, z, p_value, funnel95_low, funnel95_high, plain95_low"
WINDOW = "select date '2026-03-01' as periods_from_date, date '2026-03-01' as oldest_week_date"


@dataclass
class Cell:
    """A force's figure: events of n for a share or a rate; a median with its limits."""

    events: float
    n: float
    value: float
    low: float | None = None
    high: float | None = None
    effect: float | None = None


def comparison_tables(project: Project, indicator: str, cells: dict[str, Cell]) -> dict[str, str]:
    """What each table of a comparison of made-up forces holds, up to the funnel."""
    areas = ", ".join(f"('{area}', 'force')" for area in cells)
    rows = ", ".join(
        f"('{area}', {c.value}::double, {c.events}::double, {c.n}::double, {round(c.n)}, "
        f"{'null' if c.low is None else c.low}::double, {'null' if c.high is None else c.high}::double, "
        f"{'null' if c.effect is None else c.effect}::double)"
        for area, c in cells.items()
    )
    return {
        "stg_landing__window": WINDOW,
        "dim_area": f"select * from (values {areas}) as t (area_id, area_type)",
        "dim_indicator": INDICATORS,
        "bench_values": f"select '{indicator}' as indicator_id, 'x' as platform, 'all' as account_scope, "
        f"{WEEK}, false as is_provisional, false as is_break, null::varchar as value_note, "
        "null::double as ci998_low, n / greatest(1, design_effect) as effective_n, "
        f"* from (values {rows}) as t "
        "(area_id, value, numerator, denominator, n, ci95_low, ci95_high, design_effect)",
        "bench_funnel_places": project.sql("bench_funnel_places"),
        "bench_funnels": project.sql("bench_funnels"),
    }


def built(project: Project, indicator: str, cells: dict[str, Cell], *also: str) -> list[tuple[object, ...]]:
    """Each force's area_id and COLUMNS of bench_funnels, or the columns asked for of bench_comparisons."""
    tables = comparison_tables(project, indicator, cells)
    if also:
        return project.run(
            f"select {', '.join(also)} from ({project.sql('bench_comparisons')}) order by area_id", **tables
        )
    return project.run(f"select area_id, {COLUMNS} from bench_funnels order by area_id", **tables)


def plainly(indicator: str, cells: dict[str, Cell]) -> list[tuple[object, ...]]:
    """The same, force after force, as METHOD 2 has it."""
    names = sorted(cells)
    events, n = [cells[a].events for a in names], [cells[a].n for a in names]
    total, exposure = sum(events), sum(n)
    if indicator == "share":
        y = [math.asin(math.sqrt(e / k)) for e, k in zip(events, n, strict=True)]
        s = [1 / (2 * math.sqrt(k)) for k in n]
        centre = math.asin(math.sqrt(total / exposure))
        others = [math.asin(math.sqrt((total - e) / (exposure - k))) for e, k in zip(events, n, strict=True)]
        back = lambda place: 100 * math.sin(min(math.pi / 2, max(0, place))) ** 2  # noqa: E731
    elif indicator == "rate":
        y = [math.log(max(e, 0.5) / k) for e, k in zip(events, n, strict=True)]
        s = [1 / math.sqrt(k * total / exposure) for k in n]
        centre = math.log(total / exposure)
        others = [math.log((total - e) / (exposure - k)) for e, k in zip(events, n, strict=True)]
        back = lambda place: 1000 * math.exp(place)  # noqa: E731
    else:
        y = [math.log(cells[a].value) for a in names]
        s = []
        for a in names:
            low, high, value = cells[a].low, cells[a].high, cells[a].value
            assert low is not None
            upper = math.log(high) if high is not None else 2 * math.log(value) - math.log(low)
            s.append((upper - math.log(low)) / (2 * Z95))
        weights = [1 / d**2 for d in s]
        sum_wy = sum(w * p for w, p in zip(weights, y, strict=True))
        centre = sum_wy / sum(weights)
        others = [(sum_wy - w * p) / (sum(weights) - w) for w, p in zip(weights, y, strict=True)]
        back = math.exp
    z = [(p - centre) / d for p, d in zip(y, s, strict=True)]
    order = sorted(range(len(z)), key=lambda i: (z[i], names[i]))
    cut = len(z) // 10 if indicator == "rate" else 0
    kept = order[cut : len(z) - cut]
    if indicator == "rate":
        squares = [z[i] ** 2 for i in kept]
    else:
        tenths = quantiles(z, n=10, method="inclusive")
        squares = [min(tenths[-1], max(tenths[0], z[i])) ** 2 for i in kept]
    phi, w = sum(squares) / len(kept), [1 / s[i] ** 2 for i in kept]
    tau2 = max(0.0, (len(kept) * phi - (len(kept) - 1)) / (sum(w) - sum(x * x for x in w) / sum(w)))
    rows: list[tuple[object, ...]] = []
    for i, name in enumerate(names):
        wide = math.sqrt(s[i] ** 2 + tau2)
        far = (y[i] - others[i]) / wide
        p_value = 2 * (1 - NormalDist().cdf(abs(far)))
        limits = (back(others[i] - Z95 * wide), back(others[i] + Z95 * wide), back(others[i] - Z95 * s[i]))
        rows.append((name, back(others[i]), phi, tau2, far, p_value, *limits))
    return rows


def forces(dice: random.Random, indicator: str, spread: float, count: int) -> dict[str, Cell]:
    """Made-up forces of very different size, whose true figures differ by `spread` on the scale."""
    cells = {}
    for number in range(count):
        size = round(10 ** dice.uniform(1.5, 3.5))
        if indicator == "share":
            true = math.sin(min(1.5, max(0.05, math.asin(math.sqrt(0.4)) + dice.gauss(0, spread)))) ** 2
            events = float(sum(dice.random() < true for _ in range(size)))
            cells[f"force_{number:02}"] = Cell(events, size, 100 * events / size)
        elif indicator == "rate":
            residents = size * 1000.0
            mean = residents / 50 * math.exp(dice.gauss(0, spread))
            events = max(0.0, round(dice.gauss(mean, math.sqrt(mean))))
            cells[f"force_{number:02}"] = Cell(events, residents, 1000 * events / residents)
        else:
            chance = 1.5 / math.sqrt(size)
            value = 3600 * math.exp(dice.gauss(0, math.hypot(spread, chance)))
            high = None if dice.random() < 0.1 else value * math.exp(Z95 * chance)
            cells[f"force_{number:02}"] = Cell(0, size, value, value * math.exp(-Z95 * chance), high)
    return cells


@pytest.mark.parametrize("indicator", ["share", "rate", "median"])
@pytest.mark.parametrize(("spread", "count"), [(0.0, 44), (0.3, 44), (0.1, 7)])
def test_the_models_are_the_method(project: Project, indicator: str, spread: float, count: int) -> None:
    cells = forces(random.Random(f"{indicator}{spread}{count}"), indicator, spread, count)
    found, expected = built(project, indicator, cells), plainly(indicator, cells)
    assert [row[0] for row in found] == [row[0] for row in expected]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours[1:] == pytest.approx(theirs[1:], rel=1e-7, abs=1e-9), ours[0]


def test_sums_as_large_as_a_years_seconds_are_compared(project: Project) -> None:
    """The age of a million posts in seconds, of each of 44 forces: squares of weights have 27 digits."""
    dice = random.Random(3)
    cells = {}
    for number in range(44):
        seconds = 3e13 * math.exp(dice.gauss(0, 0.2))
        cells[f"force_{number:02}"] = Cell(seconds, 1e6, 1000 * seconds / 1e6)
    found, expected = built(project, "rate", cells), plainly("rate", cells)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours[1:] == pytest.approx(theirs[1:], rel=1e-7, abs=1e-9), ours[0]


def test_fewer_than_five_forces_are_not_compared(project: Project) -> None:
    cells = forces(random.Random(1), "share", 0.3, 4)
    assert built(project, "share", cells) == []
    assert set(built(project, "share", cells, "verdict", "rank")) == {("not_compared", None)}


def test_a_force_is_held_against_the_others_without_itself(project: Project) -> None:
    """The largest force is nine tenths of all: it does not judge itself, whatever it has."""
    cells = {f"force_{number}": Cell(50, 100, 50.0) for number in range(9)} | {"large": Cell(900, 9000, 10.0)}
    rows = {row[0]: row for row in built(project, "share", cells)}
    assert rows["large"][1] == pytest.approx(50.0)
    assert rows["force_0"][1] == pytest.approx(100 * (900 + 8 * 50) / (9000 + 800))


@pytest.mark.parametrize(
    ("indicator", "verdict"), [("share", "better"), ("rate", "higher"), ("median", "worse")]
)
def test_a_force_far_above_the_others_is_called_so(project: Project, indicator: str, verdict: str) -> None:
    dice = random.Random(5)
    cells = forces(dice, indicator, 0.05, 40)
    far = {
        "share": Cell(900, 1000, 90.0),
        "rate": Cell(90000, 1e6, 90.0),
        "median": Cell(0, 1000, 36000, 33000, 39000),
    }
    cells["far"] = far[indicator]
    columns = ("area_id", "verdict", "verdict_confidence", "is_discovery", "compared_of")
    found = {row[0]: row[1:] for row in built(project, indicator, cells, *columns)}
    assert found["far"] == (verdict, 99.8, True, 41)


@pytest.mark.parametrize(
    ("posts", "verdict", "rank"),
    [(3, "not_compared", None), (9, "not_compared", None), (10, "higher", None), (30, "higher", 1)],
)
def test_a_mean_of_few_posts_has_no_verdict_and_no_rank(
    project: Project, posts: int, verdict: str, rank: int | None
) -> None:
    """However far it is from the others: one viral post of three is chance."""
    cells = {f"force_{number}": Cell(4000 + 10 * number, 400, 10 + number / 40) for number in range(9)}
    cells["far"] = Cell(1000 * posts, posts, 1000)
    found = {row[0]: row[1:] for row in built(project, "per_post", cells, "area_id", "verdict", "rank")}
    assert found["far"] == (verdict, rank)
    assert found["force_8"][1] == (1 if rank is None else 2)


@pytest.mark.long
@pytest.mark.parametrize("indicator", ["share", "rate", "median"])
def test_of_forces_that_are_alike_few_are_called_otherwise(project: Project, indicator: str) -> None:
    """A hundred sets of 44 with equal true figures; the worst false verdict of a set is no discovery."""
    called = discovered = 0
    dice = random.Random(indicator)
    for _ in range(100):
        rows = built(project, indicator, forces(dice, indicator, 0.0, 44), "verdict", "is_discovery")
        called += sum(verdict != "similar" for verdict, _ in rows)
        discovered += any(is_discovery for _, is_discovery in rows)
    assert 0.01 < called / (100 * 44) <= 0.07
    assert discovered / 100 <= 0.15


@pytest.mark.parametrize("indicator", ["share", "rate", "median"])
def test_of_forces_that_differ_like_one_crowd_most_are_similar(project: Project, indicator: str) -> None:
    """By chance alone nearly all would be called otherwise. The spread of the crowd is told without its
    extremes, so that about a fifth lie beyond it, and not a twentieth."""
    dice, called = random.Random(indicator), 0
    for _ in range(30):
        rows = built(project, indicator, forces(dice, indicator, 0.4, 44), "verdict")
        called += sum(verdict != "similar" for (verdict,) in rows)
    assert called / (30 * 44) <= 0.3
