-- METHOD 4.2: for each turn the first reply by a person to that asker, however late, from any account of the force, and
-- the first of a machine. A reply that does not say whom it answers answers one asker: whoever has waited longest in
-- its thread and has no reply of their own. Of the k-th who waits that is reply number k + max(j <= k: next(j) - j),
-- next(j) being the first such reply after the j-th asked, since none is given twice.
with replies as (
    select
        *,
        row_number() over (
            partition by account_id, channel, conversation_id, is_unsaid and not is_machine
            order by sent_at_utc, message_id
        ) as unsaid_number
    from {{ ref('int_messages__addressed') }}
    where direction = 'outbound'
),

addressed as (
    select
        turns.account_id,
        turns.message_id,
        min(case when not replies.is_machine then replies.sent_at_utc end) as first_reply_at_utc,
        min(case when replies.is_machine then replies.sent_at_utc end) as first_machine_at_utc
    from {{ ref('int_conversations__opened') }} as turns
    inner join replies
        on turns.account_id = replies.account_id
            and turns.channel = replies.channel
            and turns.conversation_id = replies.conversation_id
            and (turns.asker = replies.asker or (replies.is_unsaid and replies.is_machine))
            and turns.opened_at_utc <= replies.sent_at_utc
    group by turns.account_id, turns.message_id
),

waiting as (
    select
        turns.account_id,
        turns.channel,
        turns.conversation_id,
        turns.asker,
        turns.opened_at_utc,
        turns.message_id,
        row_number() over (
            partition by turns.account_id, turns.channel, turns.conversation_id
            order by turns.opened_at_utc, turns.message_id
        ) as place,
        min(replies.unsaid_number) as next_number
    from {{ ref('int_conversations__opened') }} as turns
    inner join replies
        on turns.account_id = replies.account_id
            and turns.channel = replies.channel
            and turns.conversation_id = replies.conversation_id
            and turns.opened_at_utc <= replies.sent_at_utc
            and replies.is_unsaid and not replies.is_machine
    left join addressed
        on turns.account_id = addressed.account_id and turns.message_id = addressed.message_id
    where addressed.first_reply_at_utc is null and not turns.is_closing
    group by
        turns.account_id, turns.channel, turns.conversation_id, turns.asker, turns.opened_at_utc, turns.message_id
),

queued as (
    select
        *,
        place + max(next_number - place) over (
            partition by account_id, channel, conversation_id
            order by place
            rows between unbounded preceding and current row
        ) as given_number
    from waiting
),

-- Whoever was given a reply has it for each turn of theirs that was open.
given as (
    select
        turns.account_id,
        turns.message_id,
        min(replies.sent_at_utc) as first_reply_at_utc
    from queued
    inner join replies
        on queued.account_id = replies.account_id
            and queued.channel = replies.channel
            and queued.conversation_id = replies.conversation_id
            and queued.given_number = replies.unsaid_number
            and replies.is_unsaid and not replies.is_machine
    inner join {{ ref('int_conversations__opened') }} as turns
        on queued.account_id = turns.account_id
            and queued.channel = turns.channel
            and queued.conversation_id = turns.conversation_id
            and queued.asker = turns.asker
            and replies.sent_at_utc >= turns.opened_at_utc
    group by turns.account_id, turns.message_id
)

select
    turns.*,
    least(addressed.first_reply_at_utc, given.first_reply_at_utc) as first_reply_at_utc,
    addressed.first_machine_at_utc
from {{ ref('int_conversations__opened') }} as turns
left join addressed
    on turns.account_id = addressed.account_id and turns.message_id = addressed.message_id
left join given
    on turns.account_id = given.account_id and turns.message_id = given.message_id
