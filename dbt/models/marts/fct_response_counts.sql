{{ config(materialized='view') }}

-- Conversations of each force, platform, channel and account scope in the weeks and months that this build decides
-- about (fct_response_shown): also in weeks that are no longer kept, since months are decided beside them.
with periods as (
    {% for period_type in ['week', 'month'] %}
    select distinct
        '{{ period_type }}' as period_type,
        {{ period_start(period_type, 'calendar_date') }} as first_date,
        {{ period_end(period_type, 'calendar_date') }} as last_date
    from (
        select {{ each_day('greatest(history_from_date, periods_from_date)', 'data_as_of_date') }} as calendar_date
        from {{ ref('stg_landing__window') }}
    )
    where {{ period_start(period_type, 'calendar_date') }}
        >= (select history_from_date from {{ ref('stg_landing__window') }})
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- The month in which a week begins starts at most 37 days before the week's end, and the week before it later. A gap
-- is a day of which nothing is known of any open account.
days as (
    {% for channel, measure in [('public', 'conversation_count'), ('direct', 'direct_conversation_count')] %}
    select
        days.force_id,
        days.platform,
        '{{ channel }}' as channel,
        scopes.account_scope,
        days.activity_date,
        sum(days.{{ measure }}) as conversation_count,
        count(days.{{ measure }}) = 0 as is_gap
    from {{ ref('fct_account_days') }} as days
    inner join {{ ref('dim_account_scope') }} as scopes
        on days.account_type = scopes.account_type
    where (days.is_open or days.{{ measure }} is not null)
        and days.activity_date
        >= (select {{ plus_days('periods_from_date', -37) }} from {{ ref('stg_landing__window') }})
    group by days.force_id, days.platform, scopes.account_scope, days.activity_date
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    days.force_id,
    days.platform,
    days.channel,
    days.account_scope,
    periods.period_type,
    periods.first_date as period_start,
    periods.last_date as period_end,
    {{ period_start('month', 'periods.first_date') }} as month_start,
    cast(sum(days.conversation_count) filter (where days.activity_date >= periods.first_date) as bigint)
        as conversation_count,
    cast(sum(days.conversation_count) filter (
        where (
            periods.period_type = 'week'
            and days.activity_date < periods.first_date
            and days.activity_date >= {{ period_start('month', 'periods.first_date') }}
        )
        or (
            periods.period_type = 'month'
            and days.activity_date >= {{ period_start('week', plus_days('periods.last_date', 1)) }}
        )
    ) as bigint) as beside_count,
    bool_or(days.is_gap) filter (where days.activity_date >= periods.first_date) as is_gap,
    coalesce(bool_or(days.is_gap) filter (
        where days.activity_date < periods.first_date
        and days.activity_date >= {{ period_start('month', 'periods.first_date') }}
    ), false) as is_gap_before,
    coalesce(bool_or(days.is_gap) filter (
        where days.activity_date between {{ plus_days('periods.first_date', -7) }}
        and {{ plus_days('periods.first_date', -1) }}
    ), false) as is_gap_week_before
from days
inner join periods
    on days.activity_date
        between least({{ period_start('month', 'periods.first_date') }}, {{ plus_days('periods.first_date', -7) }})
        and periods.last_date
group by
    days.force_id, days.platform, days.channel, days.account_scope, periods.period_type, periods.first_date,
    periods.last_date
having count(days.conversation_count) filter (where days.activity_date >= periods.first_date) > 0
