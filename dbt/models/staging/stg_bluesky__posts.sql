-- Every pull is kept: a counter at an age needs the snapshot of that hour, not the day's last.
with latest as (
    {{ latest_passed('bluesky', 'posts', 'landed.account_id, landed.uri, landed.run_id', "'bluesky'", 'kind, like_count desc, repost_count desc') }}
),

final as (
    select
        'bluesky' as landing_source,
        'bluesky' as platform,
        force_id,
        account_id,
        uri as post_id,
        kind as kind,
        created_at_utc as created_at_utc,
        pulled_at_utc,
        run_id,
        cast(null as bigint) as view_count,
        cast(null as bigint) as impression_count,
        cast(null as bigint) as reach_count,
        cast(like_count as bigint) as like_count,
        cast(repost_count as bigint) as share_count,
        cast(quote_count as bigint) as quote_count,
        cast(reply_count as bigint) as comment_count,
        cast(null as bigint) as click_count
    from latest
)

select * from final
