"""Effective n: the models against a plain computation, and intervals and verdicts against planted clusters.

Belongs here: fct_response_clusters, the formulas of macros/clusters.sql, and what they do for coverage. Does
not belong here: one formula worked by hand (the unit tests beside the models).
"""

import math
import random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from tests.dbt.conftest import Project
from tests.dbt.test_funnels import WEEK, WINDOW, Cell, built

Z95 = 1.959963984540054
#: Conversations and those of them that were answered, below each post: two arrays.
Clusters = tuple[NDArray[np.int64], NDArray[np.int64]]


def planted(dice: np.random.Generator, posts: int, alike: float, share: float = 0.4) -> Clusters:
    """Conversations below some posts, one to a dozen each, answered with a chance of the post's own (beta);
    `alike` is the correlation within a post."""
    asked = dice.geometric(1 / 3, posts)
    chance = np.full(posts, share)
    if alike:
        chance = dice.beta(share * (1 / alike - 1), (1 - share) * (1 / alike - 1), posts)
    return asked, dice.binomial(asked, chance)


def plain_variance(clusters: Clusters) -> float:
    """How far the answered vary over posts, post after post."""
    asked, answered = clusters
    n, x, m = int(asked.sum()), int(answered.sum()), len(asked)
    p = x / n
    most = p * (1 - p) * float((asked**2).sum())
    if m == 1 or x in (0, n):
        return most
    widened = stats.t.ppf(0.975, n * n / float((asked**2).sum()) - 1) / stats.t.ppf(0.975, n - 1)
    residuals = sum((a - p * k) ** 2 for a, k in zip(answered, asked, strict=True))
    return float(min(most, max(n * p * (1 - p), residuals * m / (m - 1) * (n - 1) / n * widened**2)))


def plain_effect(clusters: Clusters) -> float:
    asked, answered = clusters
    n, x = int(asked.sum()), int(answered.sum())
    most = float((asked**2).sum()) / n
    return most if x in (0, n) else min(most, plain_variance(clusters) / (x * (1 - x / n)))


def sums(clusters: Clusters) -> tuple[int, ...]:
    """Σx, Σn, Σx², Σxn, Σn² and m."""
    n, x = clusters
    return (
        *(int(figure) for figure in (x.sum(), n.sum(), (x * x).sum(), (x * n).sum(), (n * n).sum())),
        len(n),
    )


@pytest.fixture(scope="module")
def formulas(project: Project) -> str:
    """The variance, the design effect and Wilson's limits as SQL over the sums of `cells`."""
    variance = "cluster_variance('x', 'n', 'xx', 'xn', 'nn', 'm')"
    effect = f"design_effect({variance}, share_chance('x', 'n'), 'nn', 'n')"
    limits = ", ".join(
        f"{{{{ wilson_{side}('x / effect', 'n / effect', 95) }}}}" for side in ("lower", "upper")
    )
    return project.expression(
        f"select number, variance, effect, {limits} from "
        f"(select *, {{{{ {variance} }}}} as variance, {{{{ {effect} }}}} as effect from cells)"
    )


def told(project: Project, formulas: str, cells: list[Clusters]) -> list[tuple[Any, ...]]:
    """Of each cell its variance, design effect and limits."""
    rows = ", ".join(f"({number}, {', '.join(map(str, sums(cell)))})" for number, cell in enumerate(cells))
    names = "number, x, n, xx, xn, nn, m"
    found = project.run(f"{formulas} order by number", cells=f"select * from (values {rows}) as t ({names})")
    return [row[1:] for row in found]


def test_the_formulas_are_the_method(project: Project, formulas: str) -> None:
    """Where more than two posts are in effect, to the few per cent to which Student's quantile is told."""
    dice = np.random.default_rng(1)
    cells = [
        planted(dice, posts, alike, share)
        for posts in (4, 6, 10, 60)
        for alike in (0.0, 0.2, 0.8)
        for share in (0.1, 0.5)
        for _ in range(10)
    ]
    for (variance, effect, _, _), cell in zip(told(project, formulas, cells), cells, strict=True):
        if cell[0].sum() ** 2 < 3 * (cell[0] ** 2).sum():
            continue
        assert variance == pytest.approx(plain_variance(cell), rel=0.03)
        assert effect == pytest.approx(plain_effect(cell), rel=0.03, abs=1e-4)


def test_a_post_for_each_is_no_cluster_and_no_interval_is_ever_narrower(
    project: Project, formulas: str
) -> None:
    dice = np.random.default_rng(2)
    alone = [(np.ones(n, np.int64), dice.binomial(1, 0.3, n)) for n in (10, 30, 200)]
    any_ = [planted(dice, 12, alike) for alike in (0.0, 0.5) for _ in range(100)]
    assert [effect for _, effect, _, _ in told(project, formulas, alone)] == [1, 1, 1]
    for (_, effect, low, high), cell in zip(told(project, formulas, any_), any_, strict=True):
        n, x = int(cell[0].sum()), int(cell[1].sum())
        assert 1 <= effect <= (cell[0] ** 2).sum() / n + 1e-4
        plain = wilson(x, n)
        assert high - low >= plain[1] - plain[0] - 1e-12


@pytest.mark.parametrize(("posts", "alike"), [(6, 0.2), (15, 0.4), (60, 0.4), (60, 0.0)])
def test_19_of_20_intervals_hold_the_truth_where_posts_are_alike(
    project: Project, formulas: str, posts: int, alike: float
) -> None:
    """Of 2,000 cells with what is asked below a post answered alike; by n alone far fewer would."""
    dice = np.random.default_rng(posts)
    cells = [cell for cell in (planted(dice, posts, alike) for _ in range(2000)) if cell[0].sum() >= 10]
    found = told(project, formulas, cells)
    held = sum(low <= 0.4 <= high for _, _, low, high in found) / len(cells)
    by_n = [wilson(int(answered.sum()), int(asked.sum())) for asked, answered in cells]
    held_by_n = sum(low <= 0.4 <= high for low, high in by_n) / len(cells)
    assert held >= 0.92
    assert held_by_n <= (0.9 if alike else 0.97)


def wilson(x: int, n: int) -> tuple[float, float]:
    middle, half = 2 * x + Z95**2, Z95 * math.sqrt(Z95**2 + 4 * x * (1 - x / n))
    return (middle - half) / (2 * (n + Z95**2)), (middle + half) / (2 * (n + Z95**2))


@pytest.mark.long
def test_forces_whose_posts_are_alike_are_not_called_otherwise_for_it(project: Project) -> None:
    """Fifty sets of 44 with one true share. Of a fifth of them what is asked below a post is answered alike:
    by n alone these would be called otherwise."""
    dice, order = np.random.default_rng(3), random.Random(3)
    called: dict[bool, int] = {True: 0, False: 0}
    for _ in range(50):
        cells = {}
        for number in range(44):
            clusters = planted(dice, order.choice([20, 40, 80]), 0.6 if number % 5 == 0 else 0.0)
            n, x = int(clusters[0].sum()), int(clusters[1].sum())
            cells[f"force_{number:02}"] = Cell(x, n, 100 * x / n, effect=plain_effect(clusters))
        by_n = {area: Cell(cell.events, cell.n, cell.value) for area, cell in cells.items()}
        for is_told, compared in ((True, cells), (False, by_n)):
            called[is_told] += sum(
                row != ("similar",) for row in built(project, "share", compared, "verdict")
            )
    assert called[True] / (50 * 44) <= 0.07
    assert called[False] > 1.2 * called[True]


def test_what_is_asked_below_one_post_is_one_cluster_on_whatever_day(project: Project) -> None:
    """Made-up conversations in any order, through the model; a thread where nobody names the post."""
    dice, rows, expected = random.Random(4), [], {}
    for channel in ("public", "direct"):
        below: dict[str, list[bool]] = {}
        for number in range(150):
            post = f"p{int(dice.expovariate(0.1))}"
            is_answered = dice.random() < (0.9 if int(post[1:]) % 2 else 0.1)
            below.setdefault(post, []).append(is_answered)
            named = f"null, '{post}'" if channel == "direct" else f"'{post}', 't{number}'"
            day = f"date '2026-03-0{dice.randint(2, 8)}'"
            rows.append(f"('{channel}', {named}, 'm{number}', {day}, {is_answered})")
        asked, answered = ([count(some) for some in below.values()] for count in (len, sum))
        expected[channel] = (len(below), 150, plain_variance((np.array(asked), np.array(answered))))
    dice.shuffle(rows)
    names = "channel, post_id, conversation_id, message_id, opened_date, is_answered"
    found = project.run(
        "select channel, cluster_count, conversation_count, answered_1h_variance from "
        f"({project.sql('fct_response_clusters')})",
        fct_conversations="select 'kent' as force_id, 'x' as platform, 'a' as account_id, "
        "false as is_closing, false as is_acknowledged, 60.0::double as waited_seconds, * from "
        f"(values {', '.join(rows)}) as t ({names})",
        dim_account="select 'a' as account_id, 'corporate' as account_type",
        dim_account_scope="select 'all' as account_scope, 'corporate' as account_type",
        dim_period=f"select {WEEK}",
        stg_landing__window=WINDOW,
    )
    assert len(found) == 2
    for channel, *figures in found:
        assert tuple(map(float, figures)) == pytest.approx(expected[channel], rel=0.01)


def test_what_counts_as_few_is_neither_ranked_nor_judged(project: Project) -> None:
    """None of forty below three posts: of so few independent ones none may well be answered."""
    cells = {f"force_{number}": Cell(16, 40, 40.0) for number in range(6)}
    for effect, expected in ((13.3, ("not_compared", None)), (4.0, ("worse", 7))):
        compared = cells | {"few": Cell(0, 40, 0.0, effect=effect)}
        found = {row[0]: row[1:] for row in built(project, "share", compared, "area_id", "verdict", "rank")}
        assert found["few"] == expected
        assert found["force_0"] == ("similar", 1)
