"""The statistics against vectors that others have published."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dbt.conftest import Project

WILSON = "{{ wilson_lower('x', 'n', '95') }}, {{ wilson_upper('x', 'n', '95') }}"
WILSON += ", {{ wilson_lower('x', 'n', '99.8') }}, {{ wilson_upper('x', 'n', '99.8') }}"
COUNT = WILSON.replace("wilson", "count").replace("'x', 'n'", "'x'")
BYAR = WILSON.replace("wilson", "byar").replace("'x', 'n'", "'x'")


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="session")
def limits(project: Project) -> dict[str, str]:
    """The three kinds of limits as SQL: lower and upper at 95%, lower and upper at 99.8%."""
    compiled = project.expression(f"select {WILSON} -- and --\nselect {COUNT} -- and --\nselect {BYAR}")
    return dict(zip(("Wilson", "Count", "Byars"), compiled.split(" -- and --\n"), strict=True))


def computed(project: Project, sql: str, x: float, n: float | None) -> tuple[float, ...]:
    """The four limits of one vector."""
    values = f"select {x}::double as x, {'null' if n is None else n}::double as n"
    [found] = project.run(f"{sql} from vectors", vectors=values)
    return found


def number(text: str) -> float | None:
    return float(text) if text else None


@pytest.mark.parametrize("name", ["phe_testdata_Rate", "phe_testdata_Prop"])
def test_limits_of_rates_and_proportions(
    project: Project, limits: dict[str, str], shared: Path, name: str
) -> None:
    kind = "Count" if name.endswith("Rate") else "Wilson"
    names = ("lower95_0cl", "upper95_0cl", "lower99_8cl", "upper99_8cl")
    checked = 0
    for row in rows(shared / "oracles" / f"{name}.csv"):
        x, n, scale = number(row["Numerator"]), number(row["Denominator"]), float(row["multiplier"])
        if x is None or n is None:
            continue
        found = computed(project, limits[kind], x, n)
        found = tuple(value * (scale / n if kind == "Count" else scale) for value in found)
        assert found == pytest.approx(tuple(float(row[name]) for name in names), rel=1e-9), row["Area"]
        checked += 1
    assert checked == 17 if kind == "Count" else checked == 16


def test_limits_of_counts_and_of_fractions(project: Project, limits: dict[str, str], shared: Path) -> None:
    for row in rows(shared / "oracles" / "phe_testdata_B_W.csv"):
        found = computed(project, limits[row["method"]], float(row["x"]), number(row["n"]))
        low, high = found[:2] if row["confidence"] == "95%" else found[2:]
        if row["lowercl"]:
            assert low == pytest.approx(float(row["lowercl"]), rel=1e-9)
        assert high == pytest.approx(float(row["uppercl"]), rel=1e-9)


def test_published_figure_of_answers_within_target(project: Project, limits: dict[str, str]) -> None:
    """Published as 93.66 to 93.94; the exact Wilson limits are 93.6546 and 93.9423."""
    low, high = computed(project, limits["Wilson"], 101_304, 108_000)[:2]
    assert (100 * low, 100 * high) == pytest.approx((93.66, 93.94), abs=0.01)
    assert low == pytest.approx(0.9365461155099045, rel=1e-12)


def test_zero_is_measured(project: Project, limits: dict[str, str]) -> None:
    """The lower limit of nothing is 0, and a share cannot leave its bounds by rounding."""
    assert computed(project, limits["Count"], 0, None)[:2] == pytest.approx((0, -math.log(0.025)))
    assert computed(project, limits["Wilson"], 0, 7)[0] == 0
    assert computed(project, limits["Wilson"], 7, 7)[1] == 1


def test_survival_curve_of_a_clinical_trial(project: Project, shared: Path) -> None:
    """Each arm as a force, both as a group: 0.909 and 0.779 at 25 and 53; 0.833, 0.667, 0.5, 0.333 at 9, 19,
    32 and 34. The first is read at the ends of pieces, where somebody was lost; the second step by step."""
    columns = "at_risk_count, survival"
    cases = ", ".join(
        f"('{row['group']}', 'x', 'public', date '2026-03-03', {row['time']}::double, {row['event']}, false)"
        for row in rows(shared / "oracles" / "km_g3.csv")
    )
    week = "'week' as period_type, date '2026-03-02' as period_start, date '2026-03-08' as period_end"
    found = project.run(
        f"select curve_number, last_waited_seconds, {columns} from fct_response_pieces union all "
        f"select curve_number, waited_seconds, {columns} from ({project.sql('fct_response_steps')})",
        fct_conversations="select * from (values "
        f"{cases}) as t (force_id, platform, channel, opened_date, waited_seconds, is_answered, "
        "is_closing)",
        fct_response_members=f"select 'x' as platform, 'public' as channel, {week}, * from "
        "(values (1, 1, 'RIT'), (2, 2, 'Control'), (3, 1, 'RIT'), (3, 2, 'Control')) "
        "as t (curve_number, source_number, force_id)",
        fct_response_waits=project.sql("fct_response_waits"),
        fct_response_effects="select 0 as curve_number, "
        "1.0 as design_effect_15m, 1.0 as design_effect_1h, 1.0 as design_effect_4h, "
        "1.0 as design_effect_24h, 1.0 as design_effect_7d",
        fct_response_pieces=project.sql("fct_response_pieces"),
    )
    curve = {(number, time): round(survival, 3) for number, time, _, survival in found}
    assert (curve[1, 28], curve[1, 54]) == (0.909, 0.779)
    assert [curve[2, time] for time in (9, 19, 32, 34)] == [0.833, 0.667, 0.5, 0.333]
    assert max(at_risk for number, _, at_risk, _ in found if number == 3) == 17
