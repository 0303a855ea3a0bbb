-- sent_at_utc is the server's receipt; created_at_utc is only what the sender's client claims.
with passed as (
    select landed.*
    from {{ source('bluesky', 'messages') }} as landed
    left join {{ ref('stg_landing__quarantined') }} as refused
        on landed.run_id = refused.run_id
            and landed.account_id = refused.account_id
    where refused.run_id is null
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
        post_published_at_utc,
        direction,
        cast(null as boolean) as is_automatic,
        author_key,
        parent_uri as in_reply_to,
        has_question_mark,
        wording_key,
        cast(null as timestamp) as closed_at_utc,
        indexed_at_utc as sent_at_utc,
        pulled_at_utc,
        run_id
    from passed
)

select * from final
