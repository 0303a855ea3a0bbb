-- METHOD 4.5: the schedules of each owner, a force or an account: from one change of its declared hours to the next.
-- A message is judged by one schedule, however long it waits: the one that held on the day it came in.
with hours as (
    select
        coalesce(account_id, force_id) as owner_id,
        force_id,
        valid_from_date as from_date,
        case
            when valid_until_date is null then cast('9999-12-31' as date) else {{ plus_days('valid_until_date', 1) }}
        end as until_date,
        weekdays,
        {% for time in ['opens_at', 'closes_at'] %}
        60 * cast(substring({{ time }}, 1, 2) as integer) + cast(substring({{ time }}, 4, 2) as integer)
            as {{ time | replace('_at', '_minute') }},
        {% endfor %}
        is_bank_holiday_staffed,
        replace(weekdays, '|', ', ') || ' ' || opens_at || ' to ' || closes_at
        || case when is_bank_holiday_staffed then '' else ', not on bank holidays' end as hours_text
    from {{ ref('stg_register__staffed_hours') }}
),

changes as (
    select
        owner_id,
        from_date
    from hours
    union
    select
        owner_id,
        until_date as from_date
    from hours
),

schedules as (
    select
        owner_id,
        from_date,
        lead(from_date) over (partition by owner_id order by from_date) as until_date
    from changes
)

select
    schedules.owner_id || ' ' || cast(schedules.from_date as varchar) as schedule_id,
    schedules.owner_id,
    hours.force_id,
    schedules.from_date,
    schedules.until_date,
    hours.weekdays,
    hours.opens_minute,
    hours.closes_minute,
    hours.is_bank_holiday_staffed,
    hours.hours_text
from schedules
inner join hours
    on schedules.owner_id = hours.owner_id
        and schedules.from_date >= hours.from_date
        and schedules.from_date < hours.until_date
