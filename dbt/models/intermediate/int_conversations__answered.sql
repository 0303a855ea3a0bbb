-- METHOD 4.2 and 4.3: the clock stops at the first reply by a person; unanswered is waiting, not absent.
-- Waiting is censored at the last look, so that not having looked is not taken for silence.
with opened as (
    select * from {{ ref('int_conversations__opened') }}
),

replies as (
    select
        opened.account_id,
        opened.message_id,
        min(replies.sent_at_utc) as first_reply_at_utc
    from opened
    inner join {{ ref('int_messages__unioned') }} as replies
        on opened.account_id = replies.account_id
            and opened.channel = replies.channel
            and opened.conversation_id = replies.conversation_id
            and opened.opened_at_utc <= replies.sent_at_utc
            and {{ plus_hours('opened.opened_at_utc', 24 * var('replies_count_for_days')) }} >= replies.sent_at_utc
    where replies.direction = 'outbound' and replies.is_automatic is not true
    group by opened.account_id, opened.message_id
),

final as (
    select
        opened.*,
        replies.first_reply_at_utc,
        replies.first_reply_at_utc is not null as is_answered,
        case
            when replies.first_reply_at_utc is not null
                then {{ seconds_between('opened.opened_at_utc', 'replies.first_reply_at_utc') }}
            else {{ seconds_between('opened.opened_at_utc', 'opened.followed_until_utc') }}
        end as waited_seconds
    from opened
    left join replies
        on opened.account_id = replies.account_id
            and opened.message_id = replies.message_id
)

select * from final
