-- What can have no number, said once with its dates and not in each period (bench_force_reasons says why). It holds for
-- the periods that end on or after from_date and before until_date; an empty date is no bound.
--
-- forces_open: from when and until when a force can have a number.
with forces_open as (
    select
        reasons.force_id,
        reasons.indicator_id,
        reasons.platform,
        bool_or(reasons.from_date is null and reasons.until_date is null) as is_never,
        max(reasons.until_date) as opens_date,
        min(reasons.from_date) as closes_date,
        min(notes.position) filter (where reasons.from_date is null and reasons.until_date is null) as never_position,
        min(notes.position) filter (where reasons.until_date is not null) as until_position
    from {{ ref('bench_force_reasons') }} as reasons
    inner join {{ ref('dim_value_note') }} as notes
        on reasons.value_note = notes.value_note
    group by reasons.force_id, reasons.indicator_id, reasons.platform
),

-- A group can have a number as soon and as long as one of its forces can; otherwise it has the reason of theirs that
-- promises most.
areas_open as (
    select
        members.area_id,
        forces_open.indicator_id,
        forces_open.platform,
        bool_and(forces_open.is_never) as is_never,
        min(forces_open.opens_date) filter (where not forces_open.is_never) as opens_date,
        case
            when bool_and(forces_open.closes_date is not null) filter (where not forces_open.is_never)
                then max(forces_open.closes_date) filter (where not forces_open.is_never)
        end as closes_date,
        min(forces_open.never_position) as never_position,
        min(forces_open.until_position) filter (where not forces_open.is_never) as until_position
    from forces_open
    inner join {{ ref('dim_area_member') }} as members
        on forces_open.force_id = members.force_id
    group by members.area_id, forces_open.indicator_id, forces_open.platform
),

by_area as (
    select
        area_id,
        indicator_id,
        platform,
        cast(null as date) as from_date,
        cast(null as date) as until_date,
        never_position as position
    from areas_open
    where is_never
    union all
    select
        area_id,
        indicator_id,
        platform,
        null as from_date,
        opens_date as until_date,
        until_position as position
    from areas_open
    where not is_never and opens_date is not null
    union all
    select
        areas_open.area_id,
        areas_open.indicator_id,
        areas_open.platform,
        areas_open.closes_date as from_date,
        null as until_date,
        notes.position
    from areas_open
    inner join {{ ref('dim_value_note') }} as notes
        on notes.value_note = 'deprecated'
    where not areas_open.is_never and areas_open.closes_date is not null
)

select
    by_area.indicator_id,
    by_area.area_id,
    by_area.platform,
    by_area.from_date,
    by_area.until_date,
    notes.value_note,
    notes.sentence as note_detail,
    {{ is_invented() }} as is_invented
from by_area
inner join {{ ref('dim_value_note') }} as notes
    on by_area.position = notes.position
order by by_area.indicator_id, by_area.area_id, by_area.platform, by_area.from_date, by_area.until_date
