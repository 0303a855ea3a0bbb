with final as (
    select
        force_id,
        post_id,
        outcome,
        outcome_date,
        returned_at_utc,
        {{ is_invented() }} as is_invented
    from {{ ref('int_outcomes__returned') }}
    order by force_id, post_id, outcome, outcome_date
)

select * from final
