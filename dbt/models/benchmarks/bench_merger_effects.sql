{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('studied_until_date', 'periods_from_date') }}"
) }}

-- METHOD 6: whether a force's activity, engagement and answers changed with a merger, against forces that merged nothing:
-- a row for each merger and outcome, with a number or what is missing for one, and a sentence made of it. What is older
-- than every week that this build computes stands.
{% set weeks = var('merger_weeks') %}
with counted as (
    select
        events.*,
        outcomes.outcome,
        outcomes.outcome_name,
        count(cases.week_number) filter (where not cases.is_after) as before_count,
        count(cases.week_number) filter (where cases.is_after) as after_count
    from {{ ref('bench_merger_events') }} as events
    cross join (
        {% for outcome, name in var('merger_outcomes').items() %}
        select '{{ outcome }}' as outcome, '{{ name }}' as outcome_name
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as outcomes
    left join {{ ref('bench_merger_cases') }} as cases
        on events.force_id = cases.unit_id
            and events.force_id = cases.force_id
            and events.platform = cases.platform
            and events.event_week = cases.event_week
            and outcomes.outcome = cases.outcome
            and cases.weeks_earlier = 0
    group by all
),

placebos as (
    select
        force_id, platform, event_week, outcome,
        count(*) as placebo_date_count,
        count(*) filter (where p_value < 0.05) as placebo_called_count
    from {{ ref('bench_merger_tests') }}
    where weeks_earlier > 0
    group by force_id, platform, event_week, outcome
),

joined as (
    select
        counted.*,
        forces.force_name,
        tests.unit_count, tests.mean_before, tests.mean_after, tests.comparators, tests.effect, tests.effect95_low,
        tests.effect95_high, tests.p_value, tests.trend_gap, tests.trend_p_value,
        case when tests.effect is not null then placebos.placebo_date_count end as placebo_date_count,
        case when tests.effect is not null then placebos.placebo_called_count end as placebo_called_count,
        followers.follower_count_before, followers.follower_count_after, followers.followers_kept_pct,
        case when counted.outcome like '%_pct' then ' points' else '%' end as unit_text,
        case
            when counted.is_terms_restricted then 'the terms of the platform hold its figures back'
            when counted.has_other then 'accounts were merged or closed again within the weeks that are compared'
            when counted.before_count < {{ weeks }}
                then counted.before_count || ' of {{ weeks }} weeks before it have a figure'
            when counted.after_count < {{ weeks }}
                then counted.after_count || ' of {{ weeks }} weeks after it have a figure'
                || case when counted.studied_until_date >= clock.data_as_of_date then ' so far' else '' end
            when tests.effect is null
                then 'fewer than twenty forces without a merger compare, or there is nothing to compare'
        end as missing
    from counted
    cross join {{ ref('stg_landing__window') }} as clock
    inner join {{ ref('dim_force') }} as forces
        on counted.force_id = forces.force_id
    left join {{ ref('bench_merger_tests') }} as tests
        on counted.force_id = tests.force_id
            and counted.platform = tests.platform
            and counted.event_week = tests.event_week
            and counted.outcome = tests.outcome
            and tests.weeks_earlier = 0
    left join placebos
        on counted.force_id = placebos.force_id
            and counted.platform = placebos.platform
            and counted.event_week = placebos.event_week
            and counted.outcome = placebos.outcome
    left join {{ ref('bench_merger_followers') }} as followers
        on counted.force_id = followers.force_id
            and counted.platform = followers.platform
            and counted.event_week = followers.event_week
)

select
    force_id, platform, event_date, outcome, studied_until_date, merged_count, closed_count, before_count, after_count,
    mean_before, mean_after, effect, effect95_low, effect95_high, p_value, unit_count as comparable_force_count,
    comparators, trend_gap, trend_p_value, placebo_date_count, placebo_called_count, follower_count_before,
    follower_count_after, followers_kept_pct, missing,
    force_name || ' '
    || case
        when merged_count > 0 and closed_count > 0 then 'merged ' || merged_count || ' and closed ' || closed_count
        when merged_count > 0 then 'merged ' || merged_count
        else 'closed ' || closed_count
    end || case when merged_count + closed_count = 1 then ' account' else ' accounts' end
    || ' on ' || platform_name || ' on ' || cast(event_date as varchar) || ': '
    || case
        when missing is not null then 'nothing can be said of ' || outcome_name || ', since ' || missing
        else outcome_name || case
            when p_value >= 0.05 then ' changed by no more than chance does, against forces that merged nothing ('
            when effect > 0 then ' rose against forces that merged nothing ('
            else ' fell against forces that merged nothing ('
        end || {{ one_place('effect') }} || unit_text || ', 95% interval ' || {{ one_place('effect95_low') }} || ' to '
        || {{ one_place('effect95_high') }} || unit_text || ')'
        || case when trend_p_value < 0.05 then '; its trend was unlike theirs before' else '' end
        || case when placebo_called_count > 0 then '; a date without a merger shows as much' else '' end
    end || '.'
    || coalesce(
        ' Four weeks after it ' || {{ one_place('followers_kept_pct') }} || '% of the followers were left.', ''
    ) as sentence,
    {{ is_invented() }} as is_invented
from joined
order by event_date, force_id, platform, outcome
