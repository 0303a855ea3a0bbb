-- METHOD 4.5: the second clock. How long each conversation waited, and was followed, while somebody was there by the
-- hours declared for the day on which it came in: the staffed time up to one moment less that up to another. One line
-- of time for each schedule, openings and moments together: an as-of join that every engine has.
with conversations as (
    select * from {{ ref('int_conversations__answered') }}
),

moments as (
    select
        schedules.schedule_id,
        conversations.account_id,
        conversations.message_id,
        conversations.opened_at_utc,
        conversations.followed_until_utc,
        case
            when conversations.is_answered then conversations.first_reply_at_utc else conversations.followed_until_utc
        end as waited_until_utc
    from conversations
    inner join {{ ref('int_accounts__scheduled') }} as schedules
        on conversations.account_id = schedules.account_id
            and {{ to_london_date('conversations.opened_at_utc') }} >= schedules.from_date
            and {{ to_london_date('conversations.opened_at_utc') }} < schedules.until_date
),

timeline as (
    select
        schedule_id,
        opens_at_utc as at_utc,
        opens_at_utc,
        closes_at_utc,
        staffed_before_seconds,
        cast(null as varchar) as account_id,
        cast(null as varchar) as message_id,
        cast(null as varchar) as moment
    from {{ ref('int_staffed_hours__opened') }}
    {% for moment in ['opened_at_utc', 'waited_until_utc', 'followed_until_utc'] %}
    union all
    select
        schedule_id,
        {{ moment }} as at_utc,
        null as opens_at_utc,
        null as closes_at_utc,
        null as staffed_before_seconds,
        account_id,
        message_id,
        '{{ moment }}' as moment
    from moments
    {% endfor %}
),

-- The newest opening before each moment: openings, closings and what was staffed before all grow with time.
beside as (
    select
        account_id,
        message_id,
        moment,
        at_utc,
        max(opens_at_utc) over until_then as last_opens_at_utc,
        max(closes_at_utc) over until_then as last_closes_at_utc,
        max(staffed_before_seconds) over until_then as before_seconds
    from timeline
    window until_then as (
        partition by schedule_id
        order by at_utc
        range between unbounded preceding and current row
    )
),

staffed as (
    select
        account_id,
        message_id,
        moment,
        case
            when last_opens_at_utc is null then 0
            else before_seconds + {{ exact(seconds_between('last_opens_at_utc', 'least(last_closes_at_utc, at_utc)')) }}
        end as staffed_seconds
    from beside
    where moment is not null
),

waits as (
    select
        account_id,
        message_id,
        max(staffed_seconds) filter (where moment = 'opened_at_utc') as before_seconds,
        max(staffed_seconds) filter (where moment = 'waited_until_utc') as waited_seconds,
        max(staffed_seconds) filter (where moment = 'followed_until_utc') as followed_seconds
    from staffed
    group by account_id, message_id
)

select
    conversations.*,
    cast(waits.waited_seconds - waits.before_seconds as double) as staffed_waited_seconds,
    cast(waits.followed_seconds - waits.before_seconds as double) as staffed_followed_seconds
from conversations
left join waits
    on conversations.account_id = waits.account_id
        and conversations.message_id = waits.message_id
