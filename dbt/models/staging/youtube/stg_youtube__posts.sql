-- Every pull is kept: a counter at an age needs the snapshot of that hour, not the day's last.
with passed as (
    select
        landed.*,
        {{ run_number('landed.run_id') }}
    from {{ source('youtube', 'posts') }} as landed
    where not exists (
            select 1
            from {{ ref('stg_landing__quarantined') }} as refused
            where refused.run_id = landed.run_id and refused.account_id = landed.account_id
        )
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
        run_number,
        cast(view_count as bigint) as view_count,
        cast(null as bigint) as impression_count,
        cast(null as bigint) as reach_count,
        cast(like_count as bigint) as like_count,
        cast(null as bigint) as share_count,
        cast(null as bigint) as quote_count,
        cast(comment_count as bigint) as comment_count,
        cast(null as bigint) as click_count
    from passed
)

select * from final
