select
    landed.force_id,
    landed.post_id,
    landed.outcome,
    landed.outcome_date,
    landed.pulled_at_utc,
    landed.run_id
from {{ source('returns', 'outcomes') }} as landed
-- Outcomes name a post and no account.
left join {{ ref('stg_landing__quarantined') }} as refused
    on landed.run_id = refused.run_id
        and landed.force_id = refused.force_id
where refused.run_id is null
