-- depends_on: {{ ref('neighbourhoods') }}
with register as (
    select * from {{ read_register('neighbourhoods.csv') if is_sandbox() else ref('neighbourhoods') }}
),

final as (
    select
        cast(force_id as varchar) as force_id,
        cast(neighbourhood_id as varchar) as neighbourhood_id,
        cast(neighbourhood_name as varchar) as neighbourhood_name,
        cast(resident_count as bigint) as resident_count,
        cast(no_residents_because as varchar) as no_residents_because,
        cast(account_ids as varchar) as account_ids,
        cast(valid_from_date as date) as valid_from_date,
        cast(valid_until_date as date) as valid_until_date,
        cast(source as varchar) as source,
        cast(source_date as date) as source_date
    from register
)

select * from final
