"""Tests of the tests: each check of the warehouse must return the bad rows it is given, and no good ones."""

import pytest

from tests.dbt.conftest import DBT, Project

WINDOW = """
    select date '2026-01-01' as history_from_date, date '2026-03-01' as posts_from_date,
        date '2026-02-28' as periods_from_date, date '2026-03-20' as messages_from_date,
        timestamp '2026-04-01 05:30:00' as data_as_of_utc, date '2026-04-01' as data_as_of_date
"""
CELL = """
    select 'i' as indicator_id, 'kent' as area_id, 'x' as platform, 'all' as account_scope,
        'week' as period_type, date '2026-03-02' as period_start, date '2026-03-08' as period_end,
        5.0 as numerator, 10.0 as denominator, 10 as n, 50.0 as value, 40.0 as ci95_low, 60.0 as ci95_high,
        30.0 as ci998_low, 70.0 as ci998_high, 1.25 as design_effect, 8.0 as effective_n,
        null::varchar as value_note
"""
NOTED = f"""select * replace (null as numerator, null as denominator, null as n, null as value,
    null as ci95_low, null as ci95_high, null as ci998_low, null as ci998_high, null as design_effect,
    null as effective_n, 'late' as value_note)
    from ({CELL})"""
GROUP = f"select * replace ('all_forces' as area_id) from ({CELL})"
INDICATOR = """
    select 'i' as indicator_id, 'ratio' as kind, 'posts' as known_by, 'x|y' as platforms, false as is_pooled,
        'Name' as name, 'Why' as why_it_matters, 'this' as numerator, 'that' as denominator, 'u' as unit,
        'c' as caveats, 'share_count_7d' as numerator_measure, 'resident_count' as denominator_measure,
        'post_count' as n_measure, null::varchar as variance_measure, null::varchar as period_types
"""
MEMBERS = "select 'kent' as area_id, 'kent' as force_id union all select 'all_forces', 'kent'"
NO_REASON = """
    select 'i' as indicator_id, 'kent' as area_id, 'x' as platform, null::date as from_date,
        null::date as until_date, 'late' as value_note where false
"""
REASON = NO_REASON.replace("where false", "")
DAY = """
    select 'a' as account_id, 'x' as platform, date '2026-03-02' as activity_date, 1 as open_day_count,
        2 as post_count, 1 as reply_count, 1 as conversation_count,
        1 as direct_conversation_count, 1000 as follower_count
"""
DAYS, OTHER = ("2026-03-02", "2026-02-02"), "'q' as post_id"
#: What a check reads beside: good rows of every table.
BESIDE = {
    "stg_landing__window": WINDOW,
    "dim_indicator": INDICATOR,
    "indicators": INDICATOR,
    "value_notes": "select 'late' as value_note",
    "dim_area": "select unnest(['kent', 'all_forces']) as area_id, true as has_curve",
    "dim_area_member": MEMBERS,
    "dim_force": "select 'kent' as force_id, 'England' as country",
    "bank_holidays": "select date '2026-12-25' as holiday_date, 'England' as country",
    "dim_account": "select 'a' as account_id",
    "dim_platform": "select 'x' as platform",
    "dim_period": """
        select 'week' as period_type, date '2026-03-02' as period_start, date '2026-03-08' as period_end
        union all select 'month', date '2026-03-01', date '2026-03-31'
        union all select 'week', date '2026-02-16', date '2026-02-22'""",
    "bench_values": CELL,
    "bench_not_available": NO_REASON,
    "bench_measures": """
        select 'kent' as force_id, 'x' as platform, 'all' as account_scope, 'week' as period_type,
            date '2026-03-02' as period_start, 50 as share_count_7d, 1 as share_valued_count""",
    "fct_account_days": DAY,
    "fct_account_periods": f"""
        select account_id, 'week' as period_type, date '2026-03-02' as period_start,
        open_day_count, post_count, conversation_count from ({DAY})
        union all
        select account_id, 'month', date '2026-03-01', open_day_count, post_count, conversation_count
        from ({DAY})""",
    "fct_posts": """select 'a' as account_id, date '2026-03-02' as created_date, 'late' as note_7d,
        unnest(['post', 'post', 'reply', 'repost']) as kind""",
    "fct_conversations": """select 'a' as account_id, date '2026-03-02' as opened_date, false as is_closing,
        unnest(['public', 'direct']) as channel""",
}


def but(change: str, query: str = CELL) -> str:
    return f"select * replace ({change}) from ({query})"


def residents(population: int, source: str = "'ONS'", is_per_head: str = "true") -> dict[str, str]:
    """A force of two million in 2019, and what it has in 2024."""
    vintages = f"(values ('mid-2019', 2019, 2000000, 'ONS'), ('mid-2024', 2024, {population}, {source}))"
    years = f"select 'kent' as force_id, * from {vintages} as v (vintage, from_year, population, source)"
    force = f"select 'kent' as force_id, {is_per_head} as is_per_head"
    return {"force_populations": years, "dim_force_population": years, "dim_force": force}


def more(table: str, change: str) -> dict[str, str]:
    """The good rows of a table and one more, changed."""
    return {table: f"{BESIDE[table]} union all select * from ({but(change, BESIDE[table])} limit 1)"}


def cells(*queries: str) -> dict[str, str]:
    return {"bench_values": " union all ".join(queries)}


OLD = "date '2026-02-02' as period_start, date '2026-02-08' as period_end"
SHARES = but("'shares_per_post' as indicator_id")
MONTH = "'month' as period_type, date '2026-03-01' as period_start, date '2026-03-31' as period_end"
GRID = (CELL, GROUP, but(MONTH), but(MONTH, GROUP))
TWICE = {table: f"{query} union all {query}" for table, query in BESIDE.items()}

Tables = dict[str, str]
#: For each check, pairs of what it lets pass and what it does not.
CASES: dict[str, list[tuple[Tables, Tables]]] = {
    "assert_every_cell_has_a_value_or_a_reason_and_never_both": [
        (cells(CELL), cells(but("null::double as value"))),
        (cells(NOTED), cells(but("'late' as value_note"))),
        (cells(but(f"'late' as value_note, {OLD}")), cells(but("'late' as value_note"))),
    ],
    "assert_a_cell_without_a_value_shows_no_count": [
        (cells(CELL), cells(but("3 as n", NOTED))),
        (cells(NOTED), cells(but("3.0 as numerator", NOTED))),
        (cells(NOTED), cells(but("8.0 as effective_n", NOTED))),
        (cells(NOTED), cells(but("1.25 as design_effect", NOTED))),
        (cells(but(f"3.0 as ci998_high, {OLD}", NOTED)), cells(but("3.0 as ci998_high", NOTED))),
    ],
    "assert_every_interval_holds_its_value": [
        (cells(CELL), cells(but("50.1 as ci95_low"))),
        (cells(NOTED), cells(but("49.9 as ci95_high"))),
        (cells(but("null as ci95_high, null as ci998_high")), cells(but("41.0 as ci998_low"))),
        (cells(but(f"59.0 as ci998_high, {OLD}")), cells(but("59.0 as ci998_high"))),
        (cells(but("null as effective_n")), cells(but("10.1 as effective_n"))),
        (cells(but("1.0 as design_effect")), cells(but("0.9 as design_effect"))),
    ],
    "assert_a_group_is_the_sum_of_its_forces": [
        (cells(CELL, GROUP), cells(CELL, but("6.0 as numerator", GROUP))),
        (cells(CELL, but("null as numerator, null as value", GROUP)), cells(GROUP)),
    ],
    "assert_shares_per_post_follow_from_the_measures": [
        (cells(SHARES), cells(but("49.0 as value", SHARES))),
        (cells(but("49.0 as value")), cells(but("'y' as platform", SHARES))),
    ],
    "assert_every_cell_of_the_grid_is_accounted_for": [
        (cells(*GRID), cells(*GRID[:3])),
        (cells(GROUP, but(MONTH, GROUP)) | {"bench_not_available": REASON}, cells(GROUP, but(MONTH, GROUP))),
        (cells(*GRID), cells(*GRID) | {"bench_not_available": REASON}),
        (
            cells(*GRID) | {"bench_not_available": but("date '2026-03-08' as until_date", REASON)},
            cells(*GRID) | {"bench_not_available": but("date '2026-03-09' as until_date", REASON)},
        ),
        (
            cells(*GRID) | {"bench_not_available": but("date '2026-04-01' as from_date", REASON)},
            cells(*GRID) | {"bench_not_available": but("date '2026-03-31' as from_date", REASON)},
        ),
        (
            cells(*GRID[2:]) | {"dim_indicator": but("'month|year' as period_types", INDICATOR)},
            cells(*GRID[2:]),
        ),
    ],
    "assert_bank_holidays_are_known": [
        ({}, {"bank_holidays": "select date '2025-12-25' as holiday_date, 'England' as country"}),
        ({}, {"bank_holidays": "select date '2026-12-25' as holiday_date, 'Wales' as country"}),
        (
            {"dim_force": "select 'btp' as force_id, null::varchar as country"},
            {"bank_holidays": TWICE["bank_holidays"]},
        ),
    ],
    "assert_every_reason_is_a_value_note": [
        (cells(NOTED), cells(but("'tired' as value_note", NOTED))),
        ({"bench_not_available": REASON}, {"bench_not_available": but("'tired' as value_note", REASON)}),
        ({}, more("fct_posts", "'tired' as note_7d")),
    ],
    "assert_indicators_name_measures_that_exist": [
        ({}, {"indicators": but("'shares' as n_measure", INDICATOR)}),
        (
            {"indicators": but("'model' as kind, null as numerator_measure", INDICATOR)},
            {"indicators": but("null as numerator_measure", INDICATOR)},
        ),
    ],
    "assert_indicators_say_what_they_are": [
        ({}, {"indicators": but(f"null as {column}", INDICATOR)})
        for column in ("name", "why_it_matters", "numerator", "denominator", "unit", "caveats")
    ],
    "assert_account_days_hold_every_post_and_conversation": [
        ({}, {"fct_account_days": but("1 as post_count", DAY)}),
        ({}, {"fct_account_days": TWICE["fct_account_days"]}),
        (
            more("fct_posts", "date '2025-12-31' as created_date"),
            more("fct_posts", "date '2026-03-09' as created_date"),
        ),
        (more("fct_posts", "'repost' as kind"), more("fct_posts", "'story' as kind")),
        ({}, more("fct_conversations", "'public' as channel")),
        ({}, more("fct_conversations", "'direct' as channel")),
    ],
    "assert_account_periods_are_the_sums_of_their_days": [
        ({}, more("fct_account_periods", "'b' as account_id")),
        ({}, {"fct_account_periods": f"{BESIDE['fct_account_periods']} limit 1"}),
        ({}, {"fct_account_periods": but("3 as post_count", BESIDE["fct_account_periods"])}),
        ({}, {"fct_account_periods": but("0 as conversation_count", BESIDE["fct_account_periods"])}),
        (
            more("fct_account_periods", "'quarter' as period_type"),
            {"fct_account_days": TWICE["fct_account_days"]},
        ),
    ],
    "assert_posts_and_messages_are_of_registered_accounts": [
        (
            more("fct_posts", "'b' as account_id, date '2026-02-01' as created_date"),
            more("fct_posts", "'b' as account_id"),
        ),
        (
            more("fct_conversations", "'b' as account_id"),
            more("fct_conversations", "'b' as account_id, date '2026-03-21' as opened_date"),
        ),
    ],
    "assert_populations_do_not_jump": [
        (residents(2_000_000), residents(2_600_000)),
        (residents(2_500_000), residents(1_500_000)),
        (residents(4_000_000, source="'doubtful: too high'"), residents(4_000_000)),
        (residents(4_000_000, is_per_head="false"), residents(200_000)),
    ],
    "assert_the_window_is_one_row_in_order": [
        ({}, {"stg_landing__window": TWICE["stg_landing__window"]}),
        ({}, {"stg_landing__window": but("date '2026-02-01' as messages_from_date", WINDOW)}),
        ({}, {"stg_landing__window": but("date '2025-12-01' as posts_from_date", WINDOW)}),
        ({}, {"stg_landing__window": but("null as data_as_of_utc", WINDOW)}),
    ],
}
PAIRS = [(check, good, bad) for check, pairs in CASES.items() for good, bad in pairs]


@pytest.mark.parametrize(("check", "good", "bad"), PAIRS, ids=[check for check, _, _ in PAIRS])
def test_a_check_fires_on_bad_rows_only(project: Project, check: str, good: Tables, bad: Tables) -> None:
    sql = project.sql(check)
    assert project.run(sql, **(BESIDE | good)) == []
    assert len(project.run(sql, **(BESIDE | bad))) >= 1


def test_every_check_has_its_bad_rows() -> None:
    assert set(CASES) == {path.stem for path in DBT.glob("tests/*.sql")}


POSTS = "unique_combination_fct_posts_"


def key_test(project: Project, beginning: str) -> str:
    [name] = [
        node["name"] for node in project.manifest["nodes"].values() if node["name"].startswith(beginning)
    ]
    return project.sql(name)


def test_a_key_that_comes_twice_is_found_where_this_build_wrote_it(project: Project) -> None:
    """Also when its other row is older than what was computed."""
    sql = key_test(project, POSTS)
    new, old = (f"select 'a' as account_id, 'p' as post_id, date '{day}' as created_date" for day in DAYS)
    assert project.run(sql, fct_posts=f"{new} union all {but(OTHER, old)}", stg_landing__window=WINDOW) == []
    assert project.run(sql, fct_posts=f"{old} union all {old}", stg_landing__window=WINDOW) == []
    for twice in (f"{new} union all {new}", f"{new} union all {old}"):
        assert project.run(sql, fct_posts=twice, stg_landing__window=WINDOW) == [("a", "p")]


def test_an_empty_cell_of_a_key_is_a_value_like_any_other(project: Project) -> None:
    sql = key_test(project, "unique_combination_bench_not_available_")
    assert project.run(sql, bench_not_available=REASON) == []
    assert len(project.run(sql, bench_not_available=f"{REASON} union all {REASON}")) == 1
