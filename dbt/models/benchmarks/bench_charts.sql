{{ config(materialized='view') }}

-- METHOD 3: the XmR chart that ends with each point of this build: the mean of the series up to it, limits at 2.66
-- mean moving ranges (those of 3.267 times their mean or more left out, once), and which rule the point completes. A
-- chart of weeks looks back over half a year. Twelve months that end with each month share eleven with the next, so
-- that they have no chart.
with points as (
    select
        *,
        row_number() over (
            order by indicator_id, area_id, platform, account_scope, period_type, period_start
        ) as number
    from {{ ref('bench_points') }}
    where period_type <> 'rolling_12_months'
),

bases as (
    select
        ends.number,
        points.point,
        -- Not the move from a point that is no longer on the chart.
        case
            when ends.period_type <> 'week'
                or points.last_start > {{ plus_days('ends.period_start', -7 * var('chart_weeks')) }}
                then points.move
        end as move,
        row_number() over (partition by ends.number order by points.period_start desc) as nth_from_end
    from points as ends
    inner join points
        on ends.indicator_id = points.indicator_id
            and ends.indicator_version = points.indicator_version
            and ends.area_id = points.area_id
            and ends.platform = points.platform
            and ends.account_scope = points.account_scope
            and ends.period_type = points.period_type
            and ends.series_from_date = points.series_from_date
            and ends.period_start >= points.period_start
            and (
                ends.period_type <> 'week'
                or points.period_start > {{ plus_days('ends.period_start', -7 * var('chart_weeks')) }}
            )
    where ends.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

means as (
    select
        number,
        count(*) as point_count,
        cast(sum({{ exact('point') }}) as double) / count(*) as centre,
        cast(sum({{ exact('abs(move)') }}) as double) / nullif(count(move), 0) as mean_range
    from bases
    group by number
),

calm as (
    select
        means.number,
        means.point_count,
        means.centre,
        coalesce(
            cast(sum({{ exact('abs(move)') }}) filter (where abs(move) < 3.267 * mean_range) as double)
            / nullif(count(*) filter (where abs(move) < 3.267 * mean_range), 0),
            means.mean_range
        ) as moving_range
    from means
    inner join bases
        on means.number = bases.number
    group by means.number, means.point_count, means.centre, means.mean_range
),

limited as (
    select
        *,
        centre - 2.66 * moving_range as low,
        centre + 2.66 * moving_range as high
    from calm
),

-- How far each of the last seven is from the centre. Rounded: the last digit of a mean is no distance.
placed as (
    select
        bases.number,
        bases.nth_from_end,
        bases.move,
        round(bases.point - limited.centre, 9) as distance,
        round(2.66 * limited.moving_range, 9) as to_limit,
        round(2.66 * limited.moving_range * 2 / 3, 9) as two_thirds
    from bases
    inner join limited
        on bases.number = limited.number
    where bases.nth_from_end <= 7
),

ruled as (
    select
        number,
        case
            when max(case when nth_from_end = 1 then abs(distance) end) > max(to_limit) then 'outside_limits'
            when count(*) filter (where nth_from_end <= 6 and move > 0) = 6 then 'seven_rising'
            when count(*) filter (where nth_from_end <= 6 and move < 0) = 6 then 'seven_falling'
            when max(case when nth_from_end = 1 then distance end) > max(two_thirds)
                and count(*) filter (where nth_from_end <= 3 and distance > two_thirds) >= 2 then 'two_of_three_high'
            when min(case when nth_from_end = 1 then distance end) < -max(two_thirds)
                and count(*) filter (where nth_from_end <= 3 and distance < -two_thirds) >= 2 then 'two_of_three_low'
            when count(*) filter (where distance > 0) = 7 then 'seven_above'
            when count(*) filter (where distance < 0) = 7 then 'seven_below'
        end as rule_fired
    from placed
    group by number
)

select
    points.indicator_id, points.area_id, points.platform, points.account_scope, points.period_type, points.period_start,
    limited.point_count,
    limited.centre,
    limited.low,
    limited.high,
    limited.moving_range,
    ruled.rule_fired
from points
inner join limited
    on points.number = limited.number
inner join ruled
    on points.number = ruled.number
