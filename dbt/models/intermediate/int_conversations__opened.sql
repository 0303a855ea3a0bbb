{{ config(materialized='table') }}

-- METHOD 4.1: one asker's turn opens with a message after 24 hours without one from the same person in the thread.
-- Our own message before it does not hide it. is_closing: it asks nothing (no question mark) and follows our reply to
-- the same person within seven days; it is counted apart, and what is asked after it opens a turn of its own.
with messages as (
    select
        *,
        direction = 'inbound' as is_asked,
        direction = 'outbound' and not is_machine as is_reply
    from {{ ref('int_messages__addressed') }}
),

replied as (
    select
        *,
        greatest(
            max(case when is_reply then sent_at_utc end) over (
                partition by account_id, channel, conversation_id, asker
                order by sent_at_utc, direction, message_id
                rows between unbounded preceding and 1 preceding
            ),
            max(case when is_reply and is_unsaid then sent_at_utc end) over (
                partition by account_id, channel, conversation_id
                order by sent_at_utc, direction, message_id
                rows between unbounded preceding and 1 preceding
            )
        ) as last_reply_at_utc,
        max(closed_at_utc) over (partition by account_id, channel, conversation_id) as last_closed_at_utc
    from messages
),

asked as (
    select
        *,
        coalesce(
            not has_question_mark
            and {{ seconds_between('last_reply_at_utc', 'sent_at_utc') }} <= {{ 86400 * var('closing_within_days') }},
            false
        ) as is_closing
    from replied
    where is_asked
),

turns as (
    select
        *,
        max(case when not is_closing then sent_at_utc end) over (
            partition by account_id, channel, conversation_id, asker
            order by sent_at_utc, direction, message_id
            rows between unbounded preceding and 1 preceding
        ) as previous_asked_at_utc
    from asked
)

select
    platform,
    force_id,
    account_id,
    channel,
    landing_source,
    conversation_id,
    post_id,
    message_id,
    asker,
    is_asker_known,
    is_closing,
    sent_at_utc as opened_at_utc,
    pulled_at_utc,
    looked_at_until_utc,
    case when last_closed_at_utc >= sent_at_utc then last_closed_at_utc end as closed_at_utc
from turns
where previous_asked_at_utc is null
    or {{ seconds_between('previous_asked_at_utc', 'sent_at_utc') }} >= 24 * 3600
