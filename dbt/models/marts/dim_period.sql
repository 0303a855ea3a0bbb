-- The periods of our history, by London's calendar: ISO weeks (Monday to Sunday), months, quarters, years, and the
-- twelve months that end with each month that is over. Only those that began within it: nothing would say what the
-- others lack.
with days as (
    select {{ each_day('history_from_date', 'data_as_of_date') }} as calendar_date
    from {{ ref('stg_landing__window') }}
),

periods as (
    {% for period_type in ['week', 'month', 'quarter', 'year'] %}
    select distinct
        '{{ period_type }}' as period_type,
        {{ period_start(period_type, 'calendar_date') }} as period_start,
        {{ period_end(period_type, 'calendar_date') }} as period_end
    from days
    union all
    {% endfor %}
    select distinct
        'rolling_12_months' as period_type,
        {{ plus_months(period_start('month', 'calendar_date'), -11) }} as period_start,
        {{ period_end('month', 'calendar_date') }} as period_end
    from days
)

select
    periods.period_type,
    periods.period_start,
    periods.period_end,
    periods.period_end < clock.data_as_of_date as is_complete,
    {{ days_between('periods.period_end', 'clock.data_as_of_date') }} as days_since_end_count,
    {{ is_invented() }} as is_invented
from periods
inner join {{ ref('stg_landing__window') }} as clock
    on periods.period_start >= clock.history_from_date
where (periods.period_type <> 'rolling_12_months' or periods.period_end < clock.data_as_of_date)
    and (periods.period_type <> 'week' or periods.period_start >= clock.oldest_week_date)
order by periods.period_type, periods.period_start
