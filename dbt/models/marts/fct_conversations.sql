with final as (
    select
        account_id,
        message_id,
        force_id,
        platform,
        channel,
        landing_source,
        conversation_id,
        opened_at_utc,
        {{ to_london_date('opened_at_utc') }} as opened_date,
        first_reply_at_utc,
        followed_until_utc,
        is_answered,
        waited_seconds,
        {{ is_invented() }} as is_invented
    from {{ ref('int_conversations__answered') }}
    order by account_id, message_id
)

select * from final
