with latest as (
    {{ latest_passed('mastodon', 'messages', 'landed.account_id, landed.id', "'mastodon'") }}
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
        status_id as post_id,
        direction,
        cast(null as boolean) as is_automatic,
        created_at_utc as sent_at_utc,
        pulled_at_utc,
        run_id
    from latest
)

select * from final
