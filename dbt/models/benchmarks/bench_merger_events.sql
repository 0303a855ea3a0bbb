{{ config(materialized='view') }}

-- METHOD 6: the mergers that this build studies: what a force merged and closed on a platform in one week, which is left
-- out of both sides. So is the week before it, whose posts are counted seven days later, in the new order.
with events as (
    select
        force_id,
        platform,
        {{ period_start('week', 'event_date') }} as event_week,
        min(event_date) as event_date,
        count(*) filter (where event_type = 'merged_into') as merged_count,
        count(*) filter (where event_type = 'closed') as closed_count
    from {{ ref('dim_account_event') }}
    where event_type in ('merged_into', 'closed')
    group by force_id, platform, event_week
)

select
    events.*,
    platforms.platform_name,
    platforms.is_terms_restricted,
    {{ plus_days('events.event_week', 7 * var('merger_reach_weeks') + 6) }} as studied_until_date,
    -- Two changes so near to each other cannot be told apart.
    exists(
        select 1 from events as others
        where others.force_id = events.force_id
            and others.platform = events.platform
            and others.event_week <> events.event_week
            and others.event_week between {{ plus_days('events.event_week', -7 * (var('merger_reach_weeks') + 1)) }}
                and {{ plus_days('events.event_week', 7 * (var('merger_reach_weeks') + 1)) }}
    ) as has_other
from events
inner join {{ ref('dim_platform') }} as platforms
    on events.platform = platforms.platform
where {{ plus_days('events.event_week', 7 * var('merger_reach_weeks') + 6) }}
    >= (select periods_from_date from {{ ref('stg_landing__window') }})
