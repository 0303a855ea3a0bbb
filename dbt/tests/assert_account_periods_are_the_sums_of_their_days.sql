-- What: posts, conversations and open days of an account's period are the sums over its days, also in the quarters,
-- years and twelve months that are made of months.
-- Why: a month that a longer period lost or counted twice would show nowhere else.
-- A returned row is an account and a period where the two differ.
with periods as (
    select
        period_type,
        period_start,
        period_end
    from {{ ref('dim_period') }}
    where period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

summed as (
    select
        days.account_id,
        periods.period_type,
        periods.period_start,
        sum(days.open_day_count) as open_day_count,
        sum(days.post_count) as post_count,
        sum(days.conversation_count) as conversation_count
    from {{ ref('fct_account_days') }} as days
    inner join periods
        on days.activity_date between periods.period_start and periods.period_end
    group by days.account_id, periods.period_type, periods.period_start
),

stated as (
    select accounts.*
    from {{ ref('fct_account_periods') }} as accounts
    inner join periods
        on accounts.period_type = periods.period_type
            and accounts.period_start = periods.period_start
)

select
    coalesce(summed.account_id, stated.account_id) as account_id,
    coalesce(summed.period_type, stated.period_type) as period_type,
    coalesce(summed.period_start, stated.period_start) as period_start,
    summed.post_count as summed_post_count,
    stated.post_count,
    summed.conversation_count as summed_conversation_count,
    stated.conversation_count
from summed
full outer join stated
    on summed.account_id = stated.account_id
        and summed.period_type = stated.period_type
        and summed.period_start = stated.period_start
where summed.open_day_count is distinct from stated.open_day_count
    or summed.post_count is distinct from stated.post_count
    or summed.conversation_count is distinct from stated.conversation_count
