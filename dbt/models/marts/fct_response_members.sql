{{ config(materialized='table') }}

-- Which forces and platforms make up which curve, of the weeks and months that this build computes: groups and all
-- platforms together pool what is shown. Each curve has a number, and so has each source, what one force has on one
-- platform in one period: to sort millions of waiting times by five texts would cost several times as much.
with platforms as (
    select platform, platform as pooled_platform from {{ ref('dim_platform') }}
    union all
    select platform, 'all' as pooled_platform from {{ ref('dim_platform') }} where not is_terms_restricted
),

days as (
    select distinct force_id, platform, channel, opened_date
    from {{ ref('fct_conversations') }}
    where not is_closing
),

sources as (
    select distinct
        days.force_id,
        days.platform,
        days.channel,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        coalesce(shown.is_shown, false) as is_shown
    from days
    inner join {{ ref('dim_period') }} as periods
        on days.opened_date between periods.period_start and periods.period_end
            and periods.period_type in ('week', 'month')
            and periods.period_end >= (select messages_from_date from {{ ref('stg_landing__window') }})
    left join {{ ref('fct_response_headlines') }} as shown
        on days.force_id = shown.force_id
            and days.platform = shown.platform
            and days.channel = shown.channel
            and periods.period_type = shown.period_type
            and periods.period_start = shown.period_start
)

select
    sources.force_id,
    sources.platform,
    sources.channel,
    members.area_id,
    platforms.pooled_platform,
    sources.period_type,
    sources.period_start,
    sources.period_end,
    dense_rank() over (
        order by sources.period_type, sources.period_start, sources.force_id, sources.platform, sources.channel
    ) as source_number,
    dense_rank() over (
        order by
            members.area_id, platforms.pooled_platform, sources.channel, sources.period_type, sources.period_start
    ) as curve_number
from sources
inner join {{ ref('dim_area_member') }} as members
    on sources.force_id = members.force_id
inner join {{ ref('dim_area') }} as areas
    on members.area_id = areas.area_id and areas.has_curve
inner join platforms
    on sources.platform = platforms.platform
where sources.is_shown or (members.area_id = sources.force_id and platforms.pooled_platform = sources.platform)
