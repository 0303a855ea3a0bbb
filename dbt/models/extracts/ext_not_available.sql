-- What can have no number for a force, said once with its dates: its rows of bench_not_available, with names.
select
    reasons.indicator_id,
    indicators.name as indicator_name,
    reasons.area_id as force_id,
    areas.area_name as force_name,
    reasons.platform,
    coalesce(platforms.platform_name, 'All platforms') as platform_name,
    reasons.from_date,
    reasons.until_date,
    reasons.value_note,
    reasons.note_detail,
    reasons.is_invented
from {{ ref('bench_not_available') }} as reasons
inner join {{ ref('dim_indicator') }} as indicators
    on reasons.indicator_id = indicators.indicator_id
inner join {{ ref('dim_area') }} as areas
    on reasons.area_id = areas.area_id and areas.area_type = 'force'
left join {{ ref('dim_platform') }} as platforms
    on reasons.platform = platforms.platform
