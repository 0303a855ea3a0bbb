-- What: every indicator has, for each area, each platform that it applies to and each period that this build
-- computed, a row in bench_values, or a reason of bench_not_available that covers the period, and never both.
-- Why: a force that a join has lost would be missing from the tables without a word.
-- A returned row is a cell that neither table has, or both.
with platforms as (
    select platform from {{ ref('dim_platform') }}
    union all
    select 'all' as platform
),

grid as (
    select
        indicators.indicator_id,
        areas.area_id,
        platforms.platform,
        periods.period_type,
        periods.period_start,
        periods.period_end
    from {{ ref('dim_indicator') }} as indicators
    cross join {{ ref('dim_area') }} as areas
    inner join platforms
        on (platforms.platform = 'all' and indicators.is_pooled)
            or (platforms.platform <> 'all' and indicators.platforms is null)
            or '|' || indicators.platforms || '|' like '%|' || platforms.platform || '|%'
    inner join {{ ref('dim_period') }} as periods
        on
            case
                when indicators.period_types is not null
                    then '|' || indicators.period_types || '|' like '%|' || periods.period_type || '|%'
                else indicators.kind = 'ratio' or (areas.has_curve and periods.period_type in ('week', 'month'))
            end
            and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

reasons as (
    select distinct
        grid.indicator_id,
        grid.area_id,
        grid.platform,
        grid.period_type,
        grid.period_start
    from grid
    inner join {{ ref('bench_not_available') }} as reasons
        on grid.indicator_id = reasons.indicator_id
            and grid.area_id = reasons.area_id
            and grid.platform = reasons.platform
            and (reasons.from_date is null or grid.period_end >= reasons.from_date)
            and (reasons.until_date is null or grid.period_end < reasons.until_date)
)

select
    grid.indicator_id,
    grid.area_id,
    grid.platform,
    grid.period_type,
    grid.period_start,
    cells.area_id is not null as is_in_values,
    reasons.area_id is not null as is_in_not_available
from grid
left join {{ ref('bench_values') }} as cells
    on grid.indicator_id = cells.indicator_id
        and grid.area_id = cells.area_id
        and grid.platform = cells.platform
        and cells.account_scope = 'all'
        and grid.period_type = cells.period_type
        and grid.period_start = cells.period_start
left join reasons
    on grid.indicator_id = reasons.indicator_id
        and grid.area_id = reasons.area_id
        and grid.platform = reasons.platform
        and grid.period_type = reasons.period_type
        and grid.period_start = reasons.period_start
where (cells.area_id is null) = (reasons.area_id is null)
