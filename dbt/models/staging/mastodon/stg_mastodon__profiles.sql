with passed as (
    select landed.*
    from {{ source('mastodon', 'profiles') }} as landed
    inner join {{ ref('stg_landing__passed') }} as gate
        on landed.run_id = gate.run_id
            and landed.force_id = gate.force_id
            and gate.landing_source = 'mastodon'
),

final as (
    select
        'mastodon' as landing_source,
        'mastodon' as platform,
        force_id,
        account_id,
        pulled_at_utc,
        run_id,
        cast(followers_count as bigint) as follower_count,
        cast(false as boolean) as is_follower_count_hidden,
        cast(statuses_count as bigint) as lifetime_post_count
    from passed
)

select * from final
