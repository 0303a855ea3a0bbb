with latest as (
    {{ latest_passed('youtube', 'profiles', "landed.account_id, " ~ to_london_date('landed.pulled_at_utc'), "'youtube'") }}
),

final as (
    select
        'youtube' as landing_source,
        'youtube' as platform,
        force_id,
        account_id,
        pulled_at_utc,
        run_id,
        {{ to_london_date('pulled_at_utc') }} as pulled_date,
        cast(subscriber_count as bigint) as follower_count,
        is_subscriber_count_hidden as is_follower_count_hidden,
        cast(video_count as bigint) as post_count
    from latest
)

select * from final
