with passed as (
    select landed.*
    from {{ source('youtube', 'profiles') }} as landed
    left join {{ ref('stg_landing__quarantined') }} as refused
        on landed.run_id = refused.run_id
            and landed.account_id = refused.account_id
    where refused.run_id is null
),

final as (
    select
        'youtube' as landing_source,
        'youtube' as platform,
        force_id,
        account_id,
        pulled_at_utc,
        run_id,
        cast(subscriber_count as bigint) as follower_count,
        is_subscriber_count_hidden as is_follower_count_hidden,
        cast(video_count as bigint) as lifetime_post_count
    from passed
)

select * from final
