{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- METHOD 4.8: how many public conversations of each force, platform, account scope, week and month were answered within
-- the hour, and how many all forces together would have answered of the same ones: of each platform, three-hour block
-- of the day of arrival in London, and weekday or weekend, the share that they answered in the period. Only
-- conversations that were answered or followed for the hour. The shares are of what is shown alone; where nobody shows
-- anything there is nothing to compare with, and the conversation does not count. METHOD 4.6: of the 168 hours of the
-- week those with enough of them, and those of which at least half were answered within the hour.
{% set horizon = var('horizons')['1h'] %}
with days as (
    select
        conversations.force_id,
        conversations.platform,
        accounts.account_type,
        conversations.opened_date,
        {{ weekday('conversations.opened_date') }} as day_of_week,
        {{ london_hour('conversations.opened_at_utc') }} as hour_of_day,
        count(*) as conversation_count,
        count(*) filter (where conversations.is_answered and conversations.waited_seconds <= {{ horizon }})
            as answered_count
    from {{ ref('fct_conversations') }} as conversations
    inner join {{ ref('dim_account') }} as accounts
        on conversations.account_id = accounts.account_id
    where conversations.channel = 'public'
        and not conversations.is_closing
        and (conversations.is_answered or conversations.waited_seconds >= {{ horizon }})
        -- A month that is computed began at most 31 days before the first of its days that are.
        and conversations.opened_date
        >= (select {{ plus_days('periods_from_date', -31) }} from {{ ref('stg_landing__window') }})
    group by all
),

strata as (
    select
        days.force_id,
        days.platform,
        scopes.account_scope,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        days.day_of_week > 5 as is_weekend,
        floor(days.hour_of_day / 3) as block,
        days.day_of_week,
        days.hour_of_day,
        cast(sum(days.conversation_count) as bigint) as conversation_count,
        cast(sum(days.answered_count) as bigint) as answered_count
    from days
    inner join {{ ref('dim_account_scope') }} as scopes
        on days.account_type = scopes.account_type
    inner join {{ ref('dim_period') }} as periods
        on days.opened_date between periods.period_start and periods.period_end
            and periods.period_type in ('week', 'month')
            and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    group by all
),

shares as (
    select
        strata.platform,
        strata.period_type,
        strata.period_start,
        strata.is_weekend,
        strata.block,
        cast(sum(strata.answered_count) as double) / sum(strata.conversation_count) as answered_share
    from strata
    inner join {{ ref('fct_response_shown') }} as shown
        on strata.force_id = shown.force_id
            and strata.platform = shown.platform
            and strata.account_scope = shown.account_scope
            and strata.period_type = shown.period_type
            and strata.period_start = shown.period_start
            and shown.channel = 'public'
            and shown.is_shown
    where strata.account_scope = 'all'
    group by all
)

select
    strata.force_id,
    strata.platform,
    strata.account_scope,
    strata.period_type,
    strata.period_start,
    strata.period_end,
    cast(sum(strata.conversation_count) as bigint) as comparable_conversation_count,
    cast(sum(strata.answered_count) as bigint) as comparable_answered_1h_count,
    cast(sum({{ exact('strata.conversation_count * shares.answered_share') }}) as decimal(18, 6))
        as expected_answers_1h,
    count(*) filter (where strata.conversation_count >= {{ var('hour_from_n') }}) as asked_hour_count,
    count(*) filter (
        where strata.conversation_count >= {{ var('hour_from_n') }}
        and 2 * strata.answered_count >= strata.conversation_count
    ) as covered_hour_count,
    {{ is_invented() }} as is_invented
from strata
inner join shares
    on strata.platform = shares.platform
        and strata.period_type = shares.period_type
        and strata.period_start = shares.period_start
        and strata.is_weekend = shares.is_weekend
        and strata.block = shares.block
group by
    strata.force_id, strata.platform, strata.account_scope, strata.period_type, strata.period_start, strata.period_end
order by
    strata.period_end, strata.period_type, strata.force_id, strata.platform, strata.account_scope
