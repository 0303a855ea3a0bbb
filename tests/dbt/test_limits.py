"""Limits hold their value, and more of the same never widens them: shares, rates and points of a curve, each
beside itself with twice to ten times the data."""

import pytest

from tests.dbt.conftest import Project

#: By kind: the value of x of n, and the macros of its lower and upper limit.
KINDS = {
    "share": ("x / n", "wilson_lower('x', 'n', C)", "wilson_upper('x', 'n', C)"),
    "rate": ("x / n", "count_lower('x', C)", "count_upper('x', C)"),
    "curve": (
        "1 - x / n",
        "survival_limit('(1 - x / n)', greenwood_term('x', 'n'), C, '+')",
        "survival_limit('(1 - x / n)', greenwood_term('x', 'n'), C, '-')",
    ),
}
MORE = """
    select x as few, n as of_few, times, x * times::double as x, n * times::double as n
    from (select unnest(range(41)) as x),
        (select unnest([1, 2, 3, 5, 8, 13, 21, 34, 60, 144, 610, 2584]) as n),
        (select unnest(range(1, 11)) as times)
    where x <= n
"""


CASES = [(kind, confidence) for kind in KINDS for confidence in ("95", "99.8")]


@pytest.fixture(scope="module")
def compiled(project: Project) -> dict[tuple[str, str], str]:
    """SQL of the value and its two limits, by kind and confidence."""
    asked = []
    for kind, confidence in CASES:
        value, *limits = KINDS[kind]
        macros = ", ".join(f"{{{{ {limit} }}}}".replace("C", repr(confidence)) for limit in limits)
        asked.append(f"select few, of_few, times, {value}, {macros} from more")
    return dict(zip(CASES, project.expression(" -- and --\n".join(asked)).split(" -- and --\n"), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_limits_hold_their_value_and_more_data_never_widens_them(
    project: Project, compiled: dict[tuple[str, str], str], case: tuple[str, str]
) -> None:
    per = "/ (of_few * times)" if case[0] == "rate" else ""
    [(compared, outside, wider)] = project.run(
        f"""
        with limited as (
            select few, of_few, times, value, low {per} as low, high {per} as high
            from ({compiled[case]}) as found(few, of_few, times, value, low, high)
        )
        select
            count(a.high - a.low),
            count(*) filter (where a.low > a.value + 1e-12 or a.high < a.value - 1e-12),
            count(*) filter (where b.high - b.low > a.high - a.low + 1e-12)
        from limited as a
        join limited as b on a.few = b.few and a.of_few = b.of_few and b.times = a.times + 1
        """,
        more=MORE,
    )
    assert compared > 1900
    assert (outside, wider) == (0, 0)
