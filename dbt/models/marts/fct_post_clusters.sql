{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- METHOD 1, clustering: how far the number of posts of each force, platform and account scope varies from day to day,
-- in each period: the variance over its days times their number, and never less than chance alone makes it, the number
-- of posts itself. What is posted in one incident is of one day. Quarters, years and twelve months add up months.
{% set key = ['force_id', 'platform', 'account_scope'] %}
with periods as (
    select *
    from {{ ref('dim_period') }}
    where period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

days as (
    select
        days.force_id,
        days.platform,
        scopes.account_scope,
        days.activity_date,
        cast(sum(days.post_count) as bigint) as post_count
    from {{ ref('fct_account_days') }} as days
    inner join {{ ref('dim_account_scope') }} as scopes
        on days.account_type = scopes.account_type
    -- A month that is computed began at most 31 days before.
    where days.post_count is not null
        and days.activity_date
        >= (select {{ plus_days('periods_from_date', -31) }} from {{ ref('stg_landing__window') }})
    group by days.force_id, days.platform, scopes.account_scope, days.activity_date
),

sums as (
    select
        {% for column in key %}days.{{ column }},
        {% endfor %}periods.period_type,
        periods.period_start,
        periods.period_end,
        count(*) as day_count,
        cast(sum(days.post_count) as bigint) as post_count,
        cast(sum(days.post_count * days.post_count) as bigint) as square_count
    from days
    inner join periods
        on days.activity_date between periods.period_start and periods.period_end
            and periods.period_type in ('week', 'month')
    group by all
),

from_days as (
    select
        {{ key | join(', ') }}, period_type, period_start, period_end,
        cast(greatest(
            post_count,
            (square_count - post_count * post_count / cast(day_count as double))
            * day_count / nullif(day_count - 1, 0)
        ) as decimal(18, 6)) as post_variance
    from sums
),

months as (
    select * from from_days where period_type = 'month'
    {% if is_incremental() %}
    union all
    select {{ key | join(', ') }}, period_type, period_start, period_end, post_variance
    from {{ this }}
    where period_type = 'month'
    {% endif %}
),

unioned as (
    select * from from_days
    union all
    select
        {% for column in key %}months.{{ column }},
        {% endfor %}periods.period_type,
        periods.period_start,
        periods.period_end,
        cast(sum(months.post_variance) as decimal(18, 6)) as post_variance
    from months
    inner join periods
        on months.period_start between periods.period_start and periods.period_end
            and periods.period_type not in ('week', 'month')
    group by all
)

select
    *,
    {{ is_invented() }} as is_invented
from unioned
order by period_end, period_type, {{ key | join(', ') }}
