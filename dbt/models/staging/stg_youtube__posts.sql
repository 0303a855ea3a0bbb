-- Every pull is kept: a counter at an age needs the snapshot of that hour, not the day's last.
with latest as (
    {{ latest_passed('youtube', 'posts', 'landed.account_id, landed.video_id, landed.run_id', "'youtube'", 'view_count desc, like_count desc, comment_count desc') }}
),

final as (
    select
        'youtube' as landing_source,
        'youtube' as platform,
        force_id,
        account_id,
        video_id as post_id,
        'post' as kind,
        published_at_utc as created_at_utc,
        pulled_at_utc,
        run_id,
        cast(view_count as bigint) as view_count,
        cast(null as bigint) as impression_count,
        cast(null as bigint) as reach_count,
        cast(like_count as bigint) as like_count,
        cast(null as bigint) as share_count,
        cast(null as bigint) as quote_count,
        cast(comment_count as bigint) as comment_count,
        cast(null as bigint) as click_count
    from latest
)

select * from final
