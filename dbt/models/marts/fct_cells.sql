-- Every cell that there is, and why it can have no number before anything is measured. In order of what stands
-- firmest: the force's nature, the platform, the register, the terms, the authorisation, the calendar.
with indicators as (
    {% for definition in indicator_definitions() %}
    {% for platform in definition.platforms %}
    select
        '{{ definition.indicator_id }}' as indicator_id,
        '{{ platform }}' as platform,
        {{ definition.is_per_head }} as is_per_head,
        '{{ definition.entity }}' as entity,
        {{ definition.metrics | length if definition.metric_rule == 'all' else 1 }} as needed_count,
        '|{{ definition.metrics | join("|") }}|' as metrics
    {{ 'union all' if not loop.last }}
    {% endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

offers as (
    select
        indicators.indicator_id,
        indicators.platform,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        periods.days_since_end_count,
        indicators.is_per_head,
        indicators.needed_count,
        count(metrics.metric) filter (where coalesce(metrics.since_date <= periods.period_end, true)) as listed_count,
        count(metrics.metric) filter (
            where coalesce(metrics.since_date <= periods.period_end, true)
            and coalesce(metrics.deprecated_date > periods.period_end, true)
        ) as live_count,
        coalesce(bool_and(metrics.token_needed not in ('none', 'key', 'return')), false) as is_token_needed,
        coalesce(bool_or(metrics.is_collectable), true) as is_any_collectable
    from indicators
    cross join {{ ref('dim_period') }} as periods
    left join {{ ref('dim_platform_metric') }} as metrics
        on indicators.platform = metrics.platform
            and indicators.entity = metrics.entity
            and indicators.metrics like '%|' || metrics.metric || '|%'
    group by
        indicators.indicator_id, indicators.platform, periods.period_type, periods.period_start, periods.period_end,
        periods.is_complete, periods.days_since_end_count, indicators.is_per_head, indicators.needed_count
),

forces as (
    select force_id, is_per_head from {{ ref('dim_force') }}
    union all
    select 'national' as force_id, true as is_per_head
),

presence as (
    select distinct
        places.force_id,
        platforms.platform,
        places.period_type,
        places.period_start
    from {{ ref('fct_account_periods') }} as places
    cross join lateral (values (places.platform), ('all')) as platforms (platform)
    where not places.is_absent_at_end
),

answers as (
    select force_id, platform, 'pulled' as landing_source from {{ ref('fct_collection') }} where status <> 'not_asked'
    union
    select force_id, platform, landing_source from {{ ref('fct_account_days') }}
    union
    select force_id, platform, landing_source from {{ ref('fct_posts') }}
    union
    select force_id, platform, landing_source from {{ ref('fct_conversations') }}
),

asked as (
    select force_id, platform, bool_or(landing_source = 'returns') as is_returned from answers
    group by force_id, platform
    union all
    select distinct force_id, 'all' as platform, true as is_returned from answers
),

noted as (
    select
        offers.*,
        forces.force_id,
        populations.population,
        populations.vintage as population_vintage,
        coalesce(platforms.platform_name, 'any platform') as platform_name,
        case
            when offers.is_per_head and not forces.is_per_head then 'not_applicable'
            when offers.platform <> 'all' and offers.listed_count < offers.needed_count then 'not_offered'
            when offers.platform <> 'all' and offers.live_count < offers.needed_count then 'deprecated'
            when forces.force_id <> 'national' and presence.force_id is null then 'no_account'
            when platforms.is_terms_restricted then 'terms_restricted'
            when forces.force_id <> 'national' and asked.force_id is null and offers.is_token_needed
                then 'not_authorised'
            when forces.force_id <> 'national' and not offers.is_any_collectable and asked.is_returned is not true
                then 'not_authorised'
            when forces.force_id <> 'national' and asked.force_id is null then 'not_collected'
            when not offers.is_complete then 'provisional'
        end as value_note
    from offers
    cross join forces
    left join {{ ref('dim_platform') }} as platforms
        on offers.platform = platforms.platform
    left join {{ ref('dim_force_population') }} as populations
        on offers.is_per_head
            and forces.force_id = populations.force_id
            and extract(year from offers.period_start) >= populations.from_year
            and (populations.until_year is null or extract(year from offers.period_start) < populations.until_year)
    left join presence
        on forces.force_id = presence.force_id
            and offers.platform = presence.platform
            and offers.period_type = presence.period_type
            and offers.period_start = presence.period_start
    left join asked
        on forces.force_id = asked.force_id
            and offers.platform = asked.platform
),

final as (
    select
        indicator_id,
        force_id,
        platform,
        period_type,
        period_start,
        period_end,
        days_since_end_count,
        population,
        population_vintage,
        value_note,
        case value_note
            when 'not_applicable' then 'the force has no resident population to divide by'
            when 'not_offered' then platform_name || ' has no such metric'
            when 'deprecated' then platform_name || ' has withdrawn the metric'
            when 'no_account' then 'no open account on ' || platform_name || ' in this period'
            when 'terms_restricted' then platform_name || ' requires an agreement, and none is recorded'
            when 'not_authorised' then platform_name || ' needs the owner''s token, or a return; there is neither'
            when 'not_collected' then 'nothing was ever asked or returned on ' || platform_name
            when 'provisional' then 'the period is not over'
        end as note_detail,
        {{ is_invented() }} as is_invented
    from noted
    order by indicator_id, platform, period_type, period_start, force_id
)

select * from final
