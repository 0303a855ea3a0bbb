with latest as (
    {{ latest_passed('youtube', 'messages', 'landed.account_id, landed.comment_id', "'youtube'") }}
),

final as (
    select
        'youtube' as landing_source,
        'youtube' as platform,
        force_id,
        account_id,
        'public' as channel,
        thread_id as conversation_id,
        comment_id as message_id,
        video_id as post_id,
        direction,
        cast(null as boolean) as is_automatic,
        published_at_utc as sent_at_utc,
        pulled_at_utc,
        run_id
    from latest
)

select * from final
