{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook=["{{ forget_periods() }}", "{{ forget_old_charts() }}"]
) }}

-- METHOD 3: each final value against the period before and against its own series. A row reads its own period and older
-- ones alone, so that it stands when newer ones come. Weeks have rows for half of the time for which they are kept: of
-- the older half the series before them is gone, and a build from nothing would say otherwise than the one of then.
-- Twelve months and the twelve that end a month later share eleven: limits would take them for independent.
with changed as (
    select
        *,
        is_next and period_type <> 'rolling_12_months'
        and ci95_low is not null and ci95_high is not null and last_low is not null and last_high is not null
            as has_limits
    from {{ ref('bench_points') }}
    where period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
        and (period_type <> 'week' or period_start >= {{ first_chart() }})
)

select
    changed.indicator_id,
    changed.indicator_version,
    changed.area_id,
    changed.platform,
    changed.account_scope,
    changed.period_type,
    changed.period_start,
    changed.period_end,
    changed.value,
    case when changed.is_next then changed.last_value end as previous_value,
    case when changed.is_next then changed.value - changed.last_value end as change,
    case when changed.has_limits then {{ difference_limit(
        'changed.value', 'changed.ci95_low', 'changed.last_value', 'changed.last_high', '-'
    ) }} end as change95_low,
    case when changed.has_limits then {{ difference_limit(
        'changed.value', 'changed.ci95_high', 'changed.last_value', 'changed.last_low', '+'
    ) }} end as change95_high,
    nullif(changed.series_from_date, cast('1900-01-01' as date)) as series_from_date,
    cast(charts.point_count as bigint) as point_count,
    charts.centre as xmr_centre,
    charts.low as xmr_low,
    charts.high as xmr_high,
    charts.moving_range as xmr_moving_range,
    charts.rule_fired as xmr_rule,
    charts.point_count < {{ var('chart_from_points') }} as is_trial,
    coalesce(trends.trend, 'not_calculated') as trend,
    {{ is_invented() }} as is_invented
from changed
left join {{ ref('bench_charts') }} as charts
    on changed.indicator_id = charts.indicator_id
        and changed.area_id = charts.area_id
        and changed.platform = charts.platform
        and changed.account_scope = charts.account_scope
        and changed.period_type = charts.period_type
        and changed.period_start = charts.period_start
left join {{ ref('bench_trends') }} as trends
    on changed.indicator_id = trends.indicator_id
        and changed.area_id = trends.area_id
        and changed.platform = trends.platform
        and changed.account_scope = trends.account_scope
        and changed.period_type = trends.period_type
        and changed.period_start = trends.period_start
order by
    changed.period_end, changed.period_type, changed.indicator_id, changed.platform, changed.account_scope,
    changed.area_id
