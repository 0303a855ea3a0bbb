{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- depends_on: {{ ref('stg_landing__window') }}
-- METHOD 1: how sure each rank is. A rank is in bench_comparisons; here are the limits between which it lies with 95%
-- probability, and how probably the force is among the first or the last quarter.
select
    indicator_id,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    period_end,
    rank95_low,
    rank95_high,
    top_quarter_probability,
    bottom_quarter_probability,
    drawn_from,
    draws_seed,
    {{ is_invented() }} as is_invented
from {{ ref('bench_rank_draws') }}
order by period_end, period_type, indicator_id, platform, account_scope, area_id
