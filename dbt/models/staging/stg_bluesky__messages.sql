-- sent_at_utc is the server's receipt; created_at_utc is only what the sender's client claims.
with latest as (
    {{ latest_passed('bluesky', 'messages', 'landed.account_id, landed.uri', "'bluesky'") }}
),

final as (
    select
        'bluesky' as landing_source,
        'bluesky' as platform,
        force_id,
        account_id,
        'public' as channel,
        thread_uri as conversation_id,
        uri as message_id,
        post_uri as post_id,
        direction,
        cast(null as boolean) as is_automatic,
        indexed_at_utc as sent_at_utc,
        pulled_at_utc,
        run_id
    from latest
)

select * from final
