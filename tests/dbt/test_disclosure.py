"""Whatever forces have been asked, the suppression of the models withstands the attack of the release gate.

Belongs here: nations made by chance, through the models that decide what is shown. Does not belong here:
single rules (the unit tests beside the models), or the attack (tests/gates/test_disclosure.py).
"""

import random
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.gates.disclosure import attack
from tests.dbt.conftest import DBT, Project

FIRST, LAST = date(2025, 9, 1), date(2026, 11, 8)
SCOPES = {"corporate": "official", "officer": "officers", "neighbourhood": "neighbourhood"}
MONTHS = {"month": 1, "quarter": 3, "year": 12, "rolling_12_months": 12}


def periods(history_from: date) -> list[tuple[str, date, date]]:
    """Those of dim_period, whole and within the days."""
    firsts = [FIRST.replace(year=year, month=month, day=1) for year in (2025, 2026) for month in range(1, 13)]
    after = dict(zip(firsts, [*firsts[1:], date(2027, 1, 1)], strict=True))
    mondays = [FIRST + timedelta(7 * n) for n in range(62)]
    found = [("week", monday, monday + timedelta(6)) for monday in mondays if monday >= history_from]
    for period_type, length in MONTHS.items():
        step = 1 if period_type == "rolling_12_months" else length
        for first in firsts[::step]:
            inside = [month for month in firsts if month >= first][:length]
            if first >= history_from and len(inside) == length and after[inside[-1]] <= LAST:
                found.append((period_type, first, after[inside[-1]] - timedelta(1)))
    return found


def some_days(dice: random.Random) -> pl.DataFrame:
    """Conversations by day: few or many, in bursts, with quiet months, gaps, one account type or several."""
    rows = []
    for force in range(14):
        for platform in ("bluesky", "mastodon"):
            for account_type in dice.sample(sorted(SCOPES), dice.choice([1, 1, 2, 3])):
                rate = dice.choice([0.03, 0.15, 0.4, 0.8, 1.6, 3, 6])
                quiet = {dice.randrange(1, 13) for _ in range(dice.choice([0, 0, 1, 3]))}
                unknown = {dice.randrange(400) + n for _ in range(dice.choice([0, 1, 4])) for n in range(3)}
                for n in range((LAST - FIRST).days + 1):
                    day = FIRST + timedelta(n)
                    now = rate * (0.1 if day.month in quiet else 1) * (dice.choice([1] * 20 + [0, 8]))
                    count = sum(dice.random() < now / 10 for _ in range(10 if now < 10 else 40))
                    rows.append(
                        (f"force-{force}", platform, account_type, day, None if n in unknown else count)
                    )
    return pl.DataFrame(
        rows,
        schema=["force_id", "platform", "account_type", "activity_date", "conversation_count"],
        orient="row",
    )


#: What would be published: what is shown, and its sums over platforms, forces and months.
PUBLISHED = """
with own as (
    select shown.force_id as area_id, shown.platform, shown.account_scope, shown.period_type,
        shown.period_start, shown.period_end, headlines.is_gap,
        case when shown.is_shown then shown.conversation_count end as n
    from fct_response_shown as shown
    inner join fct_response_headlines as headlines
        using (force_id, platform, channel, period_type, period_start)
    semi join dim_period using (period_type, period_start)
    union all
    select m.force_id, m.platform, m.account_scope, m.period_type, m.period_start, m.period_end, false,
        sum(s.conversation_count) filter (m.is_counted)
    from fct_response_months as m
    inner join fct_response_shown as s
        on s.period_type = 'month' and s.period_start = m.month_start
            and (s.force_id, s.platform, s.account_scope, s.channel)
            = (m.force_id, m.platform, m.account_scope, m.channel)
    group by all
),
pooled as (
    from own
    union all
    select area_id, 'all', account_scope, period_type, period_start, period_end, bool_and(is_gap), sum(n)
    from own group by all
),
parts as (
    unpivot fct_response_parts on night_conversation_count, day_conversation_count,
        weekend_conversation_count, weekday_conversation_count into name indicator_id value n
),
counted as (
    select 'answered_1h_pct' as indicator_id, * from pooled
    union all
    -- Of each month that there is, and of what is longer the months that have both.
    select split_part(names.name, '_', 1), own.* replace (
        (
            select sum(parts.n) from parts
            where parts.indicator_id = names.name and parts.force_id = own.area_id
                and parts.platform = own.platform
                and parts.period_start between own.period_start and own.period_end
        ) as n)
    from own
    cross join (
        select unnest(['night', 'day', 'weekend', 'weekday']) || '_conversation_count' as name
    ) as names
    where own.account_scope = 'all' and own.period_type <> 'week'
)
select * exclude is_gap,
    case when n is null then if(is_gap, 'not_collected', 'suppressed') end as value_note,
    null::varchar as note_detail
from (
    from counted
    union all
    select indicator_id, 'all_forces', platform, account_scope, period_type, period_start, period_end,
        bool_and(is_gap), sum(n)
    from counted group by all
)
"""


def nation(project: Project, folder: Path, seed: int) -> None:
    """The tables that the models read and those that they make, in the project's warehouse.

    Each nation's history begins on another day of the week.
    """
    history_from = FIRST + timedelta(seed)
    dice = random.Random(seed)
    days = some_days(dice).filter(pl.col("activity_date") >= history_from)
    night_share = dice.choice([0.1, 0.3, 0.6])
    hours = days.filter(pl.col("conversation_count") > 0).with_columns(
        hour_of_day=pl.Series(
            [
                [dice.choice((0, 3, 5, 22) if dice.random() < night_share else (6, 12, 21)) for _ in range(n)]
                for n in days["conversation_count"]
                if n
            ]
        )
    )
    hours.explode("hour_of_day").rename({"activity_date": "opened_date"}).write_parquet(
        folder / "hours.parquet"
    )
    days.write_parquet(folder / "days.parquet")
    schema = ["period_type", "period_start", "period_end"]
    pl.DataFrame(periods(history_from), schema=schema, orient="row").write_parquet(folder / "periods.parquet")
    made = ("fct_response_counts", "fct_response_headlines", "fct_response_shown", "fct_response_months")
    scopes = [*SCOPES.items(), *((account_type, "all") for account_type in SCOPES)]
    project.run(
        "select 1",
        stg_landing__window=f"select date '{history_from}' as history_from_date, "
        f"date '{history_from}' as periods_from_date, "
        f"date '{LAST}' + 1 as data_as_of_date",
        dim_account_scope=f"from (values {', '.join(map(str, scopes))}) as t (account_type, account_scope)",
        dim_period=f"from '{folder / 'periods.parquet'}'",
        fct_account_days="select *, true as is_open, null::bigint as direct_conversation_count "
        f"from '{folder / 'days.parquet'}'",
        dim_force="select distinct force_id, 'England' as country from fct_account_days",
        bank_holidays=f"from read_csv('{DBT / 'seeds' / 'bank_holidays.csv'}')",
        fct_response_hours="select * replace (1 as conversation_count), 0 as answered_count, "
        f"isodow(opened_date) > 5 as is_weekend from '{folder / 'hours.parquet'}'",
        **{name: project.sql(name) for name in (*made, "fct_response_parts")},
        bench_values=PUBLISHED,
        dim_area="select distinct area_id, "
        "case area_id when 'all_forces' then 'group' else 'force' end as area_type "
        "from bench_values",
        dim_area_member="select distinct 'all_forces' as area_id, force_id from fct_account_days",
        dim_indicator="select distinct indicator_id, 'messages' as known_by, 10 as minimum_n, "
        "nullif(indicator_id, 'answered_1h_pct') as part from bench_values",
    )


@pytest.mark.parametrize("seed", range(7))
def test_no_suppressed_count_of_any_nation_can_be_worked_out(
    project: Project, tmp_path: Path, seed: int
) -> None:
    nation(project, tmp_path, seed)
    with duckdb.connect(str(project.warehouse)) as connection:
        suppressed, found = attack(connection)
        assert suppressed > 500
        assert found == []
        # Suppressing what is few and no more would not do, nor one part and not the other.
        for plant in (FEW_ALONE, ONE_PART_ALONE):
            connection.begin()
            connection.execute(plant)
            assert attack(connection)[1]
            connection.rollback()


#: What is kept back for another's sake is shown.
FEW_ALONE = """
    update bench_values set n = s.conversation_count, value_note = null
    from fct_response_shown as s
    where s.conversation_count >= 10 and not s.is_shown and bench_values.area_id = s.force_id
        and indicator_id = 'answered_1h_pct'
        and (bench_values.platform, bench_values.account_scope, bench_values.period_type,
            bench_values.period_start) = (s.platform, s.account_scope, s.period_type, s.period_start)
"""
#: The days of a month of which the nights are few, and the nights where the days are.
ONE_PART_ALONE = """
    update bench_values set n = hours.n, value_note = null
    from (
        select force_id, platform, date_trunc('month', opened_date) as month_start,
            if(hour_of_day between 6 and 21, 'day', 'night') as part, count(*) as n
        from fct_response_hours group by all
    ) as hours
    where hours.n >= 10 and indicator_id = part and period_type = 'month' and value_note = 'suppressed'
        and (area_id, bench_values.platform, period_start) = (force_id, hours.platform, month_start)
"""
