{{ config(materialized='table') }}

-- run_number orders the runs: of two pulls of one moment the greater is the later.
-- What the landing gate let pass. A quarantined force, and a run that died before its gate, are not here.
with final as (
    select distinct
        dense_rank() over (order by run_id) as run_number,
        {{ landing_source('filename') }} as landing_source,
        run_id,
        platform,
        force_id
    from {{ source('landing', 'verdicts') }}
    where verdict = 'passed'
)

select * from final
