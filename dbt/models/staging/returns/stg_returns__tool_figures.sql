select
    landed.force_id,
    landed.platform,
    landed.account_id,
    landed.tool,
    landed.figure,
    landed.from_date,
    landed.to_date,
    landed.value,
    landed.unit,
    landed.pulled_at_utc as exported_at_utc,
    landed.line,
    landed.run_id
from {{ source('returns', 'tool_figures') }} as landed
left join {{ ref('stg_landing__quarantined') }} as refused
    on landed.run_id = refused.run_id
        and landed.account_id = refused.account_id
where refused.run_id is null
