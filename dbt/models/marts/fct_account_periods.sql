{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- Account-days summed for each period, and what stands at its end. Weeks and months from days; quarters, years and
-- twelve months from months.
{% set at_end = ['is_absent_at_end', 'last_status', 'last_reason', 'follower_date', 'follower_count',
    'is_follower_count_hidden', 'is_settled', 'is_dormant'] %}
{% set columns = ['account_id', 'period_type', 'period_start', 'period_end', 'is_open_at_end'] + at_end
    + var('day_measures') %}
with periods as (
    select *
    from {{ ref('dim_period') }}
    where period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

-- The day before and the day after belong to it for what stands at the end: the count nearest after it, at most a
-- day, or before it, at most seven. Only an answer tells whether the account is there.
days as (
    select
        days.*,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        days.activity_date between periods.period_start and periods.period_end as is_inside,
        case
            when days.observed_at_utc is not null
                and days.activity_date >= {{ plus_days('periods.period_end', -7) }} then days.activity_date
        end as profile_date,
        case
            when days.is_open and days.status in ('landed', 'empty', 'refused')
                and days.activity_date >= periods.period_start then days.activity_date
        end as answer_date,
        case
            when days.is_open and days.status is not null
                and days.activity_date >= periods.period_start then days.activity_date
        end as ask_date
    from {{ ref('fct_account_days') }} as days
    inner join periods
        on days.activity_date between {{ plus_days('periods.period_start', -1) }}
            and {{ plus_days('periods.period_end', 1) }}
    where periods.period_type in ('week', 'month')
),

from_days as (
    select
        account_id,
        period_type,
        period_start,
        period_end,
        bool_or(is_open and activity_date = period_end) as is_open_at_end,
        coalesce({{ value_at_max('is_absent', 'answer_date') }}, false) as is_absent_at_end,
        {{ value_at_max('status', 'ask_date') }} as last_status,
        {{ value_at_max('reason', 'ask_date') }} as last_reason,
        max(profile_date) as follower_date,
        {{ value_at_max('follower_count', 'profile_date') }} as follower_count,
        coalesce({{ value_at_max('is_follower_count_hidden', 'profile_date') }}, false) as is_follower_count_hidden,
        {% for measure in var('day_measures') %}
        cast(sum({{ measure }}) filter (where is_inside) as bigint) as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from days
    group by account_id, period_type, period_start, period_end
    having bool_or(is_inside)
),

settled as (
    select
        from_days.*,
        dormancy.is_settled,
        dormancy.is_dormant
    from from_days
    inner join {{ ref('fct_account_dormancy') }} as dormancy
        on from_days.account_id = dormancy.account_id
            and from_days.period_type = dormancy.period_type
            and from_days.period_start = dormancy.period_start
),

months as (
    select {{ columns | join(', ') }} from settled where period_type = 'month'
    {% if is_incremental() %}
    union all
    select {{ columns | join(', ') }} from {{ this }} where period_type = 'month'
    {% endif %}
),

from_months as (
    select
        months.account_id,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        bool_or(months.is_open_at_end and months.period_end >= periods.period_end) as is_open_at_end,
        {% for column in at_end %}
        {{ value_at_max('months.' ~ column, 'months.period_end') }} as {{ column }},
        {% endfor %}
        {% for measure in var('day_measures') %}
        cast(sum(months.{{ measure }}) as bigint) as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from months
    inner join periods
        on months.period_start between periods.period_start and periods.period_end
    where periods.period_type not in ('week', 'month')
    group by months.account_id, periods.period_type, periods.period_start, periods.period_end
),

unioned as (
    select {{ columns | join(', ') }} from settled
    union all
    select {{ columns | join(', ') }} from from_months
),

-- Of twelve months what stood before them; who was carried over from another account since is no gain (METHOD 6).
twelve_months as (
    select
        periods.period_type,
        periods.period_start,
        starts.account_id,
        starts.follower_count as follower_count_before,
        starts.follower_date as follower_date_before
    from periods
    inner join months as starts
        on {{ plus_days('periods.period_start', -1) }} = starts.period_end
    left join {{ ref('dim_account_event') }} as merged
        on starts.account_id = merged.into_account_id
            and merged.event_date between {{ plus_days('periods.period_start', -28) }} and periods.period_end
    where periods.period_type in ('year', 'rolling_12_months')
        and starts.is_open_at_end
        and not starts.is_absent_at_end
        and merged.account_id is null
)

select
    unioned.*,
    twelve_months.follower_count_before,
    twelve_months.follower_date_before,
    accounts.force_id,
    accounts.platform,
    accounts.account_type,
    {{ is_invented() }} as is_invented
from unioned
inner join {{ ref('dim_account') }} as accounts
    on unioned.account_id = accounts.account_id
left join twelve_months
    on unioned.account_id = twelve_months.account_id
        and unioned.period_type = twelve_months.period_type
        and unioned.period_start = twelve_months.period_start
order by unioned.period_end, unioned.period_type, unioned.account_id
