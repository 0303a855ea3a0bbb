{{ config(materialized='view') }}

-- Public conversations of which it is known whether a person answered them within the hour, by the day and hour in
-- London at which they came. Of the days that this build computes, and of those of the months that these are of: such a
-- month began at most 31 days before.
{% set horizon = var('horizons')['1h'] %}
with conversations as (
    select
        conversations.force_id,
        conversations.platform,
        accounts.account_type,
        conversations.opened_date,
        {{ weekday('conversations.opened_date') }} as day_of_week,
        {{ london_hour('conversations.opened_at_utc') }} as hour_of_day,
        conversations.is_answered and conversations.waited_seconds <= {{ horizon }} as is_answered_1h
    from {{ ref('fct_conversations') }} as conversations
    inner join {{ ref('dim_account') }} as accounts
        on conversations.account_id = accounts.account_id
    where conversations.channel = 'public'
        and not conversations.is_closing
        and (conversations.is_answered or conversations.waited_seconds >= {{ horizon }})
        and conversations.opened_date
        >= (select {{ plus_days('periods_from_date', -31) }} from {{ ref('stg_landing__window') }})
)

select
    force_id,
    platform,
    account_type,
    opened_date,
    day_of_week,
    hour_of_day,
    day_of_week > 5 as is_weekend,
    floor(hour_of_day / 3) as block,
    count(*) as conversation_count,
    count(*) filter (where is_answered_1h) as answered_count
from conversations
group by force_id, platform, account_type, opened_date, day_of_week, hour_of_day
