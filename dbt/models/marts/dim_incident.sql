-- Declared emergencies, disorder, campaigns and events: a row for each force that one concerns.
select
    incident_id,
    incident_name,
    incident_type,
    force_id,
    from_date,
    until_date,
    declared_by,
    declared_date,
    source,
    {{ is_invented() }} as is_invented
from {{ ref('stg_register__incidents') }}
order by from_date, incident_id, force_id
