{{ config(materialized='view') }}

-- METHOD 3: the XmR chart that ends with each point of this build: the mean of the series up to it, limits at 2.66 mean
-- moving ranges (those of 3.267 times their mean or more left out, once), and which rule the point completes. A chart of
-- weeks looks back over half a year. Twelve months that end with each month share eleven with the next, so that they
-- have no chart.
with points as (
    select * from {{ ref('bench_points') }} where period_type <> 'rolling_12_months'
),

bases as (
    select
        ends.indicator_id, ends.area_id, ends.platform, ends.account_scope, ends.period_type, ends.period_start,
        ends.point as end_point,
        points.point,
        -- Not the move from a point that is no longer on the chart.
        case
            when ends.period_type <> 'week'
                or points.last_start > {{ plus_days('ends.period_start', -7 * var('chart_weeks')) }}
                then points.move
        end as move,
        row_number() over (
            partition by
                ends.indicator_id, ends.area_id, ends.platform, ends.account_scope, ends.period_type, ends.period_start
            order by points.period_start desc
        ) as nth_from_end
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
        *,
        count(*) over chart as point_count,
        cast(sum({{ exact('point') }}) over chart as double) / count(*) over chart as centre,
        cast(sum({{ exact('abs(move)') }}) over chart as double) / nullif(count(move) over chart, 0) as mean_range
    from bases
    window chart as (partition by indicator_id, area_id, platform, account_scope, period_type, period_start)
),

calm as (
    select
        *,
        cast(sum({{ exact('abs(move)') }}) filter (where abs(move) < 3.267 * mean_range) over chart as double)
        / nullif(count(*) filter (where abs(move) < 3.267 * mean_range) over chart, 0) as calm_range
    from means
    window chart as (partition by indicator_id, area_id, platform, account_scope, period_type, period_start)
),

limited as (
    select
        *,
        coalesce(calm_range, mean_range) as moving_range,
        centre - 2.66 * coalesce(calm_range, mean_range) as low,
        centre + 2.66 * coalesce(calm_range, mean_range) as high
    from calm
),

-- How far each point is, in thirds of the way to a limit; without a range nothing is far.
placed as (
    select
        *,
        case
            when round(point, 9) > round(high, 9) then 'above'
            when round(point, 9) < round(low, 9) then 'below'
        end as is_outside,
        round(point - centre, 9) as distance,
        round(2 * (high - centre) / 3, 9) as two_thirds
    from limited
)

select
    indicator_id, area_id, platform, account_scope, period_type, period_start,
    max(point_count) as point_count,
    max(centre) as centre,
    max(low) as low,
    max(high) as high,
    max(moving_range) as moving_range,
    case
        when max(case when nth_from_end = 1 then is_outside end) is not null then 'outside_limits'
        when count(*) filter (where nth_from_end <= 6 and move > 0) = 6 then 'seven_rising'
        when count(*) filter (where nth_from_end <= 6 and move < 0) = 6 then 'seven_falling'
        when max(case when nth_from_end = 1 then distance end) > max(two_thirds)
            and count(*) filter (where nth_from_end <= 3 and distance > two_thirds) >= 2 then 'two_of_three_high'
        when min(case when nth_from_end = 1 then distance end) < -max(two_thirds)
            and count(*) filter (where nth_from_end <= 3 and distance < -two_thirds) >= 2 then 'two_of_three_low'
        when count(*) filter (where nth_from_end <= 7 and distance > 0) = 7 then 'seven_above'
        when count(*) filter (where nth_from_end <= 7 and distance < 0) = 7 then 'seven_below'
    end as rule_fired
from placed
group by indicator_id, area_id, platform, account_scope, period_type, period_start
