{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- depends_on: {{ ref('stg_landing__window') }}
-- The heart of the product: one row for each cell that could have a number, with the number or with the reason why
-- there is none. An indicator that is a ratio is a row of the indicators seed; any other is a model of its own.
with unioned as (
    select * from {{ ref('bench_ratios') }}
    union all
    select * from {{ ref('bench_median_first_reply_seconds') }}
)

select
    *,
    {{ is_invented() }} as is_invented
from unioned
order by period_end, period_type, indicator_id, platform, account_scope, area_id
