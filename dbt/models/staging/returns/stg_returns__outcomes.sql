select
    landed.account_id,
    landed.post_id,
    landed.outcome,
    landed.outcome_date,
    landed.pulled_at_utc,
    landed.run_id
from {{ source('returns', 'outcomes') }} as landed
left join {{ ref('stg_landing__quarantined') }} as refused
    on landed.run_id = refused.run_id
        and landed.account_id = refused.account_id
where refused.run_id is null
