-- followed_until_utc: a thread is looked at while its post is young, so the last look is the last pull of
-- the account's messages before the post grew too old, or the pull that saw the message, if that is later.
-- A return says nothing about what came after it: the account's latest return is the last look.
{% set sources = ['youtube', 'bluesky', 'mastodon', 'returns'] %}
with unioned as (
    {% for source in sources %}
    select * from {{ ref('stg_' ~ source ~ '__messages') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranked as (
    select
        *,
        row_number() over (
            partition by account_id, message_id
            order by landing_source = 'returns', run_id desc
        ) as nth
    from unioned
),

messages as (
    select * from ranked where nth = 1
),

posts as (
    select
        account_id,
        post_id,
        {{ plus_hours('min(created_at_utc)', var('messages_horizon_hours')) }} as looked_at_until_utc
    from {{ ref('int_posts__unioned') }}
    group by account_id, post_id
),

threads as (
    select distinct
        messages.account_id,
        messages.post_id,
        posts.looked_at_until_utc
    from messages
    inner join posts
        on messages.account_id = posts.account_id
            and messages.post_id = posts.post_id
),

-- One line of time for each account, pulls and thread ends together: an as-of join that every engine has.
timeline as (
    select account_id, cast(null as varchar) as post_id, pulled_at_utc as at_utc, pulled_at_utc
    from {{ ref('stg_landing__requests') }}
    where entity = 'messages' and status in ('landed', 'empty') and is_passed and landing_source <> 'returns'
    union all
    select account_id, post_id, looked_at_until_utc as at_utc, cast(null as timestamp) as pulled_at_utc
    from threads
),

last_looks as (
    select
        account_id,
        post_id,
        max(pulled_at_utc) over (
            partition by account_id
            order by at_utc
            range between unbounded preceding and current row
        ) as last_look_utc
    from timeline
),

last_returns as (
    select account_id, max(pulled_at_utc) as last_look_utc
    from {{ ref('stg_returns__messages') }}
    group by account_id
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
        messages.post_id,
        messages.direction,
        messages.is_automatic,
        messages.sent_at_utc,
        greatest(
            messages.sent_at_utc,
            messages.pulled_at_utc,
            last_looks.last_look_utc,
            case when messages.landing_source = 'returns' then last_returns.last_look_utc end
        ) as followed_until_utc
    from messages
    left join last_looks
        on messages.account_id = last_looks.account_id
            and messages.post_id = last_looks.post_id
    left join last_returns
        on messages.account_id = last_returns.account_id
)

select * from final
