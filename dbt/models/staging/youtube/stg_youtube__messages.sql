with passed as (
    select landed.*
    from {{ source('youtube', 'messages') }} as landed
    left join {{ ref('stg_landing__quarantined') }} as refused
        on landed.run_id = refused.run_id
            and landed.account_id = refused.account_id
    where refused.run_id is null
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
        post_published_at_utc,
        direction,
        cast(null as boolean) as is_automatic,
        author_key,
        answered_comment_id as in_reply_to,
        has_question_mark,
        wording_key,
        cast(null as timestamp) as closed_at_utc,
        published_at_utc as sent_at_utc,
        pulled_at_utc,
        run_id
    from passed
)

select * from final
