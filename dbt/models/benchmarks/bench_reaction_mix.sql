{{ config(materialized='view') }}

-- Of all reactions that the posts of each force, platform, week and month had at seven days, the share of each sort. Of
-- accounts that the platform still has at the end. The sorts must be known of nine tenths of the posts that have a
-- count of reactions; a group adds up its forces that have a number. What a reaction means nobody can tell from its
-- sort, so that it is neither ranked nor judged.
with sums as (
    select
        accounts.force_id,
        accounts.platform,
        accounts.period_type,
        accounts.period_start,
        {% for reaction in var('reactions') %}
        sum(reactions.{{ reaction }}_reaction_count_7d) as {{ reaction }}_count,
        {% endfor %}
        count(*) as known_count
    from {{ ref('fct_account_periods') }} as accounts
    inner join {{ ref('fct_reactions') }} as reactions
        on accounts.account_id = reactions.account_id
            and reactions.created_date between accounts.period_start and accounts.period_end
    where accounts.period_type in ('week', 'month')
        and accounts.open_day_count > 0
        and not accounts.is_absent_at_end
        and accounts.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    group by accounts.force_id, accounts.platform, accounts.period_type, accounts.period_start
),

cells as (
    select
        *,
        case indicator_id
            {% for reaction in var('reactions') %}
            when '{{ reaction }}_reactions_pct' then '{{ reaction }}'
            {% endfor %}
        end as reaction
    from {{ ref('bench_cells') }}
),

areas as (
    select
        members.area_id,
        forces.indicator_id,
        forces.platform,
        forces.period_type,
        forces.period_start,
        sum(sums.known_count) as known_count,
        sum(
            {% for reaction in var('reactions') %}
            sums.{{ reaction }}_count {{ '+' if not loop.last }}
            {% endfor %}
        ) as all_count,
        sum(case forces.reaction
            {% for reaction in var('reactions') %}
            when '{{ reaction }}' then sums.{{ reaction }}_count
            {% endfor %}
        end) as sort_count
    from cells as forces
    inner join sums
        on forces.area_id = sums.force_id
            and forces.platform = sums.platform
            and forces.period_type = sums.period_type
            and forces.period_start = sums.period_start
    inner join {{ ref('dim_area_member') }} as members
        on sums.force_id = members.force_id
    where forces.reaction is not null and forces.value_note is null
    group by members.area_id, forces.indicator_id, forces.platform, forces.period_type, forces.period_start
),

noted as (
    select
        cells.*,
        areas.known_count,
        areas.all_count,
        areas.sort_count,
        case
            when cells.value_note is not null then cells.value_note
            when areas.known_count is null or areas.known_count < {{ var('minimum_valued_share') }} * cells.n
                then 'not_collected'
            when areas.all_count < {{ var('reactions_from_n') }} then 'suppressed'
        end as final_note
    from cells
    left join areas
        on cells.area_id = areas.area_id
            and cells.indicator_id = areas.indicator_id
            and cells.platform = areas.platform
            and cells.period_type = areas.period_type
            and cells.period_start = areas.period_start
    where cells.reaction is not null
)

select
    indicator_id,
    indicator_version,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    period_end,
    case when final_note is null then cast(sort_count as double) end as numerator,
    case when final_note is null then cast(all_count as double) end as denominator,
    case when final_note is null then cast(known_count as bigint) end as n,
    case when final_note is null then cast(multiplier as double) * sort_count / all_count end as value,
    unit,
    cast(null as double) as ci95_low,
    cast(null as double) as ci95_high,
    cast(null as double) as ci998_low,
    cast(null as double) as ci998_high,
    'none' as ci_method,
    cast(null as double) as design_effect,
    cast(null as double) as effective_n,
    final_note as value_note,
    case
        when value_note is not null or final_note is null then note_detail
        when final_note = 'suppressed' then 'fewer than {{ var('reactions_from_n') }} reactions'
        when known_count is null then 'no return says the sorts of reactions'
        else 'the sorts of reactions are known of ' || known_count || ' of ' || n || ' posts'
    end as note_detail,
    coalesce(final_note = 'provisional', days_since_end_count <= 1 or is_any_provisional) as is_provisional,
    cast(null as varchar) as population_vintage
from noted
