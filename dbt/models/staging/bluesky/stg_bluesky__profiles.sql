with passed as (
    select landed.*
    from {{ source('bluesky', 'profiles') }} as landed
    left join {{ ref('stg_landing__quarantined') }} as refused
        on landed.run_id = refused.run_id
            and landed.account_id = refused.account_id
    where refused.run_id is null
),

final as (
    select
        'bluesky' as landing_source,
        'bluesky' as platform,
        force_id,
        account_id,
        pulled_at_utc,
        run_id,
        cast(followers_count as bigint) as follower_count,
        cast(false as boolean) as is_follower_count_hidden,
        cast(posts_count as bigint) as lifetime_post_count
    from passed
)

select * from final
