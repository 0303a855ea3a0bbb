{{ config(materialized='table') }}

-- Each conversation (METHOD 4.1) in each week and month that this build computes, and the piece of the period's
-- waiting times that it is in. A piece ends where somebody is lost or a horizon is passed: within it all are answered
-- before anybody is lost, so that of every curve only the pieces are needed, and their single steps where something is
-- read off. What is longer than the last horizon is one piece, with a number above all others and without such an order.
{% set last_horizon = var('horizons').values() | max %}
with sources as (
    select distinct source_number, force_id, platform, channel, period_type, period_start, period_end
    from {{ ref('fct_response_members') }}
),

days as (
    select
        source_number,
        force_id,
        platform,
        channel,
        dense_rank() over (order by period_type, period_start, channel) as period_number,
        {{ each_day('period_start', 'period_end') }} as opened_date
    from sources
),

waits as (
    select
        days.period_number,
        days.source_number,
        conversations.waited_seconds,
        conversations.is_answered
    from {{ ref('fct_conversations') }} as conversations
    inner join days
        on conversations.force_id = days.force_id
            and conversations.platform = days.platform
            and conversations.channel = days.channel
            and conversations.opened_date = days.opened_date
    where not conversations.is_closing
)

select
    source_number,
    waited_seconds,
    is_answered,
    count(case when not is_answered then 1 end) over (
        partition by period_number
        order by waited_seconds, is_answered desc
        rows between unbounded preceding and current row
    )
    - case when is_answered then 0 else 1 end
    {% for seconds in var('horizons').values() %}
    + case when waited_seconds > {{ seconds }} then 1 else 0 end
    {% endfor %}
        as piece_number
from waits
where waited_seconds <= {{ last_horizon }}
union all
select
    source_number,
    waited_seconds,
    is_answered,
    1000000000 as piece_number
from waits
where waited_seconds > {{ last_horizon }}
