{{ config(materialized='view') }}

-- The net change of followers over twelve months, of those that the same accounts had before: a ratio that can be below
-- zero, which neither a funnel nor a rank of ours is made for.
select
    indicator_id,
    indicator_version,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    period_end,
    case when value_note is null then cast(numerator as double) end as numerator,
    case when value_note is null then cast(denominator as double) end as denominator,
    case when value_note is null then cast(n as bigint) end as n,
    case when value_note is null then multiplier * cast(numerator as double) / denominator end as value,
    unit,
    cast(null as double) as ci95_low,
    cast(null as double) as ci95_high,
    cast(null as double) as ci998_low,
    cast(null as double) as ci998_high,
    'none' as ci_method,
    cast(null as double) as design_effect,
    cast(null as double) as effective_n,
    value_note,
    note_detail,
    coalesce(value_note = 'provisional', days_since_end_count <= 1 or is_any_provisional) as is_provisional,
    cast(null as varchar) as population_vintage
from {{ ref('bench_cells') }}
where indicator_id = 'follower_growth_pct'
