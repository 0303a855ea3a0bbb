{{ config(materialized='table') }}

-- What of the landing does not count, and why. pipelines/landing/quarantine.py says it of all runs of a day together.
with final as (
    select
        run_id,
        platform,
        force_id,
        account_id,
        expectation,
        detail
    from {{ source('landing', 'quarantined') }}
)

select * from final
