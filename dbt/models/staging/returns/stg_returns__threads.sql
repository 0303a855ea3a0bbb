-- Which return shows which conversation, also where a later one has the same messages.
select distinct
    landed.account_id,
    landed.channel,
    landed.conversation_id,
    landed.run_id
from {{ source('returns', 'messages') }} as landed
left join {{ ref('stg_landing__quarantined') }} as refused
    on landed.run_id = refused.run_id
        and landed.account_id = refused.account_id
where refused.run_id is null
