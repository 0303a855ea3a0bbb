-- Whether an account's posts and messages of a day are known: by the first pull after the day that still reaches back
-- to it, or by a return that declares it; direct messages and outcomes by returns alone. An account that closes is last
-- asked on its last day, which has to do.
with pulls as (
    select
        account_id,
        pulled_date,
        min(from_date) filter (where entity = 'posts') as posts_from_date,
        min(from_date) filter (where entity = 'messages') as messages_from_date
    from {{ ref('int_pulls__days') }}
    where not is_return
    group by account_id, pulled_date
),

-- Of the pulls after a day the first reaches back the furthest, and so is the least of what they reach.
pulled as (
    select
        days.account_id,
        days.activity_date,
        min(pulls.posts_from_date) over later as posts_from_date,
        min(pulls.messages_from_date) over later as messages_from_date,
        case when days.is_last_open_day then pulls.posts_from_date end as last_posts_from_date,
        case when days.is_last_open_day then pulls.messages_from_date end as last_messages_from_date
    from {{ ref('int_account_days__opened') }} as days
    left join pulls
        on days.account_id = pulls.account_id
            and days.activity_date = pulls.pulled_date
    window later as (
        partition by days.account_id
        order by days.activity_date
        rows between 1 following and unbounded following
    )
),

returned as (
    select
        days.account_id,
        days.activity_date,
        bool_or(returns.entity = 'posts') as is_posts_returned,
        bool_or(returns.entity = 'messages') as is_messages_returned,
        bool_or(returns.entity = 'direct_messages') as is_direct_returned,
        bool_or(returns.entity = 'outcomes') as is_outcomes_returned,
        bool_or(returns.entity <> 'outcomes') as is_returned
    from {{ ref('int_account_days__opened') }} as days
    inner join {{ ref('int_pulls__days') }} as returns
        on days.account_id = returns.account_id
            and days.activity_date between returns.from_date and returns.until_date
            and returns.is_return
    group by days.account_id, days.activity_date
)

select
    pulled.account_id,
    pulled.activity_date,
    coalesce(least(pulled.posts_from_date, pulled.last_posts_from_date) <= pulled.activity_date, false)
    or coalesce(returned.is_posts_returned, false) as is_posts_known,
    coalesce(least(pulled.messages_from_date, pulled.last_messages_from_date) <= pulled.activity_date, false)
    or coalesce(returned.is_messages_returned, false) as is_messages_known,
    coalesce(returned.is_direct_returned, false) as is_direct_known,
    coalesce(returned.is_outcomes_returned, false) as is_outcomes_known,
    coalesce(returned.is_returned, false) as is_returned
from pulled
left join returned
    on pulled.account_id = returned.account_id
        and pulled.activity_date = returned.activity_date
