{{ config(materialized='view') }}

-- METHOD 8: of the appeals of each force, platform and period, those for missing persons among them, the share that
-- something came of within four weeks, as the force returned it. Of accounts that the platform still has at the end.
-- What they are for must be told of nine tenths of the posts, and what came of them be known of nine tenths of the
-- appeals on each day; of fewer than ten there is no number. A group adds up its forces that return outcomes.
with sums as (
    select
        accounts.force_id,
        accounts.platform,
        accounts.period_type,
        accounts.period_start,
        sum(days.post_count) as all_count,
        sum(days.post_count) filter (where days.purpose <> 'untold') as told_count,
        sum(days.post_count) filter (where days.purpose in ('appeal', 'missing_person')) as appeal_count,
        sum(days.followed_count) filter (where days.purpose in ('appeal', 'missing_person')) as known_appeal_count,
        sum(days.outcome_post_count) filter (where days.purpose in ('appeal', 'missing_person')) as outcome_appeal_count
    from {{ ref('fct_account_periods') }} as accounts
    inner join {{ ref('fct_purpose_days') }} as days
        on accounts.account_id = days.account_id
            and days.created_date between accounts.period_start and accounts.period_end
    where accounts.period_type <> 'week'
        and accounts.open_day_count > 0
        and not accounts.is_absent_at_end
        and accounts.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    group by accounts.force_id, accounts.platform, accounts.period_type, accounts.period_start
),

cells as (
    select cells.*
    from {{ ref('bench_cells') }} as cells
    inner join {{ ref('dim_indicator') }} as indicators
        on cells.indicator_id = indicators.indicator_id and indicators.known_by = 'outcomes'
),

areas as (
    select
        members.area_id,
        forces.indicator_id,
        forces.platform,
        forces.period_type,
        forces.period_start,
        sum(sums.all_count) as all_count,
        sum(sums.told_count) as told_count,
        sum(sums.appeal_count) as appeal_count,
        sum(sums.known_appeal_count) as known_appeal_count,
        sum(sums.outcome_appeal_count) as outcome_appeal_count
    from cells as forces
    inner join sums
        on forces.area_id = sums.force_id
            and forces.platform = sums.platform
            and forces.period_type = sums.period_type
            and forces.period_start = sums.period_start
    inner join {{ ref('dim_area_member') }} as members
        on sums.force_id = members.force_id
    where forces.value_note is null
    group by members.area_id, forces.indicator_id, forces.platform, forces.period_type, forces.period_start
),

noted as (
    select
        cells.*,
        areas.all_count,
        areas.told_count,
        areas.appeal_count,
        areas.known_appeal_count,
        areas.outcome_appeal_count,
        case
            when cells.value_note is not null then cells.value_note
            when areas.told_count is null
                or areas.told_count < {{ var('minimum_valued_share') }} * areas.all_count then 'not_collected'
            when areas.appeal_count is null then 'nothing_to_count'
            when areas.known_appeal_count < {{ var('minimum_valued_share') }} * areas.appeal_count
                then if(cells.days_since_end_count <= {{ var('outcome_days') }}, 'provisional', 'not_collected')
            when areas.known_appeal_count < {{ var('appeals_from_n') }} then 'suppressed'
        end as final_note
    from cells
    left join areas
        on cells.area_id = areas.area_id
            and cells.indicator_id = areas.indicator_id
            and cells.platform = areas.platform
            and cells.period_type = areas.period_type
            and cells.period_start = areas.period_start
)

select
    indicator_id, indicator_version, area_id, platform, account_scope, period_type, period_start, period_end,
    case when final_note is null then cast(outcome_appeal_count as double) end as numerator,
    case when final_note is null then cast(known_appeal_count as double) end as denominator,
    case when final_note is null then cast(known_appeal_count as bigint) end as n,
    case
        when final_note is null then cast(multiplier as double) * outcome_appeal_count / known_appeal_count
    end as value,
    unit,
    {% for confidence, name in [(95, 'ci95'), (99.8, 'ci998')] %}
    case
        when final_note is null
            then multiplier * ({{ wilson_lower('outcome_appeal_count', 'known_appeal_count', confidence) }})
    end as {{ name }}_low,
    case
        when final_note is null
            then multiplier * ({{ wilson_upper('outcome_appeal_count', 'known_appeal_count', confidence) }})
    end as {{ name }}_high,
    {% endfor %}
    case when final_note is null then interval_method else 'none' end as ci_method,
    cast(null as double) as design_effect, cast(null as double) as effective_n,
    final_note as value_note,
    case
        when value_note is not null or (final_note is null and known_appeal_count = appeal_count) then note_detail
        when final_note is null
            then concat_ws(
                    '; ', note_detail, 'what came of them is known of ' || known_appeal_count || ' of ' || appeal_count
                )
        when told_count is null then 'no text was read that says what the posts are for'
        when told_count < {{ var('minimum_valued_share') }} * all_count
            then 'what they are for was told of ' || told_count || ' of ' || all_count || ' posts'
        when final_note in ('provisional', 'not_collected')
            then 'what came of them within {{ var('outcome_days') }} days is known of ' || known_appeal_count || ' of '
                || appeal_count || ' appeals'
        when final_note = 'suppressed' then 'fewer than {{ var('appeals_from_n') }} appeals'
    end as note_detail,
    coalesce(final_note = 'provisional', days_since_end_count <= {{ var('outcome_days') }} or is_any_provisional)
        as is_provisional,
    cast(null as varchar) as population_vintage
from noted
