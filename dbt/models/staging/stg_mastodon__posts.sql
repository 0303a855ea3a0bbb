-- Every pull is kept: a counter at an age needs the snapshot of that hour, not the day's last.
with latest as (
    {{ latest_passed('mastodon', 'posts', 'landed.account_id, landed.id, landed.run_id', "'mastodon'", 'kind, favourites_count desc, reblogs_count desc') }}
),

final as (
    select
        'mastodon' as landing_source,
        'mastodon' as platform,
        force_id,
        account_id,
        id as post_id,
        kind as kind,
        created_at_utc as created_at_utc,
        pulled_at_utc,
        run_id,
        cast(null as bigint) as view_count,
        cast(null as bigint) as impression_count,
        cast(null as bigint) as reach_count,
        cast(favourites_count as bigint) as like_count,
        cast(reblogs_count as bigint) as share_count,
        cast(quotes_count as bigint) as quote_count,
        cast(replies_count as bigint) as comment_count,
        cast(null as bigint) as click_count
    from latest
)

select * from final
