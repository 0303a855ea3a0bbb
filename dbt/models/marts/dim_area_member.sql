-- Which forces an area is made of: a force of itself, a group of those that fit what its row says.
with members as (
    select force_id as area_id, force_id
    from {{ ref('forces') }}
    union all
    select area_groups.area_id, forces.force_id
    from {{ ref('area_groups') }} as area_groups
    inner join {{ ref('forces') }} as forces
        on (area_groups.country is null or '|' || area_groups.country || '|' like '%|' || forces.country || '|%')
            and (area_groups.force_type is null or area_groups.force_type = forces.force_type)
            and (area_groups.without_force_id is null or area_groups.without_force_id <> forces.force_id)
)

select
    area_id,
    force_id,
    {{ is_invented() }} as is_invented
from members
order by area_id, force_id
