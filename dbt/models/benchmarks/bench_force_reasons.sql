{{ config(materialized='view') }}

-- Why a force can have no number on a platform, with the dates between which that holds: for the periods that end on or
-- after from_date and before until_date; an empty date is no bound. In order of what stands firmest: the force's
-- nature, the platform, the register (neighbourhoods, accounts, rate cards), the terms, the authorisation.
with offers as (
    select
        indicators.indicator_id,
        indicators.denominator_measure = 'resident_count' as is_per_head,
        coalesce(indicators.part = 'staffed', false) as is_staffed, false as is_of_neighbourhoods,
        coalesce(indicators.known_by = 'outcomes', false) as is_of_outcomes,
        platforms.platform, platforms.is_terms_restricted,
        indicators.is_priced and cards.platform is null as is_unpriced,
        case indicators.metric_rule
            when 'all' then length(indicators.metrics) - length(replace(indicators.metrics, '|', '')) + 1
            else 1
        end as needed_count,
        count(metrics.metric) as listed_count,
        case indicators.metric_rule
            when 'all' then max(metrics.since_date)
            when 'any' then nullif(min(coalesce(metrics.since_date, date '1900-01-01')), date '1900-01-01')
        end as since_date,
        case indicators.metric_rule
            when 'all' then min(metrics.deprecated_date)
            when 'any' then nullif(max(coalesce(metrics.deprecated_date, date '9999-01-01')), date '9999-01-01')
        end as deprecated_date,
        bool_and(metrics.token_needed not in ('none', 'key', 'return')) as is_token_needed,
        -- What counts at export comes with returns alone.
        bool_or(metrics.is_collectable) and coalesce(indicators.known_by, '') <> 'values_export' as is_collectable
    from {{ ref('dim_indicator') }} as indicators
    inner join {{ ref('dim_platform') }} as platforms
        on indicators.platforms is null or '|' || indicators.platforms || '|' like '%|' || platforms.platform || '|%'
    left join {{ ref('dim_platform_metric') }} as metrics
        on platforms.platform = metrics.platform
            and '|' || indicators.metrics || '|' like '%|' || metrics.metric || '|%'
    left join (select distinct platform, metric from {{ ref('dim_rate_card') }}) as cards
        on platforms.platform = cards.platform and indicators.metrics = cards.metric
    group by
        indicators.indicator_id, indicators.known_by, indicators.denominator_measure, indicators.part,
        indicators.metrics, indicators.metric_rule, indicators.is_priced, platforms.platform,
        platforms.is_terms_restricted, cards.platform
    union all
    select
        indicator_id,
        false as is_per_head, false as is_staffed, coalesce(known_by = 'neighbourhoods', false) as is_of_neighbourhoods,
        false as is_of_outcomes,
        'all' as platform, false as is_terms_restricted, false as is_unpriced, 0 as needed_count, 0 as listed_count,
        null as since_date, null as deprecated_date, false as is_token_needed,
        coalesce(known_by, '') <> 'direct_messages' as is_collectable
    from {{ ref('dim_indicator') }}
    where is_pooled
),

present as (
    select force_id, platform, min(staffed_hours_from_date) as declared_date from {{ ref('dim_account') }}
    group by force_id, platform
    union all
    select force_id, 'all' as platform, min(staffed_hours_from_date) as declared_date from {{ ref('dim_account') }}
    group by force_id
),

answered as (
    select
        days.force_id,
        coalesce(days.platform, 'all') as platform,
        min(days.activity_date) as first_date,
        min(days.activity_date) filter (where days.is_returned) as first_returned_date,
        min(days.activity_date) filter (where days.is_outcomes_known) as first_outcome_date
    from {{ ref('fct_account_days') }} as days
    where days.is_returned or days.is_outcomes_known or days.is_posts_known or days.is_messages_known
        or days.observed_at_utc is not null or days.status <> 'not_asked'
    group by grouping sets ((days.force_id, days.platform), (days.force_id))
),

forces as (
    select
        offers.*,
        forces.force_id,
        case
            when offers.is_per_head and not forces.is_per_head
                then case when residents.force_id is null then 'not_applicable' else 'too_few_residents' end
            when offers.listed_count < offers.needed_count then 'not_offered'
            when offers.is_of_neighbourhoods and residents.force_id is null then 'not_applicable'
            when offers.is_of_neighbourhoods and readings.force_id is null then 'not_collected'
            when present.force_id is null then 'no_account'
            when offers.is_unpriced then 'no_rate_card'
            when offers.is_terms_restricted then 'terms_restricted'
            when answered.first_date is null and offers.is_token_needed then 'not_authorised'
            when not offers.is_collectable and answered.first_returned_date is null then 'not_authorised'
            when answered.first_date is null then 'not_collected'
            when offers.is_staffed and present.declared_date is null then 'not_declared'
            when offers.is_of_outcomes and answered.first_outcome_date is null then 'not_collected'
        end as for_ever,
        case
            when offers.is_staffed then present.declared_date
            when offers.is_of_neighbourhoods then readings.read_date
            when offers.is_of_outcomes then answered.first_outcome_date
        end as declared_date,
        case when offers.is_collectable then answered.first_date else answered.first_returned_date end as first_date
    from offers
    cross join {{ ref('dim_force') }} as forces
    left join (select distinct force_id from {{ ref('dim_force_population') }}) as residents
        on forces.force_id = residents.force_id
    left join present
        on forces.force_id = present.force_id and offers.platform = present.platform
    left join (
        select force_id, min(valid_from_date) as read_date from {{ ref('dim_neighbourhood') }} group by force_id
    ) as readings
        on forces.force_id = readings.force_id
    left join answered
        on forces.force_id = answered.force_id and offers.platform = answered.platform
),

reasons as (
    select
        force_id, indicator_id, platform,
        for_ever as value_note, cast(null as date) as from_date, cast(null as date) as until_date
    from forces
    where for_ever is not null
    union all
    select
        force_id, indicator_id, platform,
        'not_offered' as value_note, null as from_date, since_date as until_date
    from forces
    where since_date is not null and coalesce(for_ever, '') not in ('not_applicable', 'too_few_residents')
    union all
    select
        force_id, indicator_id, platform,
        'deprecated' as value_note, deprecated_date as from_date, null as until_date
    from forces
    where deprecated_date is not null and coalesce(for_ever, '') not in ('not_applicable', 'too_few_residents')
    union all
    select
        force_id, indicator_id, platform,
        case
            when is_staffed and declared_date > first_date then 'not_declared'
            when is_token_needed and not is_of_outcomes then 'not_authorised'
            else 'not_collected'
        end as value_note, null as from_date,
        greatest(first_date, declared_date) as until_date
    from forces
    where for_ever is null
)

select * from reasons
