{{ config(materialized='view') }}

-- In public and in direct messages, each an indicator. METHOD 4.4: the first time at which the curve is at or under one
-- half; its limits are where the bands are. While somebody whom we stopped following could still move it, it is
-- provisional. One that is not reached is a fact: it has its n and its lower limit, and is longer than every other.
with medians as (
    select
        cells.*,
        curves.median_seconds,
        curves.median_ci95_low,
        curves.median_ci95_high,
        curves.median_ci998_low,
        curves.median_ci998_high,
        curves.is_any_lost_before_median,
        coalesce(
            cells.value_note,
            case
                when curves.median_seconds is not null then null
                when cells.days_since_end_count <= {{ 1 + var('messages_horizon_hours') // 24 }} then 'provisional'
                else 'not_reached'
            end
        ) as median_note
    from {{ ref('bench_cells') }} as cells
    left join {{ ref('fct_response_curves') }} as curves
        on cells.area_id = curves.area_id
            and cells.platform = curves.platform
            and cells.channel = curves.channel
            and cells.account_scope = curves.account_scope
            and cells.period_type = curves.period_type
            and cells.period_start = curves.period_start
    inner join {{ ref('dim_area') }} as areas
        on cells.area_id = areas.area_id and areas.has_curve
    where cells.indicator_id in ('median_first_reply_seconds', 'direct_median_first_reply_seconds')
)

select
    indicator_id,
    indicator_version,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    period_end,
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    case when median_note is null or median_note = 'not_reached' then cast(n as bigint) end as n,
    case when median_note is null then median_seconds end as value,
    unit,
    {% for limit in ['ci95_low', 'ci95_high', 'ci998_low', 'ci998_high'] %}
    case when median_note is null or median_note = 'not_reached' then median_{{ limit }} end as {{ limit }},
    {% endfor %}
    case when median_note is null or median_note = 'not_reached' then interval_method else 'none' end as ci_method,
    median_note as value_note,
    case
        when median_note is distinct from value_note then 'fewer than half were answered while they were followed'
        else note_detail
    end as note_detail,
    coalesce(
        median_note = 'provisional',
        days_since_end_count <= 1
        or (is_any_lost_before_median and days_since_end_count <= {{ 1 + var('messages_horizon_hours') // 24 }})
    ) as is_provisional,
    cast(null as varchar) as population_vintage
from medians
