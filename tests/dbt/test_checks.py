"""Tests of the tests: each check of the warehouse must return the bad rows it is given, and no good ones."""

import pytest

from tests.dbt.conftest import Project

CELL = """
    select 'i' as indicator_id, 'kent' as force_id, 'x' as platform, 'all' as account_scope,
        'week' as period_type, date '2026-03-02' as period_start, 5.0 as numerator, 10.0 as denominator,
        10 as n, 50.0 as value, 40.0 as ci95_low, 60.0 as ci95_high, 30.0 as ci998_low, 70.0 as ci998_high,
        null::varchar as value_note
"""
NATION = f"select * replace ('national' as force_id) from ({CELL})"
NOTED = f"""select * replace (null as numerator, null as denominator, null as n, null as value,
    null as ci95_low, null as ci95_high, null as ci998_low, null as ci998_high, 'late' as value_note)
    from ({CELL})"""
GRID = f"{CELL} union all {NATION}"
ANOTHER = f"{GRID} union all select * replace ('essex' as force_id) from ({CELL})"
FORCES = "select 'kent' as force_id"
DEFINITIONS = "select 'i' as indicator_id, 'posts' as entity"


def but(change: str, query: str = CELL) -> str:
    return f"select * replace ({change}) from ({query})"


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        ("assert_value_or_reason_and_never_both", CELL, but("null::double as value")),
        ("assert_value_or_reason_and_never_both", NOTED, but("'late' as value_note")),
        ("assert_benchmark_grid_is_full", GRID, CELL),
        ("assert_benchmark_grid_is_full", GRID, f"{GRID} union all {CELL}"),
        ("assert_interval_holds_its_value", GRID, but("50.1 as ci95_low")),
        ("assert_interval_holds_its_value", GRID, but("0.6 as ci95_high")),
        ("assert_interval_holds_its_value", GRID, but("41.0 as ci998_low")),
        ("assert_interval_holds_its_value", GRID, but("59.0 as ci998_high")),
        ("assert_national_numerator_is_sum_of_forces", GRID, ANOTHER),
        ("assert_nothing_about_suppressed_cells", NOTED, but("3 as n", NOTED)),
        ("assert_nothing_about_suppressed_cells", NOTED, but("3.0 as numerator", NOTED)),
    ],
)
def test_a_check_of_the_benchmarks_fires_on_bad_rows_only(
    project: Project, check: str, good: str, bad: str
) -> None:
    sql, others = project.sql(check), {"dim_force": FORCES, "bench_definitions": DEFINITIONS}
    assert project.run(sql, bench_values=good, **others) == []
    assert len(project.run(sql, bench_values=bad, **others)) == 1


def test_followers_that_halve_on_one_account_pass_and_on_a_platform_do_not(project: Project) -> None:
    sql = project.sql("assert_followers_do_not_halve_across_a_platform")
    days = """
        select 'a' || i as account_id, 'x' as platform, date '2026-03-02' + d as observed_date,
            case when i < {halved} and d = 1 then 400 else 1000 end as follower_count
        from range(10) as a (i), (values (0), (1)) as b (d)
    """
    assert project.run(sql, fct_account_days=days.format(halved=1)) == []
    [(platform, _, accounts, halved)] = project.run(sql, fct_account_days=days.format(halved=2))
    assert (platform, accounts, halved) == ("x", 10, 2)


def test_a_key_that_comes_twice_is_found(project: Project) -> None:
    [name] = [
        node["name"]
        for node in project.manifest["nodes"].values()
        if node["name"].startswith("unique_combination_fct_posts_")
    ]
    post = "select 'a' as account_id, 'p' as post_id"
    assert project.run(project.sql(name), fct_posts=post) == []
    assert project.run(project.sql(name), fct_posts=f"{post} union all {post}") == [("a", "p")]
