-- Outcomes name a post and no platform: the gate's word on the force's run is enough.
with gate as (
    select distinct run_id, force_id
    from {{ ref('stg_landing__passed') }}
    where landing_source = 'returns'
),

final as (
    select
        landed.force_id,
        landed.post_id,
        landed.outcome,
        landed.outcome_date,
        landed.pulled_at_utc,
        landed.run_id
    from {{ source('returns', 'outcomes') }} as landed
    inner join gate
        on landed.run_id = gate.run_id
            and landed.force_id = gate.force_id
)

select * from final
