"""Shrunk values and intervals of ranks: the models against plain computations, and against planted truth.

Belongs here: bench_shrunk, bench_rank_cells and bench_rank_draws on made-up forces. Does not belong here:
ranks themselves (the unit tests beside the models).
"""

import importlib.util
import math
from collections.abc import Callable, Sequence
from datetime import date
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy import stats

from tests.dbt.conftest import DBT, Project
from tests.dbt.test_funnels import INDICATORS, WEEK, WINDOW

Figures = NDArray[np.float64]
Some = Callable[[np.random.Generator, float], tuple[dict[str, Figures], Figures]]
FORCES = 44
RANKED = """
    select * from ({}) union all
    select 'weekly', 'ratio', 'byar', 7, 'none', false, false, false"""
MEASURES = "null::varchar as numerator_measure, null::varchar as denominator_measure"


def draws() -> ModuleType:
    """The Python model, as dbt reads it: from its file."""
    path = DBT / "models" / "benchmarks" / "bench_rank_draws.py"
    spec = importlib.util.spec_from_file_location("bench_rank_draws", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DRAWS = draws()


def made(
    project: Project, indicator: str, sets: Sequence[dict[str, Figures]], what: str
) -> list[tuple[Any, ...]]:
    """Rows of a model for several sets of forces, each a platform of its own; ordered as the draws want them.

    `sets`: value, events, n and, of medians, low and high, an array each; where clusters tell, their effect.
    """
    rows = []
    for number, figures in enumerate(sets):
        for nth in range(len(figures["value"])):
            cell = [f"'p{number:03}'", f"'force_{nth:02}'"]
            for name in ("value", "events", "n", "low", "high", "effect"):
                figure = float(figures[name][nth]) if name in figures else math.nan
                cell.append("null::double" if math.isnan(figure) else f"{figure!r}::double")
            rows.append(f"({', '.join(cell)})")
    methods = {"share": "wilson", "weekly": "byar", "median": "kaplan_meier_log_log", "rate": "none"}
    values = f"""
        select '{indicator}' as indicator_id, 'all' as account_scope, {WEEK},
            false as is_provisional, false as is_break, effect as design_effect,
            case indicator_id when 'share' then n / effect end as effective_n,
            platform, area_id, value, events as numerator, n as denominator, n::bigint as n, low as ci95_low,
            high as ci95_high, '{methods[indicator]}' as ci_method
        from (values {", ".join(rows)}) as t (platform, area_id, value, events, n, low, high, effect)"""
    areas = ", ".join(f"('force_{nth:02}', 'force')" for nth in range(FORCES))
    return project.run(
        f"select {what} order by platform, area_id",
        stg_landing__window=WINDOW,
        dim_area=f"select * from (values {areas}) as t (area_id, area_type)",
        dim_indicator=f"select *, {MEASURES} from ({RANKED.format(INDICATORS)})",
        bench_values=values,
        bench_funnel_places=project.sql("bench_funnel_places"),
        bench_shrunk=project.sql("bench_shrunk"),
        bench_comparisons="select *, 1 as rank from bench_values",
        bench_rank_cells=project.sql("bench_rank_cells"),
    )


def cells(project: Project, indicator: str, sets: Sequence[dict[str, Figures]]) -> list[dict[str, Any]]:
    """What bench_rank_cells says of these sets."""
    names = (*DRAWS.KEY, "is_lowest_first", "place", "width", "numerator_measure", "denominator_measure")
    rows = made(project, indicator, sets, f"{', '.join(names)} from bench_rank_cells")
    return [dict(zip(names, row, strict=True)) for row in rows]


def shares(dice: np.random.Generator, spread: float, least: int = 30) -> tuple[dict[str, Figures], Figures]:
    """Forces of different size with shares round 40%, and their true shares."""
    n = np.round(least * np.exp(dice.uniform(0, 4, FORCES)))
    true = 1 / (1 + np.exp(-(dice.normal(0, spread, FORCES) - 0.4)))
    events = dice.binomial(n.astype(int), true).astype(float)
    return {"value": 100 * events / n, "events": events, "n": n}, true


def rates(dice: np.random.Generator, spread: float) -> tuple[dict[str, Figures], Figures]:
    """Forces with posts per account and week, and their true rates."""
    n = np.round(7 * np.exp(dice.uniform(0, 3, FORCES)))
    true = 0.8 * np.exp(dice.normal(0, spread, FORCES))
    events = dice.poisson(n * true).astype(float)
    return {"value": 7 * events / n, "events": events, "n": n}, true


def medians(dice: np.random.Generator, spread: float) -> tuple[dict[str, Figures], Figures]:
    """Forces with medians and their limits, and the true medians."""
    chance = np.exp(dice.uniform(-3, -0.5, FORCES))
    place = math.log(3600) + dice.normal(0, spread, FORCES)
    value = np.exp(place + dice.normal(0, chance))
    limits = {"low": value * np.exp(-1.96 * chance), "high": value * np.exp(1.96 * chance)}
    return {"value": value, "events": value * 0, "n": value * 0 + 50, **limits}, place


def held(found: dict[str, list[float]], true: Sequence[Figures], lowest_first: bool) -> float:
    """The share of the true ranks that lie within the limits."""
    low, high = (np.reshape(found[name], (len(true), -1)) for name in ("rank95_low", "rank95_high"))
    ranks = np.stack([stats.rankdata(one if lowest_first else -one) for one in true])
    return float(np.mean((low <= ranks) & (ranks <= high)))


# --- shrunk values


@pytest.mark.parametrize(("indicator", "some"), [("share", shares), ("weekly", rates)])
def test_what_is_not_independent_counts_for_its_effective_n(
    project: Project, indicator: str, some: Some
) -> None:
    """Four times as many, of which each counts a quarter, are drawn and shrunk as a quarter of them."""
    figures, _ = some(np.random.default_rng(9), 0.5)
    four = figures | {name: 4 * figures[name] for name in ("events", "n")} | {"effect": 4 + 0 * figures["n"]}
    found, expected = (cells(project, indicator, [each]) for each in (four, figures))
    assert [row["place"] for row in found] == pytest.approx([row["place"] for row in expected])
    assert [row["width"] for row in found] == pytest.approx([row["width"] for row in expected])
    what = "shrunk_value from bench_shrunk"
    shrunk, plain = (
        [value for (value,) in made(project, indicator, [each], what)] for each in (four, figures)
    )
    assert shrunk == pytest.approx(plain)


def test_a_share_is_drawn_to_the_crowd_as_a_plain_computation_has_it(project: Project) -> None:
    figures, _ = shares(np.random.default_rng(1), 0.6)
    found = made(project, "share", [figures], "shrunk_value, prior_size from bench_shrunk")
    x, n = figures["events"], figures["n"]
    pooled, weights, p = x.sum() / n.sum(), n / n.sum(), x / n
    # Kleinman (1973), 2.3, with w = n.
    s = float(np.sum(n * (p - pooled) ** 2))
    own = pooled * (1 - pooled) * float(np.sum(1 - weights))
    r = (s - own) / (pooled * (1 - pooled) * (float(np.sum(n * (1 - weights))) - float(np.sum(1 - weights))))
    size = 1 / r - 1
    assert found[0][1] == pytest.approx(size, rel=1e-9)
    expected = stats.beta(size * pooled + x, size * (1 - pooled) + n - x).mean()
    assert [value for value, _ in found] == pytest.approx(list(100 * expected), rel=1e-9)


def test_a_rate_is_drawn_to_the_crowd_as_a_plain_computation_has_it(project: Project) -> None:
    figures, _ = rates(np.random.default_rng(2), 0.5)
    found = made(project, "weekly", [figures], "shrunk_value, prior_size from bench_shrunk")
    x, n = figures["events"], figures["n"]
    pooled = x.sum() / n.sum()
    between = (np.sum(n * (x / n - pooled) ** 2) - (FORCES - 1) * pooled) / (n.sum() - np.sum(n**2) / n.sum())
    expected = stats.gamma(pooled**2 / between + x, scale=1 / (pooled / between + n)).mean()
    assert [value for value, _ in found] == pytest.approx(list(7 * expected), rel=1e-9)


def test_shrunk_shares_are_nearer_to_the_truth_than_plain_ones(project: Project) -> None:
    dice = np.random.default_rng(3)
    sets, true = zip(*(shares(dice, 0.4, least=10) for _ in range(20)), strict=True)
    found = made(project, "share", sets, "shrunk_value from bench_shrunk")
    shrunk = np.reshape([value for (value,) in found], (20, -1)) / 100
    plain = np.stack([one["value"] for one in sets]) / 100
    assert np.mean((shrunk - np.stack(true)) ** 2) < 0.8 * np.mean((plain - np.stack(true)) ** 2)


# --- intervals of ranks


@pytest.mark.parametrize("spread", [0.15, 0.4, 1.0])
@pytest.mark.parametrize("indicator", ["share", "weekly", "median"])
def test_the_limits_hold_the_true_rank(project: Project, indicator: str, spread: float) -> None:
    """Forty sets of 44 forces: of the true ranks at least 93% lie within the limits."""
    dice = np.random.default_rng(round(100 * spread))
    some = {"share": shares, "weekly": rates, "median": medians}[indicator]
    sets, true = zip(*(some(dice, spread) for _ in range(40)), strict=True)
    found = DRAWS.intervals(cells(project, indicator, sets), None)
    assert held(found, true, indicator == "median") >= 0.93


def by_day(dice: np.random.Generator, spread: float, day_count: int) -> tuple[Figures, Figures, Figures]:
    """Views of forces by day, which come in cascades: on some days a hundred times what others have. Their
    true level in logarithms, and residents."""
    residents = 1e5 * np.exp(dice.uniform(0, 3, FORCES))
    level = dice.normal(0, spread, FORCES)
    cascade = dice.gamma(0.7, 1 / 0.7, (FORCES, day_count))
    return dice.poisson(residents[:, None] / 1000 * np.exp(level)[:, None] * cascade), level, residents


def of_days(
    views: Sequence[Figures], residents: Sequence[Figures], start: date, end: date
) -> dict[str, list[float]]:
    """The limits of sets of forces, each a platform, by their views of each day."""
    table: dict[str, list[Any]] = {
        name: [] for name in ("area_id", "platform", "account_scope", "activity_date", "views")
    }
    compared = []
    for number, (of_set, heads) in enumerate(zip(views, residents, strict=True)):
        for nth, days in enumerate(of_set):
            key = {"area_id": f"force_{nth:02}", "platform": f"p{number:03}", "account_scope": "all"}
            for day, count in enumerate(days):
                when = date.fromordinal(start.toordinal() + day)
                for name, value in {**key, "activity_date": when, "views": float(count)}.items():
                    table[name].append(value)
            place = math.log(1000 * days.sum() / heads[nth]) if days.sum() else None
            cell = {"period_type": "month", "period_start": start, "period_end": end, "indicator_id": "views"}
            cell |= {
                "drawn_from": "days",
                "draws_seed": 1,
                "is_lowest_first": False,
                "place": place,
                "width": None,
            }
            compared.append(key | cell | {"numerator_measure": "views", "denominator_measure": None})
    found: dict[str, list[float]] = DRAWS.intervals(compared, DRAWS.Days(pa.table(table), ["views"]))
    return found


@pytest.mark.parametrize("day_count", [7, 31])
@pytest.mark.parametrize("spread", [0.2, 0.6])
def test_the_limits_by_days_hold_the_true_rank(spread: float, day_count: int) -> None:
    """Twenty sets of 44 forces, in a week and in a month."""
    dice = np.random.default_rng(5)
    sets = [by_day(dice, spread, day_count) for _ in range(20)]
    views, true, residents = zip(*sets, strict=True)
    found = of_days(views, residents, date(2026, 3, 1), date(2026, 3, day_count))
    assert held(found, true, False) >= 0.93


@pytest.mark.parametrize("indicator", ["share", "weekly", "median"])
def test_forces_that_do_not_differ_have_every_rank(project: Project, indicator: str) -> None:
    dice = np.random.default_rng(7)
    some = {"share": shares, "weekly": rates, "median": medians}[indicator]
    sets = [some(dice, 0.0)[0] for _ in range(20)]
    found = DRAWS.intervals(cells(project, indicator, sets), None)
    widths = np.subtract(found["rank95_high"], found["rank95_low"])
    assert np.median(widths) >= 0.75 * FORCES


def test_draws_are_those_of_an_independent_computation(project: Project) -> None:
    """Limits and probabilities from two hundred thousand draws by scipy, each of its own."""
    figures, _ = shares(np.random.default_rng(11), 0.5)
    found = DRAWS.intervals(cells(project, "share", [figures]), None)
    [(pooled, size), *_] = made(
        project, "share", [figures], "pooled_value / 100, prior_size from bench_shrunk"
    )
    true = stats.beta.rvs(
        (size * pooled + figures["events"])[:, None],
        (size * (1 - pooled) + figures["n"] - figures["events"])[:, None],
        size=(FORCES, 200_000 // FORCES),
        random_state=12,
    )
    ranks = stats.rankdata(-true, axis=0)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=1)
    assert np.max(np.abs(low - found["rank95_low"])) <= 2
    assert np.max(np.abs(high - found["rank95_high"])) <= 2
    assert np.mean(ranks <= 11, axis=1) == pytest.approx(found["top_quarter_probability"], abs=0.06)
    assert np.mean(ranks > 33, axis=1) == pytest.approx(found["bottom_quarter_probability"], abs=0.06)


def test_a_draw_depends_on_its_cell_and_its_comparison_alone(project: Project) -> None:
    """Computed together, apart, or beside others, the figures are the same; another seed gives others."""
    dice = np.random.default_rng(13)
    both = cells(project, "share", [shares(dice, 0.3)[0] for _ in range(2)])
    together = DRAWS.intervals(both, None)
    apart = DRAWS.intervals(both[FORCES:], None)
    assert {name: figures[FORCES:] for name, figures in together.items()} == apart
    other = DRAWS.intervals([cell | {"draws_seed": 2} for cell in both[FORCES:]], None)
    assert other["top_quarter_probability"] != apart["top_quarter_probability"]


def test_ties_have_their_mean_rank_and_zeros_stay_zeros() -> None:
    views = [np.array([[9.0] * 31, [0.0] * 31, [5.0] * 31, [0.0] * 31, [7.0] * 31])]
    found = of_days(views, [np.full(5, 1e5)], date(2026, 3, 1), date(2026, 3, 31))
    assert found["rank95_low"] == [1.0, 4.5, 3.0, 4.5, 2.0]
    assert found["rank95_high"] == [1.0, 4.5, 3.0, 4.5, 2.0]
    assert found["top_quarter_probability"] == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert found["bottom_quarter_probability"] == [0.0] * 5


def test_a_median_that_was_not_reached_is_last_in_every_draw() -> None:
    common = {"drawn_from": "log", "is_lowest_first": True, "draws_seed": 1, "period_type": "week"}
    common |= {"period_start": date(2026, 3, 2), "indicator_id": "wait", "platform": "x"}
    common |= {"account_scope": "all"}
    places = [math.log(100), math.log(110), None, math.log(90), None]
    cells = [
        common | {"area_id": f"f{nth}", "place": place, "width": 0.0 if place is None else 0.3}
        for nth, place in enumerate(places)
    ]
    found = DRAWS.intervals(cells, None)
    assert [found["rank95_low"][nth] for nth in (2, 4)] == [4.5, 4.5]
    assert [found["rank95_high"][nth] for nth in (2, 4)] == [4.5, 4.5]
    assert all(found["rank95_high"][nth] <= 3 for nth in (0, 1, 3))


def test_mean_ranks_are_those_of_scipy() -> None:
    figures = np.random.default_rng(17).integers(0, 9, (12, DRAWS.DRAWS)).astype(float)
    assert np.array_equal(DRAWS.mean_ranks(figures), stats.rankdata(figures, axis=0))
