-- Every pull is kept: a counter at an age needs the snapshot of that hour, not the day's last.
-- A post dated more than a day before the server had it is an import from elsewhere, and no activity of its day.
with passed as (
    select
        landed.*,
        {{ number_of_run('landed.run_id') }} as run_number
    from {{ source('bluesky', 'posts') }} as landed
    left join {{ ref('stg_landing__quarantined') }} as refused
        on landed.run_id = refused.run_id
            and landed.account_id = refused.account_id
    where refused.run_id is null
        and landed.created_at_utc >= {{ plus_hours('landed.indexed_at_utc', -24) }}
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
        cast(null as bigint) as click_count,
        false as is_comments_off,
        purpose,
        cast(purpose_rules_version as integer) as purpose_rules_version
    from passed
)

select * from final
