{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- METHOD 1: each force's value beside that of all forces and among the others. Groups have no rank.
-- rank 1 is the best where the indicator has a polarity, otherwise the highest; percentile is the share of the
-- other forces with a lower value; quintile follows the rank (1 holds the best or highest). Two values that differ by
-- rounding alone are one: two thirds read off a curve are two thirds of a count.
with valued as (
    select
        cells.*,
        areas.area_type,
        indicators.polarity,
        round(cells.value, 9) as ranked_value,
        case when indicators.polarity = 'lower_is_better' then 1 else -1 end as rank_sign
    from {{ ref('bench_values') }} as cells
    inner join {{ ref('dim_area') }} as areas
        on cells.area_id = areas.area_id
    inner join {{ ref('dim_indicator') }} as indicators
        on cells.indicator_id = indicators.indicator_id
    where cells.value is not null
        and cells.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

ranked as (
    select
        *,
        rank() over (among order by rank_sign * ranked_value) as value_rank,
        rank() over (among order by ranked_value) as rank_from_lowest,
        count(*) over (among) as ranked_of
    from valued
    where area_type = 'force'
    window among as (partition by indicator_id, platform, account_scope, period_type, period_start)
),

beside as (
    select
        ranked.*,
        everyone.value as all_forces_value,
        case
            when ranked.ranked_of = 1 or everyone.value is null or ranked.ci95_low is null then 'not_compared'
            when ranked.ci95_low > everyone.value then 'higher'
            -- A median's empty upper limit is one that is not reached, so it is never under that of all forces.
            when ranked.ci95_high < everyone.value then 'lower'
            else 'similar'
        end as direction
    from ranked
    left join valued as everyone
        on everyone.area_id = 'all_forces'
            and ranked.indicator_id = everyone.indicator_id
            and ranked.platform = everyone.platform
            and ranked.account_scope = everyone.account_scope
            and ranked.period_type = everyone.period_type
            and ranked.period_start = everyone.period_start
)

select
    indicator_id,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    period_end,
    value,
    all_forces_value,
    cast(value_rank as bigint) as rank,
    cast(ranked_of as bigint) as ranked_of,
    case when ranked_of > 1 then (rank_from_lowest - 1) / cast(ranked_of - 1 as double) end as percentile,
    {{ quantile('value_rank', 'ranked_of', 5) }} as quintile,
    case
        when direction in ('not_compared', 'similar') or polarity = 'none' then direction
        when (direction = 'higher') = (polarity = 'higher_is_better') then 'better'
        else 'worse'
    end as verdict,
    {{ is_invented() }} as is_invented
from beside
order by period_end, period_type, indicator_id, platform, account_scope, area_id
