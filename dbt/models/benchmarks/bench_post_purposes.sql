{{ config(materialized='view') }}

-- Of the posts that each force, platform, week and month has and whose purpose was told, the share of each purpose; and
-- how often an appeal, a missing person's among them, was seen within a day. Of accounts that the platform still has at
-- the end. The purpose must be told of nine tenths of the posts, and the count read of nine tenths of the appeals; a
-- group adds up its forces that have a number. No purpose is better than another, so that nobody is ranked or judged.
{% set counts = var('priced_counters') %}
with sums as (
    select
        accounts.force_id,
        accounts.platform,
        accounts.period_type,
        accounts.period_start,
        days.purpose,
        sum(days.post_count) as post_count,
        min(days.first_rules_version) as first_rules_version,
        max(days.last_rules_version) as last_rules_version,
        {% for count in counts %}
        sum(days.{{ count }}_24h) as {{ count }}_24h,
        sum(days.{{ count | replace('_count', '') }}_valued_24h_count) as {{ count }}_valued,
        {% endfor %}
        days.purpose in ('appeal', 'missing_person') as is_appeal
    from {{ ref('fct_account_periods') }} as accounts
    inner join {{ ref('fct_purpose_days') }} as days
        on accounts.account_id = days.account_id
            and days.created_date between accounts.period_start and accounts.period_end
    where accounts.period_type in ('week', 'month')
        and accounts.open_day_count > 0
        and not accounts.is_absent_at_end
        and accounts.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    group by accounts.force_id, accounts.platform, accounts.period_type, accounts.period_start, days.purpose
),

cells as (
    select
        *,
        case
            {% for purpose in var('purposes') %}
            when indicator_id = '{{ purpose }}_posts_pct' then '{{ purpose }}'
            {% endfor %}
        end as purpose,
        case indicator_id
            when 'views_24h_per_appeal' then 'view_count'
            when 'impressions_24h_per_appeal' then 'impression_count'
            when 'gross_reach_24h_per_appeal' then 'reach_count'
        end as counter
    from {{ ref('bench_cells') }}
),

areas as (
    select
        members.area_id,
        forces.indicator_id,
        forces.platform,
        forces.period_type,
        forces.period_start,
        sum(sums.post_count) as all_count,
        sum(sums.post_count) filter (where sums.purpose <> 'untold') as told_count,
        sum(sums.post_count) filter (where sums.is_appeal) as appeal_count,
        sum(case when sums.purpose = forces.purpose then sums.post_count else 0 end) as purpose_count,
        {% for part in ['24h', 'valued'] %}
        sum(case forces.counter
            {% for count in counts %}
            when '{{ count }}' then sums.{{ count }}_{{ part }}
            {% endfor %}
        end) filter (where sums.is_appeal) as seen_{{ part }},
        {% endfor %}
        min(sums.first_rules_version) as first_rules_version,
        max(sums.last_rules_version) as last_rules_version
    from cells as forces
    inner join sums
        on forces.area_id = sums.force_id
            and forces.platform = sums.platform
            and forces.period_type = sums.period_type
            and forces.period_start = sums.period_start
    inner join {{ ref('dim_area_member') }} as members
        on sums.force_id = members.force_id
    where (forces.purpose is not null or forces.counter is not null) and forces.value_note is null
    group by members.area_id, forces.indicator_id, forces.platform, forces.period_type, forces.period_start
),

noted as (
    select
        cells.*,
        areas.all_count,
        areas.told_count,
        areas.appeal_count,
        areas.seen_24h,
        areas.seen_valued,
        areas.purpose_count,
        case
            when areas.first_rules_version < areas.last_rules_version
                then 'told by versions ' || areas.first_rules_version || ' to ' || areas.last_rules_version
        end as version_detail,
        case
            when cells.value_note is not null then cells.value_note
            when areas.told_count is null
                or areas.told_count < {{ var('minimum_valued_share') }} * areas.all_count then 'not_collected'
            when cells.counter is null then null
            when areas.appeal_count is null then 'nothing_to_count'
            when areas.seen_valued < {{ var('minimum_valued_share') }} * areas.appeal_count then 'not_collected'
            when areas.seen_valued < {{ var('appeals_from_n') }} then 'suppressed'
        end as final_note
    from cells
    left join areas
        on cells.area_id = areas.area_id
            and cells.indicator_id = areas.indicator_id
            and cells.platform = areas.platform
            and cells.period_type = areas.period_type
            and cells.period_start = areas.period_start
    where cells.purpose is not null or cells.counter is not null
)

select
    indicator_id, indicator_version, area_id, platform, account_scope, period_type, period_start, period_end,
    case when final_note is null then cast(case when counter is null then purpose_count else seen_24h end as double) end
        as numerator,
    case when final_note is null then cast(case when counter is null then told_count else seen_valued end as double) end
        as denominator,
    case when final_note is null then cast(case when counter is null then told_count else seen_valued end as bigint) end
        as n,
    case
        when final_note is not null then null
        when counter is null then cast(multiplier as double) * purpose_count / told_count
        else cast(multiplier as double) * seen_24h / seen_valued
    end as value,
    unit,
    cast(null as double) as ci95_low, cast(null as double) as ci95_high,
    cast(null as double) as ci998_low, cast(null as double) as ci998_high,
    'none' as ci_method,
    cast(null as double) as design_effect, cast(null as double) as effective_n,
    final_note as value_note,
    case
        when value_note is not null then note_detail
        when final_note is null then nullif(concat_ws('; ', note_detail, version_detail), '')
        when told_count is null then 'no text was read that says what the posts are for'
        when told_count < {{ var('minimum_valued_share') }} * all_count
            then 'what they are for was told of ' || told_count || ' of ' || all_count || ' posts'
        when final_note = 'not_collected'
            then 'the count was read a day after of ' || seen_valued || ' of ' || appeal_count || ' appeals'
        when final_note = 'suppressed' then 'fewer than {{ var('appeals_from_n') }} appeals'
    end as note_detail,
    coalesce(final_note = 'provisional', days_since_end_count <= 2 or is_any_provisional) as is_provisional,
    cast(null as varchar) as population_vintage
from noted
