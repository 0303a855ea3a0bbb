{{ config(materialized='view') }}

-- Each force in each case: how its figure changed from the weeks before to those after, and which way it was going
-- before. Counts are compared by their logarithm and shares by points, so that forces of any size compare.
with sides as (
    select
        force_id,
        platform,
        event_week,
        outcome,
        weeks_earlier,
        unit_id,
        round(avg(figure) filter (where not is_after), 9) as mean_before,
        round(avg(figure) filter (where is_after), 9) as mean_after,
        regr_slope(figure, week_number) filter (where not is_after) as slope_before
    from {{ ref('bench_merger_cases') }}
    where is_whole
    group by force_id, platform, event_week, outcome, weeks_earlier, unit_id
    having count(*) = 2 * {{ var('merger_weeks') }}
)

select
    force_id,
    platform,
    event_week,
    outcome,
    weeks_earlier,
    unit_id,
    unit_id = force_id as is_merger,
    mean_before,
    mean_after,
    -- What the figure is divided by, so that all begin at the same level.
    case when outcome like '%_pct' then 1 else mean_before end as scale,
    round(slope_before / case when outcome like '%_pct' then 1 else mean_before end, 12) as slope,
    round(case when outcome like '%_pct' then mean_after - mean_before else ln(mean_after / mean_before) end, 12)
        as change
from sides
where outcome like '%_pct' or (mean_before > 0 and mean_after > 0)
