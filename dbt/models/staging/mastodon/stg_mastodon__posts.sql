-- Every pull is kept: a counter at an age needs the snapshot of that hour, not the day's last.
with passed as (
    select
        landed.*,
        {{ run_number('landed.run_id') }}
    from {{ source('mastodon', 'posts') }} as landed
    where not exists (
            select 1
            from {{ ref('stg_landing__quarantined') }} as refused
            where refused.run_id = landed.run_id and refused.account_id = landed.account_id
        )
),

final as (
    select
        'mastodon' as landing_source,
        'mastodon' as platform,
        force_id,
        account_id,
        id as post_id,
        kind,
        created_at_utc,
        pulled_at_utc,
        run_id,
        run_number,
        cast(null as bigint) as view_count,
        cast(null as bigint) as impression_count,
        cast(null as bigint) as reach_count,
        cast(favourites_count as bigint) as like_count,
        cast(reblogs_count as bigint) as share_count,
        cast(quotes_count as bigint) as quote_count,
        cast(replies_count as bigint) as comment_count,
        cast(null as bigint) as click_count
    from passed
)

select * from final
