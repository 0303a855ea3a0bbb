{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- depends_on: {{ ref('stg_landing__window') }}
-- The heart of the product: one row for each cell that could have a number, with the number or with the reason why
-- there is none. An indicator that is a ratio is a row of the indicators seed; any other is a model of its own.
-- What rests on a declared correction says so, and a number what has to be said beside it.
with unioned as (
    select * from {{ ref('bench_ratios') }}
    union all
    select * from {{ ref('bench_first_replies') }}
    union all
    select * from {{ ref('bench_top_posts') }}
    union all
    select * from {{ ref('bench_follower_growth') }}
    union all
    select * from {{ ref('bench_cost_equivalents') }}
    union all
    select * from {{ ref('bench_reaction_mix') }}
    union all
    select * from {{ ref('bench_post_purposes') }}
    union all
    select * from {{ ref('bench_appeal_outcomes') }}
)

select
    unioned.indicator_id,
    unioned.indicator_version,
    unioned.area_id,
    unioned.platform,
    unioned.account_scope,
    unioned.period_type,
    unioned.period_start,
    unioned.period_end,
    unioned.numerator,
    unioned.denominator,
    unioned.n,
    unioned.value,
    unioned.unit,
    unioned.ci95_low,
    unioned.ci95_high,
    unioned.ci998_low,
    unioned.ci998_high,
    unioned.ci_method,
    unioned.design_effect,
    unioned.effective_n,
    unioned.value_note,
    nullif(concat_ws(
        '; ',
        unioned.note_detail,
        case when unioned.value_note is null then remarks.remark_text end,
        case when unioned.value_note is null then breaks.break_text end,
        corrections.correction_text
    ), '') as note_detail,
    unioned.is_provisional,
    unioned.population_vintage,
    corrections.correction_ids,
    breaks.area_id is not null as is_break,
    {{ is_invented() }} as is_invented
from unioned
left join {{ ref('bench_remarks') }} as remarks
    on unioned.indicator_id = remarks.indicator_id
        and unioned.area_id = remarks.area_id
        and unioned.platform = remarks.platform
        and unioned.account_scope = remarks.account_scope
        and unioned.period_type = remarks.period_type
        and unioned.period_start = remarks.period_start
left join {{ ref('bench_breaks') }} as breaks
    on unioned.area_id = breaks.area_id
        and unioned.platform = breaks.platform
        and unioned.account_scope = breaks.account_scope
        and unioned.period_type = breaks.period_type
        and unioned.period_start = breaks.period_start
left join {{ ref('bench_corrections') }} as corrections
    on unioned.indicator_id = corrections.indicator_id
        and unioned.area_id = corrections.area_id
        and unioned.platform = corrections.platform
        and unioned.account_scope = corrections.account_scope
        and unioned.period_type = corrections.period_type
        and unioned.period_start = corrections.period_start
order by
    unioned.period_end, unioned.period_type, unioned.indicator_id, unioned.platform, unioned.account_scope,
    unioned.area_id
