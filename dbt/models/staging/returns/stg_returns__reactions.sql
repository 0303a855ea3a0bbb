select
    landed.account_id,
    landed.platform,
    landed.post_id,
    landed.kind,
    landed.created_at_utc,
    landed.observed_at_utc as pulled_at_utc,
    landed.run_id,
    {% for reaction in var('reactions') %}
    cast(landed.{{ reaction }}_reaction_count as bigint) as {{ reaction }}_reaction_count,
    {% endfor %}
    landed.line
from {{ source('returns', 'posts') }} as landed
left join {{ ref('stg_landing__quarantined') }} as refused
    on landed.run_id = refused.run_id
        and landed.account_id = refused.account_id
where refused.run_id is null
