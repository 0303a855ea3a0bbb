{{ config(materialized='view') }}

-- METHOD 6: the cells of a force in whose period accounts of it were merged or closed. Half of such a period is before
-- and half after it: neither ranked nor judged, and said beside the number. A group has the breaks of nobody: it is the
-- sum of many.
with events as (
    select
        *,
        account_id || case event_type
            when 'merged_into' then ' was merged into ' || into_account_id
            else ' was closed'
        end || ' on ' || cast(event_date as varchar) as event_text
    from {{ ref('dim_account_event') }}
    where event_type in ('merged_into', 'closed')
)

select
    events.force_id as area_id,
    platforms.pooled_platform as platform,
    scopes.account_scope,
    periods.period_type,
    periods.period_start,
    {{ list_text('events.event_text', 'events.event_date, events.account_id') }} as break_text
from events
inner join {{ ref('dim_period') }} as periods
    on events.event_date between periods.period_start and periods.period_end
        and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
inner join {{ ref('dim_account_scope') }} as scopes
    on events.account_type = scopes.account_type
inner join (
    select platform, platform as pooled_platform from {{ ref('dim_platform') }}
    union all
    select platform, 'all' as pooled_platform from {{ ref('dim_platform') }}
) as platforms
    on events.platform = platforms.platform
group by events.force_id, platforms.pooled_platform, scopes.account_scope, periods.period_type, periods.period_start
