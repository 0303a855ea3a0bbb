-- What a figure can be about: each force, and groups of forces. Groups are rows of the area_groups seed.
with areas as (
    select
        force_id as area_id,
        force_name as area_name,
        'force' as area_type,
        0 as position,
        true as has_curve
    from {{ ref('forces') }}
    union all
    select
        area_id,
        area_name,
        'group' as area_type,
        cast(position as integer) as position,
        cast(has_curve as boolean) as has_curve
    from {{ ref('area_groups') }}
)

select
    area_id,
    area_name,
    area_type,
    position,
    has_curve,
    {{ is_invented() }} as is_invented
from areas
order by area_id
