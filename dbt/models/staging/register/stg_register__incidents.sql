-- depends_on: {{ ref('incidents') }}
with register as (
    select * from {{ read_register('incidents.csv') if is_sandbox() else ref('incidents') }}
),

final as (
    select
        cast(incident_id as varchar) as incident_id,
        cast(incident_name as varchar) as incident_name,
        cast(incident_type as varchar) as incident_type,
        cast(force_id as varchar) as force_id,
        cast(from_date as date) as from_date,
        cast(until_date as date) as until_date,
        cast(declared_by as varchar) as declared_by,
        cast(declared_date as date) as declared_date,
        cast(source as varchar) as source
    from register
)

select * from final
