-- METHOD 4.1: one asker's turn opens with a message after 24 hours without one from the same person in the thread;
-- where nobody says who wrote, the thread stands for the asker. first_reply_at_utc: METHOD 4.2, the first reply by a
-- person that follows, however late: to what this asker wrote, or where nobody says to whom, the first after it.
with targets as (
    select account_id, message_id, author_key
    from {{ ref('int_messages__unioned') }}
    where landing_source = 'returns' and direction = 'inbound'
),

messages as (
    select
        messages.*,
        messages.direction = 'inbound' as is_asked,
        messages.direction = 'outbound' and messages.is_automatic is not true as is_reply,
        targets.message_id is not null as is_addressed,
        coalesce(targets.author_key, messages.author_key, '') as asker
    from {{ ref('int_messages__unioned') }} as messages
    left join targets
        on messages.account_id = targets.account_id
            and messages.in_reply_to = targets.message_id
            and messages.direction = 'outbound'
),

turns as (
    select
        *,
        max(case when is_asked then sent_at_utc end) over (
            of_asker rows between unbounded preceding and 1 preceding
        ) as previous_asked_at_utc,
        min(case when is_reply and is_addressed then sent_at_utc end) over (
            of_asker rows between current row and unbounded following
        ) as addressed_reply_at_utc,
        min(case when is_reply and not is_addressed then sent_at_utc end) over (
            of_thread rows between current row and unbounded following
        ) as other_reply_at_utc,
        max(closed_at_utc) over (partition by account_id, channel, conversation_id) as last_closed_at_utc
    from messages
    window
        of_thread as (
            partition by account_id, channel, conversation_id
            order by sent_at_utc, direction, message_id
        ),
        of_asker as (
            partition by account_id, channel, conversation_id, asker
            order by sent_at_utc, direction, message_id
        )
)

select
    platform,
    force_id,
    account_id,
    channel,
    landing_source,
    conversation_id,
    message_id,
    sent_at_utc as opened_at_utc,
    author_key is not null as is_asker_known,
    pulled_at_utc,
    looked_at_until_utc,
    case when last_closed_at_utc >= sent_at_utc then last_closed_at_utc end as closed_at_utc,
    least(addressed_reply_at_utc, other_reply_at_utc) as first_reply_at_utc
from turns
where is_asked
    and (
        previous_asked_at_utc is null
        or {{ seconds_between('previous_asked_at_utc', 'sent_at_utc') }} >= 24 * 3600
    )
