select
    landed.force_id,
    landed.post_id,
    landed.outcome,
    landed.outcome_date,
    landed.pulled_at_utc,
    landed.run_id
from {{ source('returns', 'outcomes') }} as landed
-- Outcomes name a post and no account.
where not exists (
        select 1
        from {{ ref('stg_landing__quarantined') }} as refused
        where refused.run_id = landed.run_id and refused.force_id = landed.force_id
    )
