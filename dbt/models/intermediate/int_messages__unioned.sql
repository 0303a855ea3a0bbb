{{ config(materialized='table') }}

-- followed_until_utc: a thread is looked at while its post is young, so the last look is the last pull of the
-- account's messages before the post grew too old, or the pull that saw the message, if that is later. A return
-- says nothing about what came after its last message.
with unioned as (
    {% for source in landing_sources() %}
    select * from {{ ref('stg_' ~ source ~ '__messages') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranked as (
    select
        *,
        {{ plus_hours('post_published_at_utc', var('messages_horizon_hours')) }} as looked_at_until_utc,
        row_number() over (
            partition by account_id, message_id
            order by landing_source = 'returns', run_id desc
        ) as nth
    from unioned
),

messages as (
    select * from ranked where nth = 1
),

-- One line of time for each account, pulls and thread ends together: an as-of join that every engine has.
timeline as (
    select account_id, pulled_at_utc as at_utc, pulled_at_utc, false as is_thread_end
    from {{ ref('stg_landing__requests') }}
    where entity = 'messages' and status in ('landed', 'empty') and is_passed and landing_source <> 'returns'
    union all
    select distinct
        account_id,
        looked_at_until_utc as at_utc,
        cast(null as timestamp) as pulled_at_utc,
        true as is_thread_end
    from messages
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

final as (
    select
        messages.landing_source,
        messages.platform,
        messages.force_id,
        messages.account_id,
        messages.channel,
        messages.conversation_id,
        messages.message_id,
        messages.direction,
        messages.is_automatic,
        messages.sent_at_utc,
        greatest(messages.sent_at_utc, messages.pulled_at_utc, last_looks.last_look_utc) as followed_until_utc
    from messages
    left join last_looks
        on messages.account_id = last_looks.account_id
            and messages.looked_at_until_utc = last_looks.at_utc
            and last_looks.is_thread_end
)

select * from final
