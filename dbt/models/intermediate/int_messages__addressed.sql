{{ config(materialized='table') }}

-- METHOD 4.1 and 4.2: whom each message is about. asker: of the public's the person who wrote it (where nobody says
-- who, the thread stands for them); of ours the person whom it answers: who wrote the message above it, or where that
-- is ours too, whom that one answered; nobody where we go on beneath our own post.
-- is_unsaid: ours, and the platform or the tool does not say whom it answers.
-- is_machine: the platform flags it, it came within seconds, or the account gave many the same wording in a week.
with messages as (
    select
        *,
        {{ to_london_date('sent_at_utc') }} as sent_date
    from {{ ref('int_messages__unioned') }}
),

worded as (
    select
        account_id,
        message_id,
        count(*) over (
            partition by account_id, wording_key
            order by sent_date
            range between interval 6 days preceding and current row
        ) as same_wording_count
    from messages
    where direction = 'outbound' and wording_key is not null
),

ours as (
    select
        messages.account_id,
        messages.message_id,
        messages.conversation_id,
        messages.post_id,
        messages.in_reply_to,
        messages.sent_at_utc,
        messages.is_automatic,
        above.message_id as above_id,
        above.sent_at_utc as above_sent_at_utc,
        case
            when above.direction = 'inbound' then coalesce(above.author_key, '')
            when further.direction = 'inbound' then coalesce(further.author_key, '')
        end as asker
    from messages
    left join messages as above
        on messages.account_id = above.account_id and messages.in_reply_to = above.message_id
    left join messages as further
        on above.account_id = further.account_id and above.in_reply_to = further.message_id
    where messages.direction = 'outbound'
),

told as (
    select
        ours.account_id,
        ours.message_id,
        ours.asker,
        -- What begins a thread answers nobody in it.
        coalesce(ours.message_id <> ours.conversation_id, true)
        and ours.above_id is null
        and coalesce(ours.in_reply_to <> ours.post_id, true) as is_unsaid,
        coalesce(ours.is_automatic, false)
        or coalesce(
            {{ seconds_between('ours.above_sent_at_utc', 'ours.sent_at_utc') }}
            between 0 and {{ var('automatic_within_seconds') }}, false
        )
        or coalesce(worded.same_wording_count >= {{ var('automatic_from_same_wording') }}, false) as is_machine
    from ours
    left join worded
        on ours.account_id = worded.account_id and ours.message_id = worded.message_id
)

select
    messages.platform,
    messages.force_id,
    messages.account_id,
    messages.channel,
    messages.landing_source,
    messages.conversation_id,
    messages.post_id,
    messages.message_id,
    messages.direction,
    messages.sent_at_utc,
    messages.pulled_at_utc,
    messages.looked_at_until_utc,
    messages.closed_at_utc,
    messages.has_question_mark,
    messages.author_key is not null as is_asker_known,
    case when messages.direction = 'inbound' then coalesce(messages.author_key, '') else told.asker end as asker,
    coalesce(told.is_unsaid, false) as is_unsaid,
    coalesce(told.is_machine, false) as is_machine
from messages
left join told
    on messages.account_id = told.account_id and messages.message_id = told.message_id
