-- METHOD 4.5: when each schedule has somebody there, in UTC, and how long before: of the messages that this build
-- computes, from the day before the first of them (hours can lie across midnight) until nobody waits any longer for one
-- that came on the schedule's last day. Hours go by the weekday, and the bank holiday, on which they open.
{% set longest = 1 + var('replies_count_for_days') %}
with days as (
    select
        {{ each_day(plus_days('messages_from_date', -1), plus_days('data_as_of_date', longest)) }} as opens_date
    from {{ ref('stg_landing__window') }}
),

staffed as (
    select
        hours.schedule_id,
        {{ london_to_utc('days.opens_date', 'hours.opens_minute') }} as opens_at_utc,
        {{ london_to_utc('days.opens_date', 'hours.closes_minute') }} as closes_at_utc
    from {{ ref('int_staffed_hours__scheduled') }} as hours
    inner join days
        on days.opens_date >= {{ plus_days('hours.from_date', -1) }}
            and days.opens_date < {{ plus_days('hours.until_date', longest) }}
            and hours.weekdays like '%' || {{ weekday_name('days.opens_date') }} || '%'
    inner join {{ ref('forces') }} as forces
        on hours.force_id = forces.force_id
    -- The forces without a country of their own work in England above all.
    left join {{ ref('bank_holidays') }} as holidays
        on coalesce(forces.country, 'England') = holidays.country and days.opens_date = holidays.holiday_date
    where hours.is_bank_holiday_staffed or holidays.holiday_date is null
),

lengths as (
    select
        *,
        {{ exact(seconds_between('opens_at_utc', 'closes_at_utc')) }} as staffed_seconds
    from staffed
    -- An hour that the clocks leave out has no length.
    where closes_at_utc > opens_at_utc
)

select
    schedule_id,
    opens_at_utc,
    closes_at_utc,
    sum(staffed_seconds) over (
        partition by schedule_id
        order by opens_at_utc
        rows between unbounded preceding and current row
    ) - staffed_seconds as staffed_before_seconds
from lengths
