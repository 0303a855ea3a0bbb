{{ config(materialized='table') }}

with final as (
    select distinct
        {{ landing_source('filename') }} as landing_source,
        run_id,
        platform,
        force_id,
        verdict
    from {{ source('landing', 'verdicts') }}
)

select * from final
