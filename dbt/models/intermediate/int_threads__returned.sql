-- METHOD 4.3: for how long a conversation was looked at by returns. A return that shows it does so from the first day
-- of its period to its export; where another begins before the last one ends, there is no gap. What lies in a gap
-- nobody knows: a later return that shows the conversation again begins anew.
with shown as (
    select
        threads.account_id,
        threads.channel,
        threads.conversation_id,
        requests.period_from_date as from_date,
        requests.pulled_at_utc as until_utc
    from {{ ref('stg_returns__threads') }} as threads
    inner join {{ ref('stg_landing__requests') }} as requests
        on threads.run_id = requests.run_id
            and threads.account_id = requests.account_id
            and requests.entity = 'messages'
    where requests.period_from_date is not null
),

ordered as (
    select
        *,
        max(until_utc) over (
            partition by account_id, channel, conversation_id
            order by from_date, until_utc
            rows between unbounded preceding and 1 preceding
        ) as before_utc
    from shown
),

numbered as (
    select
        *,
        count(case when from_date > {{ to_london_date('before_utc') }} then 1 end) over (
            partition by account_id, channel, conversation_id
            order by from_date, until_utc
            rows between unbounded preceding and current row
        ) as look_number
    from ordered
)

select
    account_id,
    channel,
    conversation_id,
    min(from_date) as from_date,
    max(until_utc) as until_utc
from numbered
group by account_id, channel, conversation_id, look_number
