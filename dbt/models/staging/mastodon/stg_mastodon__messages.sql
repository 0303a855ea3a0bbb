with passed as (
    select landed.*
    from {{ source('mastodon', 'messages') }} as landed
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
        'public' as channel,
        thread_id as conversation_id,
        id as message_id,
        post_published_at_utc,
        direction,
        cast(null as boolean) as is_automatic,
        created_at_utc as sent_at_utc,
        pulled_at_utc,
        run_id
    from passed
)

select * from final
