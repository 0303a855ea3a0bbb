{{ config(materialized='view') }}

-- The weeks on either side of each merger, of the force itself and of those that merged nothing then: the nearest twelve
-- before and after it in which the force has a figure. `weeks_earlier` is 0 for the merger, and otherwise how long before
-- it the same is asked as if there had been one (placebo dates). Of a case with too few weeks the force alone is here.
{% set weeks, reach = var('merger_weeks'), var('merger_reach_weeks') %}
with figures as (
    {% for outcome in var('merger_outcomes') %}
    select force_id, platform, week_start, '{{ outcome }}' as outcome, cast({{ outcome }} as double) as figure
    from {{ ref('fct_force_weeks') }}
    where {{ outcome }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

cases as (
    {% for earlier in [0] + var('merger_placebo_weeks') %}
    select
        force_id,
        platform,
        event_week,
        {{ earlier }} as weeks_earlier,
        {{ plus_days('event_week', -7 * earlier) }} as case_week,
        {{ reach if earlier == 0 else [reach, earlier - 2] | min }} as last_week
    from {{ ref('bench_merger_events') }}
    where not is_terms_restricted and not has_other
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Numbered from the case's week: −2 and less before it, 1 and more after it.
numbered as (
    select
        cases.*,
        figures.outcome,
        figures.week_start,
        {{ days_between('cases.case_week', 'figures.week_start') }} / 7 as week_number
    from cases
    inner join figures
        on cases.force_id = figures.force_id
            and cases.platform = figures.platform
            and figures.week_start between {{ plus_days('cases.case_week', -7 * (reach + 1)) }}
            and {{ plus_days('cases.case_week', '7 * cases.last_week') }}
            and figures.week_start not in (cases.case_week, {{ plus_days('cases.case_week', -7) }})
),

own as (
    select
        *,
        week_number > 0 as is_after,
        row_number() over (
            partition by force_id, platform, event_week, weeks_earlier, outcome, week_number > 0
            order by abs(week_number)
        ) as nth
    from numbered
),

counted as (
    select
        *,
        count(*) filter (where not is_after) over sides = {{ weeks }}
        and count(*) filter (where is_after) over sides = {{ weeks }} as is_whole
    from own
    where nth <= {{ weeks }}
    window sides as (partition by force_id, platform, event_week, weeks_earlier, outcome)
)

select
    counted.force_id,
    counted.platform,
    counted.event_week,
    counted.outcome,
    counted.weeks_earlier,
    counted.is_whole,
    counted.is_after,
    cast(counted.week_number as bigint) as week_number,
    figures.force_id as unit_id,
    figures.figure
from counted
inner join figures
    on counted.platform = figures.platform
        and counted.outcome = figures.outcome
        and counted.week_start = figures.week_start
        and (counted.is_whole or counted.force_id = figures.force_id)
-- Who merged accounts within the same weeks is no comparison, and no case of a date on which nothing happened.
left join (
    select distinct force_id, platform, {{ period_start('week', 'event_date') }} as event_week
    from {{ ref('dim_account_event') }}
    where event_type in ('merged_into', 'closed')
) as others
    on figures.force_id = others.force_id
        and figures.platform = others.platform
        and others.event_week between {{ plus_days('counted.case_week', -7 * (reach + 1)) }}
        and {{ plus_days('counted.case_week', '7 * (counted.last_week + 1)') }}
where others.force_id is null or (figures.force_id = counted.force_id and counted.weeks_earlier = 0)
