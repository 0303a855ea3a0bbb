{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('period_end', 'periods_from_date') }}"
) }}

-- Which weeks and months of a force's accounts together, on one platform and channel, show their conversations: those
-- of at least ten from which, with what is shown beside them, no smaller count can be worked out. Decided in the order
-- in which periods end, so that it is the same however builds are split. What is left after the last shown week of a
-- month, and before a week since the last one or the beginning of its month, is no whole week, or ten conversations at
-- least (docs/decisions/0012-suppression-holds.md says why that is enough).
{% set enough = var('shown_from_n') %}
{% set series = ['force_id', 'platform', 'channel'] %}
with recursive events as (
    select
        *,
        row_number() over (partition by {{ series | join(', ') }} order by period_end asc, period_type desc) as nth
    from {{ ref('fct_response_counts') }}
    where account_scope = 'all'
),

-- Where each series stood before the periods that are decided now. shown_until_date: the day after the last week that
-- is shown; since_count: what the weeks since then have.
before as (
    {% if is_incremental() %}
    select
        {{ series | join(', ') }},
        shown_until_date,
        cast(sum(conversation_count) filter (
            where period_type = 'week' and not is_shown
            and (shown_until_date is null or period_start >= shown_until_date)
        ) as bigint) as since_count,
        max(period_start) filter (where period_type = 'month' and not is_shown and not is_gap) as hidden_month_start
    from (
        select
            *,
            max(case when period_type = 'week' and is_shown then {{ plus_days('period_end', 1) }} end) over (
                partition by {{ series | join(', ') }}
            ) as shown_until_date
        from {{ this }}
    )
    group by {{ series | join(', ') }}, shown_until_date
    {% else %}
    select
        cast(null as varchar) as force_id,
        cast(null as varchar) as platform,
        cast(null as varchar) as channel,
        cast(null as date) as shown_until_date,
        cast(null as bigint) as since_count,
        cast(null as date) as hidden_month_start
    {% endif %}
),

decided as (
    select
        {% for column in series %}events.{{ column }}, {% endfor %}
        cast(0 as bigint) as nth,
        cast(null as varchar) as period_type,
        cast(null as date) as period_start,
        cast(null as date) as period_end,
        cast(null as bigint) as conversation_count,
        false as is_gap,
        false as is_shown,
        before.shown_until_date,
        greatest(before.since_count, 0) as since_count,
        before.hidden_month_start
    from events
    left join before
        on events.force_id = before.force_id
            and events.platform = before.platform
            and events.channel = before.channel
    where events.nth = 1
    union all
    select
        {{ series | join(', ') }},
        nth,
        period_type,
        period_start,
        period_end,
        conversation_count,
        is_gap,
        is_shown,
        case when period_type = 'week' and is_shown then {{ plus_days('period_end', 1) }} else shown_until_date end
            as shown_until_date,
        case
            when period_type = 'month' then since_count
            when is_shown then 0
            else since_count + conversation_count
        end as since_count,
        case when period_type = 'month' and not is_shown and not is_gap then period_start else hidden_month_start end
            as hidden_month_start
    from (
        select
            events.*,
            decided.shown_until_date,
            decided.since_count,
            decided.hidden_month_start,
            case
                when events.conversation_count < {{ enough }} or events.is_gap then false
                when events.period_type = 'month'
                    then not coalesce(
                            decided.shown_until_date > events.period_start
                            and {{ days_between('decided.shown_until_date', 'events.period_end') }} >= 6
                            and decided.since_count + greatest(events.beside_count, 0) < {{ enough }},
                            false
                        )
                when decided.hidden_month_start = events.month_start then false
                when decided.shown_until_date >= events.month_start
                    then decided.shown_until_date = events.period_start
                        or {{ days_between('decided.shown_until_date', 'events.period_start') }} > 7
                        and decided.since_count >= {{ enough }}
                else events.month_start = events.period_start
                    -- A month that is not known from its first day has no number to be compared with.
                    or events.is_gap_before
                    or events.month_start < clock.history_from_date
                    -- The month's days before it are of no week that has a number.
                    or (
                        {{ days_between('events.month_start', 'events.period_start') }} < 7
                        and (
                            events.is_gap_week_before
                            or {{ plus_days('events.period_start', -7) }} < clock.history_from_date
                        )
                    )
                    or (
                        {{ days_between('events.month_start', 'events.period_start') }} > 7
                        and greatest(events.beside_count, 0) >= {{ enough }}
                    )
            end as is_shown
        from decided
        cross join {{ ref('stg_landing__window') }} as clock
        inner join events
            on decided.force_id = events.force_id
                and decided.platform = events.platform
                and decided.channel = events.channel
                and decided.nth + 1 = events.nth
    )
)

select
    {{ series | join(', ') }},
    period_type,
    period_start,
    period_end,
    conversation_count,
    is_gap,
    is_shown,
    {{ is_invented() }} as is_invented
from decided
where nth > 0
order by period_end, period_type, {{ series | join(', ') }}
