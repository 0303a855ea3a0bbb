with latest as (
    {{ latest_passed('bluesky', 'profiles', "landed.account_id, " ~ to_london_date('landed.pulled_at_utc'), "'bluesky'") }}
),

final as (
    select
        'bluesky' as landing_source,
        'bluesky' as platform,
        force_id,
        account_id,
        pulled_at_utc,
        run_id,
        {{ to_london_date('pulled_at_utc') }} as pulled_date,
        cast(followers_count as bigint) as follower_count,
        cast(false as boolean) as is_follower_count_hidden,
        cast(posts_count as bigint) as post_count
    from latest
)

select * from final
