{{ config(materialized='view') }}

-- Whether an account said anything in the thirty days that end with each week and month that this build computes. It is
-- settled by what was seen, or by thirty days on all of which the account was open and known. On the first day of a
-- month of 31 none of the thirty has come yet, and the account has its row all the same.
with days as (
    select
        days.*,
        periods.period_type,
        periods.period_start,
        days.activity_date >= {{ plus_days('periods.period_end', -29) }} as is_counted
    from {{ ref('fct_account_days') }} as days
    inner join {{ ref('dim_period') }} as periods
        on days.activity_date
            between least(periods.period_start, {{ plus_days('periods.period_end', -29) }}) and periods.period_end
            and periods.period_type in ('week', 'month')
            and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

counted as (
    select
        account_id,
        period_type,
        period_start,
        greatest(sum(written_count) filter (where is_counted), 0) > 0 as is_active,
        count(*) filter (where is_counted and is_open and is_posts_known) = 30 as is_whole
    from days
    group by account_id, period_type, period_start
)

select
    account_id,
    period_type,
    period_start,
    is_active or is_whole as is_settled,
    is_whole and not is_active as is_dormant
from counted
