-- METHOD 4.1: a message from the public opens a conversation after 24 hours of silence both ways.
with messages as (
    select
        *,
        lag(sent_at_utc) over (
            partition by account_id, channel, conversation_id
            order by sent_at_utc, direction, message_id
        ) as previous_sent_at_utc
    from {{ ref('int_messages__unioned') }}
),

final as (
    select
        platform,
        force_id,
        account_id,
        channel,
        landing_source,
        conversation_id,
        message_id,
        sent_at_utc as opened_at_utc,
        followed_until_utc
    from messages
    where direction = 'inbound'
        and (
            previous_sent_at_utc is null
            or {{ seconds_between('previous_sent_at_utc', 'sent_at_utc') }} >= 24 * 3600
        )
)

select * from final
