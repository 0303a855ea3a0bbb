"""Curves in pieces are the curves: what is read off them is what Kaplan and Meier read off step by step.

Belongs here: the models of the curves against a plain computation, on any waiting times. Does not belong
here: published figures (test_oracles.py), or one formula (the unit tests beside the models).
"""

import math
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest

from tests.dbt.conftest import Project

WEEK = "'week' as period_type, date '2026-03-02' as period_start, date '2026-03-08' as period_end"
HORIZONS = {"15m": 900, "1h": 3600, "4h": 14_400, "24h": 86_400, "7d": 604_800}
#: Name → what share is still waiting then.
QUANTILES = {"median": 0.5, "p90": 0.1}
#: Name → the standard normal quantile of its confidence, with the sign of its limit.
LIMITS = {
    "ci95_low": 1.959963984540054,
    "ci95_high": -1.959963984540054,
    "ci998_low": 3.090232306167813,
    "ci998_high": -3.090232306167813,
}
COLUMNS = ["conversation_count"]
for horizon in HORIZONS:
    COLUMNS += [f"survival_{horizon}", f"greenwood_{horizon}", f"is_known_at_{horizon}"]
for quantile in QUANTILES:
    COLUMNS += [f"{quantile}_{name}" for name in ("seconds", *LIMITS)] + [f"is_any_lost_before_{quantile}"]
COLUMNS += [f"mean_24h_{name}" for name in ("seconds", *LIMITS)] + ["is_any_lost_before_mean_24h"]
Waits = list[tuple[float, bool]]
NO_CLUSTERS = (
    "select null::varchar as force_id, null::varchar as platform, null::varchar as channel, "
    "null::varchar as period_type, "
    "null::date as period_start, 'all' as account_scope, 0 as conversation_count, 0 as cluster_square_count, "
    + ", ".join(f"0 as answered_{horizon}_count, 0.0 as answered_{horizon}_variance" for horizon in HORIZONS)
)


def some_waits(dice: random.Random) -> Waits:
    """Of one force: few or many, quick or slow, lost early, late or never, with times that several share."""
    count = dice.choice([1, 2, 3, 8, 30, 60, 300])
    middle, share = dice.choice([600, 7_200, 90_000]), dice.choice([0.1, 0.5, 0.7, 1.0])
    lost_from = dice.choice([1, 3_000, 80_000, 300_000])
    grain = dice.choice([1, 1_200])
    waits = []
    for _ in range(count):
        answered, lost = middle * dice.lognormvariate(0, 1.5), lost_from + dice.uniform(0, 400_000)
        is_answered = dice.random() < share and answered < lost
        waits.append((math.ceil((answered if is_answered else lost) / grain) * grain, is_answered))
    return waits


def plain_curve(waits: Waits) -> list[object]:
    """COLUMNS, from one step after the other."""
    left, answered = (
        Counter(time for time, _ in waits),
        Counter(time for time, is_answered in waits if is_answered),
    )
    at_risk, survival, greenwood = len(waits), 1.0, 0.0
    at: dict[int, tuple[float | None, float | None]] = dict.fromkeys(HORIZONS.values(), (None, None))
    reached: dict[str, float] = {}
    for time in sorted(left):
        is_last = answered[time] == at_risk
        survival *= 1 - answered[time] / at_risk
        greenwood += 0.0 if is_last else answered[time] / (at_risk * (at_risk - answered[time]))
        at |= {until: (survival, None if is_last else greenwood) for until in at if time <= until}
        for quantile, share in QUANTILES.items():
            if survival <= share + 1e-9:
                reached.setdefault(f"{quantile}_seconds", time)
            for name, z in LIMITS.items():
                if 0 < survival < 1 and limit(survival, greenwood, z) <= share:
                    reached.setdefault(f"{quantile}_{name}", time)
        at_risk -= left[time]
    first_lost = min((time for time, is_answered in waits if not is_answered), default=math.inf)
    figures: list[object] = [len(waits)]
    for until, (left_over, _) in at.items():
        figures += [*at[until], max(left) >= until or left_over == 0]
    for quantile in QUANTILES:
        figures += [reached.get(f"{quantile}_{name}") for name in ("seconds", *LIMITS)]
        figures.append(first_lost < reached.get(f"{quantile}_seconds", 0))
    is_known = figures[COLUMNS.index("is_known_at_24h")]
    means = plain_mean(waits, HORIZONS["24h"]) if is_known else [None] * (1 + len(LIMITS))
    return [*figures, *means, first_lost < HORIZONS["24h"]]


def plain_mean(waits: Waits, until: int) -> list[float | None]:
    """The area under the curve to `until` and its limits by Greenwood, answer by answer."""
    times = np.array([time for time, _ in waits])
    is_answered = np.array([is_answered for _, is_answered in waits])
    steps = np.unique(times[is_answered & (times <= until)])
    at_risk = np.array([np.count_nonzero(times >= step) for step in steps])
    answered = np.array([np.count_nonzero(is_answered & (times == step)) for step in steps])
    heights = np.concatenate([[1.0], np.cumprod(1 - answered / at_risk)])
    areas = heights * np.diff(np.concatenate([[0.0], steps, [until]]))
    right_of = np.array([areas[nth + 1 :].sum() for nth in range(len(steps))])
    left = np.where(at_risk > answered, at_risk - answered, 1)  # after the last there is no area
    spread = float(np.sqrt(np.sum(right_of**2 * answered / (at_risk * left))))
    mean = float(areas.sum())
    limits = [min(until, max(0.0, mean - z * spread)) if spread else None for z in LIMITS.values()]
    return [mean, *limits]


def limit(survival: float, greenwood: float, z: float) -> float:
    """A log-log limit of survival."""
    return float(survival ** math.exp(z * greenwood**0.5 / abs(math.log(survival))))


def figures_of(row: list[Any]) -> list[float]:
    """None as no number that a curve can have."""
    return [-1.0 if figure is None else float(figure) for figure in row]


@pytest.mark.parametrize("seed", range(6))
def test_what_is_read_off_the_pieces_is_what_is_read_off_the_steps(project: Project, seed: int) -> None:
    dice = random.Random(seed)
    forces = {f"force_{number}": some_waits(dice) for number in range(1, 25)}
    areas = {force_id: [force_id] for force_id in forces}
    areas |= {f"group_{number}": dice.sample(sorted(forces), number) for number in range(2, 25)}
    conversations = ", ".join(
        f"('{force_id}', {time}::double, {is_answered})"
        for force_id, waits in forces.items()
        for time, is_answered in waits
    )
    members = ", ".join(
        f"({number}, {list(forces).index(force_id)}, '{area_id}', '{force_id}')"
        for number, (area_id, force_ids) in enumerate(areas.items())
        for force_id in force_ids
    )
    rows = project.run(
        f"select area_id, {', '.join(COLUMNS)} from ({project.sql('fct_response_curves')})",
        fct_conversations="select 'x' as platform, 'public' as channel, date '2026-03-03' as opened_date, "
        "false as is_closing, * "
        f"from (values {conversations}) as t (force_id, waited_seconds, is_answered)",
        fct_response_members="select 'x' as platform, 'public' as channel, 'x' as pooled_platform, "
        f"{WEEK}, * from "
        f"(values {members}) as t (curve_number, source_number, area_id, force_id)",
        fct_response_waits=project.sql("fct_response_waits"),
        fct_response_clusters=NO_CLUSTERS,
        fct_response_effects=project.sql("fct_response_effects"),
        fct_response_pieces=project.sql("fct_response_pieces"),
        fct_response_steps=project.sql("fct_response_steps"),
        fct_response_means=project.sql("fct_response_means"),
    )
    found = {area_id: figures for area_id, *figures in rows}
    assert found.keys() == areas.keys()
    for area_id, force_ids in areas.items():
        expected = plain_curve([wait for force_id in force_ids for wait in forces[force_id]])
        assert figures_of(found[area_id]) == pytest.approx(figures_of(expected), rel=1e-11), area_id
