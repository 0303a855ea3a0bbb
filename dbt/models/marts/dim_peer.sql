-- METHOD 7: the forces that each force is held against, nearest first. A force that an official list names (the seed
-- peers) has the list's; any other its statistical neighbours: standardised variables, Euclidean distance, scaled so
-- that the farthest pair is 1. Neighbours are territorial forces with rates per head of which every variable is known:
-- a force of which one is not known has no place among them, so without a list it has no peers and is nobody's.
{% set variables = ['log_residents', 'residents_growth_pct', 'officers_per_1k'] %}
with described as (
    select
        forces.force_id,
        newest.population,
        ln(newest.population) as log_residents,
        100 * (
            power(
                newest.population / cast(earlier.population as double),
                1.0 / nullif(newest.from_year - cast(earlier.reference_year as integer), 0)
            ) - 1
        ) as residents_growth_pct,
        1000 * forces.officers_fte / cast(newest.population as double) as officers_per_1k
    from {{ ref('dim_force') }} as forces
    inner join {{ ref('dim_force_population') }} as newest
        on forces.force_id = newest.force_id
            and newest.until_year is null
    left join {{ ref('force_populations') }} as earlier
        on forces.force_id = earlier.force_id
            and earlier.vintage = '{{ var("neighbours_growth_from") }}'
    where forces.force_type = 'territorial'
        and forces.is_per_head
),

measured as (
    {% for variable in variables %}
    select
        force_id,
        '{{ variable }}' as variable,
        {{ variable }} as measured_value
    from described
    where {{ variables | join(' + ') }} is not null  -- each of them is
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

centred as (
    select
        force_id,
        variable,
        measured_value
        - cast(sum({{ exact('measured_value') }}) over (partition by variable) as double)
        / count(*) over (partition by variable) as off_centre
    from measured
),

standardised as (
    select
        force_id,
        variable,
        off_centre / nullif(sqrt(
            cast(sum({{ exact('power(off_centre, 2)') }}) over (partition by variable) as double)
            / count(*) over (partition by variable)
        ), 0) as z
    from centred
),

pairs as (
    select
        ours.force_id,
        theirs.force_id as peer_force_id,
        sqrt(cast(sum({{ exact('power(ours.z - theirs.z, 2)') }}) as double)) as distance
    from standardised as ours
    inner join standardised as theirs
        on ours.variable = theirs.variable
            and ours.force_id <> theirs.force_id
    group by ours.force_id, theirs.force_id
),

-- Rounded, so that two that differ by rounding alone are as near as each other.
scaled as (
    select
        force_id,
        peer_force_id,
        round(distance / nullif(max(distance) over (), 0), 6) as distance
    from pairs
),

ordered as (
    select
        *,
        row_number() over (partition by force_id order by distance, peer_force_id) as nth
    from scaled
),

chosen as (
    select force_id, peer_force_id, source
    from {{ ref('peers') }}
    union all
    select
        ordered.force_id,
        ordered.peer_force_id,
        'statistical neighbours (our method): residents on the logarithm, their growth a year since'
        || ' {{ var("neighbours_growth_from") }}, officers per 1,000 residents' as source
    from ordered
    left join (select distinct force_id from {{ ref('peers') }}) as listed
        on ordered.force_id = listed.force_id
    where ordered.nth <= {{ var('neighbours_count') }}
        and listed.force_id is null
)

select
    chosen.force_id,
    chosen.peer_force_id,
    scaled.distance,
    row_number() over (
        partition by chosen.force_id order by scaled.distance nulls last, chosen.peer_force_id
    ) as position,
    chosen.source,
    {% for variable in ['population', 'residents_growth_pct', 'officers_per_1k'] %}
    ours.{{ variable }},
    theirs.{{ variable }} as peer_{{ variable }},
    {% endfor %}
    {{ is_invented() }} as is_invented
from chosen
left join scaled
    on chosen.force_id = scaled.force_id
        and chosen.peer_force_id = scaled.peer_force_id
left join described as ours
    on chosen.force_id = ours.force_id
left join described as theirs
    on chosen.peer_force_id = theirs.force_id
order by chosen.force_id, position
