{{ config(materialized='view') }}

-- In which periods a declared incident concerned a force, or one that a group counts in. A force is an area of itself.
with concerned as (
    select distinct
        members.area_id,
        incidents.incident_name,
        periods.period_type,
        periods.period_start,
        periods.period_end
    from {{ ref('dim_incident') }} as incidents
    inner join {{ ref('dim_area_member') }} as members
        on incidents.force_id = members.force_id
    inner join {{ ref('dim_period') }} as periods
        on incidents.from_date <= periods.period_end and incidents.until_date >= periods.period_start
)

select
    area_id,
    period_type,
    period_start,
    period_end,
    cast({{ days_between('period_start', 'period_end') }} + 1 as double) as period_day_count,
    {{ list_text('incident_name', 'incident_name') }} as incidents
from concerned
group by area_id, period_type, period_start, period_end
