-- METHOD 4.1: a message from the public opens a conversation after 24 hours of silence both ways. first_reply_at_utc:
-- METHOD 4.2, the first reply by a person that follows, however late.
with messages as (
    select
        *,
        lag(sent_at_utc) over thread as previous_sent_at_utc,
        min(case when direction = 'outbound' and is_automatic is not true then sent_at_utc end) over (
            thread rows between current row and unbounded following
        ) as first_reply_at_utc
    from {{ ref('int_messages__unioned') }}
    window thread as (
        partition by account_id, channel, conversation_id
        order by sent_at_utc, direction, message_id
    )
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
        pulled_at_utc,
        looked_at_until_utc,
        first_reply_at_utc
    from messages
    where direction = 'inbound'
        and (
            previous_sent_at_utc is null
            or {{ seconds_between('previous_sent_at_utc', 'sent_at_utc') }} >= 24 * 3600
        )
)

select * from final
