{{ config(materialized='table') }}

-- depends_on: {{ ref('corrections') }}
with register as (
    select * from {{ read_register('corrections.csv') if is_sandbox() else ref('corrections') }}
),

final as (
    select
        cast(correction_id as varchar) as correction_id,
        cast(platform as varchar) as platform,
        cast(account_id as varchar) as account_id,
        cast(post_id as varchar) as post_id,
        cast(counter as varchar) as counter,
        cast(from_date as date) as from_date,
        cast(until_date as date) as until_date,
        cast(replacement as bigint) as replacement,
        cast(reason as varchar) as reason,
        cast(corrected_by as varchar) as corrected_by,
        cast(corrected_date as date) as corrected_date
    from register
)

select * from final
