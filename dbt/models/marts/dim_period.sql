-- ISO weeks (Monday to Sunday) and calendar months, by London's calendar, that anything touches.
-- A post first seen long after it was made opens no period: a whole archive would come in by the side door.
with touched as (
    select pulled_date as touched_date from {{ ref('int_profiles__unioned') }}
    union
    select {{ to_london_date('pulled_at_utc') }} from {{ ref('int_posts__unioned') }}
    union
    select {{ to_london_date('created_at_utc') }} from {{ ref('int_posts__unioned') }}
    where age_seconds <= 31 * 86400
    union
    select {{ to_london_date('sent_at_utc') }} from {{ ref('int_messages__unioned') }}
),

periods as (
    select distinct
        'week' as period_type,
        {{ week_start('touched_date') }} as period_start,
        {{ plus_days(week_start('touched_date'), 6) }} as period_end
    from touched
    union all
    select distinct
        'month' as period_type,
        {{ month_start('touched_date') }} as period_start,
        last_day(touched_date) as period_end
    from touched
),

final as (
    select
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.period_end < clock.data_as_of_date as is_complete,
        {{ days_between('periods.period_end', 'clock.data_as_of_date') }} as days_since_end_count,
        {{ is_invented() }} as is_invented
    from periods
    cross join {{ ref('int_data__as_of') }} as clock
    where periods.period_start <= clock.data_as_of_date
    order by periods.period_type, periods.period_start
)

select * from final
