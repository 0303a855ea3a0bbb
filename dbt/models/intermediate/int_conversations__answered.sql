-- METHOD 4.2 and 4.3: the clock stops at the first reply by a person; unanswered is waiting, not absent.
-- Waiting is censored at the last look, so that not having looked is not taken for silence. A pulse looks at some
-- threads of an account, and is no look at the others.
-- followed_until_utc: the last look is the last pull of the account's messages before the post grew too old, or the
-- pull that saw the message, if that is later; of a return its export, and that of others only as far as they show the
-- same conversation without a gap. It ends where a reply would no longer count. A conversation that was closed without
-- an answer is followed to there: nobody will answer it, and closing must not look better than leaving it open.
with opened as (
    select * from {{ ref('int_conversations__replied') }}
),

-- One line of time for each account, pulls and thread ends together: an as-of join that every engine has.
timeline as (
    select account_id, pulled_at_utc as at_utc, pulled_at_utc, false as is_thread_end
    from {{ ref('stg_landing__requests') }}
    where entity = 'messages' and status in ('landed', 'empty') and is_passed and landing_source <> 'returns'
        and is_pulse is not true
    union all
    select distinct
        account_id,
        looked_at_until_utc as at_utc,
        cast(null as timestamp) as pulled_at_utc,
        true as is_thread_end
    from opened
    where looked_at_until_utc is not null
),

last_looks as (
    select
        account_id,
        at_utc,
        is_thread_end,
        max(pulled_at_utc) over (
            partition by account_id
            order by at_utc
            range between unbounded preceding and current row
        ) as last_look_utc
    from timeline
),

returned_looks as (
    select
        opened.account_id,
        opened.message_id,
        max(threads.until_utc) as until_utc
    from opened
    inner join {{ ref('int_threads__returned') }} as threads
        on opened.account_id = threads.account_id
            and opened.channel = threads.channel
            and opened.conversation_id = threads.conversation_id
            and {{ to_london_date('opened.opened_at_utc') }} >= threads.from_date
            and opened.opened_at_utc <= threads.until_utc
    where opened.landing_source = 'returns'
    group by opened.account_id, opened.message_id
),

followed as (
    select
        opened.*,
        {{ plus_hours('opened.opened_at_utc', 24 * var('replies_count_for_days')) }} as counts_until_utc,
        greatest(opened.opened_at_utc, opened.pulled_at_utc, last_looks.last_look_utc, returned_looks.until_utc)
            as last_look_utc
    from opened
    left join last_looks
        on opened.account_id = last_looks.account_id
            and opened.looked_at_until_utc = last_looks.at_utc
            and last_looks.is_thread_end
    left join returned_looks
        on opened.account_id = returned_looks.account_id
            and opened.message_id = returned_looks.message_id
),

answered as (
    select
        *,
        (
            first_reply_at_utc <= counts_until_utc
            and (landing_source is distinct from 'returns' or first_reply_at_utc <= last_look_utc)
        ) is true as is_answered
    from followed
),

ended as (
    select
        *,
        case
            when closed_at_utc is not null and not is_answered then counts_until_utc
            else least(last_look_utc, counts_until_utc)
        end as followed_until_utc
    from answered
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
    opened_at_utc,
    is_asker_known,
    is_closing,
    coalesce(first_machine_at_utc <= counts_until_utc, false) as is_acknowledged,
    followed_until_utc,
    case when is_answered then first_reply_at_utc end as first_reply_at_utc,
    is_answered,
    case
        when is_answered then {{ seconds_between('opened_at_utc', 'first_reply_at_utc') }}
        else {{ seconds_between('opened_at_utc', 'followed_until_utc') }}
    end as waited_seconds
from ended
