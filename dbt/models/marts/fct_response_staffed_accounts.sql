{{ config(materialized='view') }}

-- METHOD 4.5: of the weeks and months that this build computes, the public conversations of each account, how many were
-- followed for an hour of staffed time, and how many of those a person answered within it. An account is counted where
-- its staffed hours are declared for all of its open days; others are left out, and so is one that was asked and never
-- open.
{% set hour = var('horizons')['1h'] %}
with days as (
    select
        days.force_id,
        days.platform,
        days.account_id,
        days.account_type,
        days.activity_date,
        days.is_open,
        schedules.schedule_id is not null as is_declared
    from {{ ref('fct_account_days') }} as days
    left join {{ ref('int_accounts__scheduled') }} as schedules
        on days.account_id = schedules.account_id
            and days.activity_date >= schedules.from_date
            and days.activity_date < schedules.until_date
    -- Such a month began at most 31 days before.
    where days.activity_date >= (select {{ plus_days('periods_from_date', -31) }} from {{ ref('stg_landing__window') }})
),

conversations as (
    select
        account_id,
        opened_date,
        count(*) as conversation_count,
        count(*) filter (where staffed_followed_seconds >= {{ hour }}) as followed_count,
        count(*) filter (
            where staffed_followed_seconds >= {{ hour }} and is_answered and staffed_waited_seconds <= {{ hour }}
        ) as answered_count
    from {{ ref('fct_conversations') }}
    where channel = 'public'
        and not is_closing
        and opened_date >= (select {{ plus_days('periods_from_date', -31) }} from {{ ref('stg_landing__window') }})
    group by account_id, opened_date
)

select
    days.force_id,
    days.platform,
    days.account_id,
    days.account_type,
    periods.period_type,
    periods.period_start,
    bool_or(days.is_open) and bool_and(days.is_declared or not days.is_open) as is_counted,
    count(*) filter (where days.is_open and not days.is_declared)
    = {{ days_between('periods.period_start', 'periods.period_end') }} + 1 as is_never_declared,
    cast(sum(conversations.conversation_count) as bigint) as conversation_count,
    cast(sum(conversations.followed_count) as bigint) as followed_count,
    cast(sum(conversations.answered_count) as bigint) as answered_count
from days
inner join {{ ref('dim_period') }} as periods
    on days.activity_date between periods.period_start and periods.period_end
        and periods.period_type in ('week', 'month')
        and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
left join conversations
    on days.account_id = conversations.account_id and days.activity_date = conversations.opened_date
group by
    days.force_id, days.platform, days.account_id, days.account_type, periods.period_type, periods.period_start,
    periods.period_end
having bool_or(days.is_open) or sum(conversations.conversation_count) > 0
