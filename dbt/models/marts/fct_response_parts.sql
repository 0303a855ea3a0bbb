{{ config(materialized='view') }}

-- METHOD 4.6: of the months that this build computes, the public conversations that came at night and by day, at
-- weekends (bank holidays of the force's country among them) and on weekdays, and how many of each a person answered
-- within the hour. Two parts add up to the month, so that both are there or neither: where the month is shown and each
-- has ten. Of weekends and weekdays each must have ten in the month's whole weeks: what lies before the first or after
-- the last of them can be a weekend alone, or none (docs/decisions/0020-parts-of-the-day.md says why that is enough).
{% set enough = var('shown_from_n') %}
{% set parts = {
    'night': 'is_night', 'day': 'not is_night', 'weekend': 'is_weekend', 'weekday': 'not is_weekend'
} %}
{% set is_enough = 'night_conversation_count >= ' ~ enough ~ ' and day_conversation_count >= ' ~ enough %}
{% set is_enough_whole = 'weekend_whole_count >= ' ~ enough ~ ' and weekday_whole_count >= ' ~ enough %}
with hours as (
    select
        hours.force_id,
        hours.platform,
        hours.opened_date,
        hours.conversation_count,
        hours.answered_count,
        hours.hour_of_day >= {{ var('night_from_hour') }} or hours.hour_of_day < {{ var('night_until_hour') }}
            as is_night,
        hours.is_weekend or holidays.holiday_date is not null as is_weekend
    from {{ ref('fct_response_hours') }} as hours
    inner join {{ ref('dim_force') }} as forces
        on hours.force_id = forces.force_id
    -- The forces without a country of their own work in England above all.
    left join {{ ref('bank_holidays') }} as holidays
        on coalesce(forces.country, 'England') = holidays.country and hours.opened_date = holidays.holiday_date
),

months as (
    select
        hours.force_id,
        hours.platform,
        periods.period_type,
        {% for part, is_of_part in parts.items() %}
        sum(hours.conversation_count) filter (where {{ is_of_part }}) as {{ part }}_conversation_count,
        sum(hours.conversation_count) filter (
            where {{ is_of_part }}
            and {{ period_start('week', 'hours.opened_date') }} >= periods.period_start
            and {{ period_end('week', 'hours.opened_date') }} <= periods.period_end
        ) as {{ part }}_whole_count,
        sum(hours.answered_count) filter (where {{ is_of_part }}) as {{ part }}_answered_1h_count,
        {% endfor %}
        periods.period_start
    from hours
    inner join {{ ref('dim_period') }} as periods
        on hours.opened_date between periods.period_start and periods.period_end
            and periods.period_type = 'month'
            and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    inner join {{ ref('fct_response_headlines') }} as shown
        on hours.force_id = shown.force_id
            and hours.platform = shown.platform
            and shown.channel = 'public'
            and periods.period_type = shown.period_type
            and periods.period_start = shown.period_start
            and shown.is_shown
    group by hours.force_id, hours.platform, periods.period_type, periods.period_start
)

select
    force_id,
    platform,
    'all' as account_scope,
    period_type,
    {% for part in parts %}
    {% set is_there = is_enough if part in ('night', 'day') else is_enough_whole %}
    case when {{ is_there }} then cast({{ part }}_conversation_count as bigint) end as {{ part }}_conversation_count,
    case when {{ is_there }} then cast({{ part }}_answered_1h_count as bigint) end as {{ part }}_answered_1h_count,
    {% endfor %}
    period_start
from months
