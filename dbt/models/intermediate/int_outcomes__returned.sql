with final as (
    select
        account_id,
        post_id,
        outcome,
        outcome_date,
        max(pulled_at_utc) as returned_at_utc
    from {{ ref('stg_returns__outcomes') }}
    group by account_id, post_id, outcome, outcome_date
)

select * from final
