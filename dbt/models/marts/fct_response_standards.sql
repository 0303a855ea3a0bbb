{{ config(materialized='table') }}

-- METHOD 4.8: what is expected of any force in the weeks and months that this build computes: of each platform,
-- three-hour block of the day of arrival in London, and weekday or weekend, the share that all forces together answered
-- within the hour. Of what is shown alone.
select
    days.platform,
    periods.period_type,
    periods.period_start,
    periods.period_end,
    days.is_weekend,
    days.block,
    cast(sum(days.answered_count) as double) / sum(days.conversation_count) as answered_share
from {{ ref('fct_response_hours') }} as days
inner join {{ ref('dim_period') }} as periods
    on days.opened_date between periods.period_start and periods.period_end
        and periods.period_type in ('week', 'month')
        and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
inner join {{ ref('fct_response_headlines') }} as shown
    on days.force_id = shown.force_id
        and days.platform = shown.platform
        and shown.channel = 'public'
        and periods.period_type = shown.period_type
        and periods.period_start = shown.period_start
        and shown.is_shown
group by
    days.platform, periods.period_type, periods.period_start, periods.period_end, days.is_weekend, days.block
