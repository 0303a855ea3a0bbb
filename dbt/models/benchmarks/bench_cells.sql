{{ config(materialized='table') }}

-- A table, for eight models read it, and each would compute a view anew. The cells of every area, a force being an area
-- with one member. A group is Σ numerator / Σ denominator over its forces with a value, says how many they are, who is
-- missing and how many residents are covered, and is provisional while one of the others is; the sum over too few of
-- the people whose forces could have one is not the group's. Of messages a group pools those that are shown, and forces
-- that have too few to show are no gap.
{% set sums = ['numerator', 'denominator', 'n', 'lost_count', 'followed_count', 'answered_followed_count',
    'cluster_variance', 'clustered_events', 'clustered_n', 'cluster_squares'] %}
with members as (
    select
        members.area_id,
        cells.*,
        notes.position,
        cells.value_note is null or (cells.is_shown and cells.value_note = 'suppressed') as is_valued,
        cells.value_note is null or (cells.is_shown is not null and cells.value_note = 'suppressed') as is_covered,
        cells.value_note is null or notes.is_number_expected as is_expected,
        coalesce(cells.is_shown, cells.value_note is null) as is_counted,
        greatest(forces.population, 0) as population
    from {{ ref('bench_force_cells') }} as cells
    inner join {{ ref('dim_force') }} as forces
        on cells.force_id = forces.force_id
    inner join {{ ref('dim_area_member') }} as members
        on cells.force_id = members.force_id
    left join {{ ref('dim_value_note') }} as notes
        on cells.value_note = notes.value_note
),

areas as (
    select
        area_id, indicator_id, platform, account_scope, period_type, period_start, period_end, is_complete,
        days_since_end_count,
        {% for sum in sums %}
        sum({{ sum }}) filter (where is_counted) as {{ sum }},
        {% endfor %}
        count(*) as member_count,
        count(*) filter (where is_valued) as valued_count,
        count(*) filter (where is_covered) as covered_count,
        count(*) filter (where is_expected) as expected_count,
        greatest(sum(population) filter (where is_covered), 0) as covered_population,
        greatest(sum(population) filter (where is_expected), 0) as expected_population,
        {{ list_text('case when is_expected and not is_covered then force_id end', 'force_id') }} as forces_missing,
        coalesce(bool_or(value_note = 'provisional'), false) as is_any_provisional,
        min(position) as first_position,
        min(note_detail) as member_detail,
        min(population_vintage) filter (where is_valued or area_id = force_id) as first_vintage,
        max(population_vintage) filter (where is_valued or area_id = force_id) as last_vintage
    from members
    group by
        area_id, indicator_id, platform, account_scope, period_type, period_start, period_end, is_complete,
        days_since_end_count
),

-- Forces that could have a value and have none in any period: they count among those that are expected.
missing as (
    select
        areas.area_id, areas.indicator_id, areas.platform, areas.account_scope, areas.period_type, areas.period_start,
        count(distinct reasons.area_id) as missing_count,
        greatest(sum(forces.population), 0) as missing_population,
        {{ list_text('reasons.area_id', 'reasons.area_id') }} as missing_forces,
        min(notes.position) as missing_position
    from areas
    inner join {{ ref('dim_area_member') }} as members
        on areas.area_id = members.area_id
    inner join {{ ref('bench_not_available') }} as reasons
        on members.force_id = reasons.area_id
            and areas.indicator_id = reasons.indicator_id
            and areas.platform = reasons.platform
            and areas.period_end >= coalesce(reasons.from_date, cast('1900-01-01' as date))
            and areas.period_end < coalesce(reasons.until_date, cast('9999-12-31' as date))
    inner join {{ ref('dim_force') }} as forces
        on reasons.area_id = forces.force_id
    inner join {{ ref('dim_value_note') }} as notes
        on reasons.value_note = notes.value_note and notes.is_number_expected
    group by
        areas.area_id, areas.indicator_id, areas.platform, areas.account_scope, areas.period_type, areas.period_start
),

noted as (
    select
        areas.*,
        areas.expected_count + greatest(missing.missing_count, 0) as all_expected_count,
        areas.covered_population
        / cast(nullif(areas.expected_population + greatest(missing.missing_population, 0), 0) as double)
            as covered_share,
        nullif(concat_ws(', ', areas.forces_missing, missing.missing_forces), '') as all_missing,
        indicators.unit,
        indicators.indicator_version,
        indicators.kind,
        case indicators.known_by when 'messages' then 'public' when 'direct_messages' then 'direct' end as channel,
        indicators.multiplier,
        indicators.minimum_n,
        indicators.interval_method,
        indicators.horizon,
        indicators.denominator_measure = 'resident_count' as is_per_head,
        dim_area.area_type = 'group' as is_group,
        case
            when not areas.is_complete and notes.value_note not in ('no_account', 'too_few_residents', 'not_applicable')
                then 'provisional'
            when areas.covered_count = 0
                or areas.covered_population < {{ var('minimum_resident_share') }} * (
                    areas.expected_population + greatest(missing.missing_population, 0)
                )
                or (
                    areas.expected_population + greatest(missing.missing_population, 0) = 0
                    and areas.covered_count < {{ var('minimum_group_share') }} * (
                        areas.expected_count + greatest(missing.missing_count, 0)
                    )
                ) then notes.value_note
            when areas.n is null or areas.n < indicators.minimum_n then 'suppressed'
            when areas.denominator = 0 then 'nothing_to_count'
        end as value_note,
        'fewer than ' || indicators.minimum_n || ' to count' as suppressed_detail
    from areas
    inner join {{ ref('dim_indicator') }} as indicators
        on areas.indicator_id = indicators.indicator_id
    inner join {{ ref('dim_area') }} as dim_area
        on areas.area_id = dim_area.area_id
    left join missing
        on areas.area_id = missing.area_id
            and areas.indicator_id = missing.indicator_id
            and areas.platform = missing.platform
            and areas.account_scope = missing.account_scope
            and areas.period_type = missing.period_type
            and areas.period_start = missing.period_start
    left join {{ ref('dim_value_note') }} as notes
        on least(areas.first_position, missing.missing_position) = notes.position
)

select
    indicator_id, indicator_version, kind, channel,
    area_id, platform, account_scope, period_type, period_start, period_end,
    days_since_end_count, {{ sums | join(', ') }},
    unit, multiplier, minimum_n, interval_method, horizon, value_note,
    case
        when not is_group then member_detail
        when value_note = 'suppressed' then suppressed_detail
        else
            'forces with a value: ' || valued_count || ' of ' || all_expected_count
            || coalesce(' (' || round(100 * nullif(covered_share, 1), 1) || '% of the residents)', '')
            || coalesce(', without ' || all_missing, '')
            || case when is_any_provisional then ', others are provisional' else '' end
    end as note_detail,
    is_group and is_any_provisional as is_any_provisional,
    case
        when not is_per_head then null
        when first_vintage = last_vintage then first_vintage
        else first_vintage || ' to ' || last_vintage
    end as population_vintage
from noted
