-- Every pull is kept: a counter at an age needs the snapshot of that hour, not the day's last.
with passed as (
    select
        landed.*,
        {{ number_of_run('landed.run_id') }} as run_number
    from {{ source('mastodon', 'posts') }} as landed
    left join {{ ref('stg_landing__quarantined') }} as refused
        on landed.run_id = refused.run_id
            and landed.account_id = refused.account_id
    where refused.run_id is null
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
        cast(null as bigint) as click_count,
        false as is_comments_off,
        purpose,
        cast(purpose_rules_version as integer) as purpose_rules_version
    from passed
)

select * from final
