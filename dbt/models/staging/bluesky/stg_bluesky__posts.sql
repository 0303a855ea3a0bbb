-- Every pull is kept: a counter at an age needs the snapshot of that hour, not the day's last.
-- A post dated more than a day before the server had it is an import from elsewhere, and no activity of its day.
with passed as (
    select
        landed.*,
        {{ run_number('landed.run_id') }}
    from {{ source('bluesky', 'posts') }} as landed
    where landed.created_at_utc >= {{ plus_hours('landed.indexed_at_utc', -24) }}
        and not exists (
            select 1
            from {{ ref('stg_landing__quarantined') }} as refused
            where refused.run_id = landed.run_id and refused.account_id = landed.account_id
        )
),

final as (
    select
        'bluesky' as landing_source,
        'bluesky' as platform,
        force_id,
        account_id,
        uri as post_id,
        kind,
        least(created_at_utc, indexed_at_utc) as created_at_utc,
        pulled_at_utc,
        run_id,
        run_number,
        cast(null as bigint) as view_count,
        cast(null as bigint) as impression_count,
        cast(null as bigint) as reach_count,
        cast(like_count as bigint) as like_count,
        cast(repost_count as bigint) as share_count,
        cast(quote_count as bigint) as quote_count,
        cast(reply_count as bigint) as comment_count,
        cast(null as bigint) as click_count
    from passed
)

select * from final
