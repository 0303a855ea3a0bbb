{{ config(materialized='view', persist_docs={}) }}

-- A view: the largest table there is would otherwise be there twice.
with final as (
    select
        account_id,
        post_id,
        pulled_at_utc as observed_at_utc,
        run_id,
        force_id,
        platform,
        kind,
        created_at_utc,
        age_seconds,
        {{ post_counters() | join(',\n        ') }},
        {{ is_invented() }} as is_invented
    from {{ ref('int_posts__unioned') }}
)

select * from final
