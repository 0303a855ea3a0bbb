with final as (
    select
        account_id,
        force_id,
        platform,
        pulled_date as observed_date,
        pulled_at_utc as observed_at_utc,
        follower_count,
        is_follower_count_hidden,
        post_count,
        landing_source,
        {{ is_invented() }} as is_invented
    from {{ ref('int_profiles__unioned') }}
    order by account_id, observed_date
)

select * from final
