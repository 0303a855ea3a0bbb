with passed as (
    select landed.*
    from {{ source('youtube', 'profiles') }} as landed
    inner join {{ ref('stg_landing__passed') }} as gate
        on landed.run_id = gate.run_id
            and landed.force_id = gate.force_id
            and gate.landing_source = 'youtube'
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
