-- Outcomes name a post and no platform: one verdict of the run that passed is enough.
with latest as (
    {{ latest_passed(
        'returns', 'outcomes', 'landed.force_id, landed.post_id, landed.outcome, landed.outcome_date',
        'verdicts.platform', 'landed.line desc'
    ) }}
),

final as (
    select
        force_id,
        post_id,
        outcome,
        outcome_date,
        pulled_at_utc,
        run_id
    from latest
)

select * from final
