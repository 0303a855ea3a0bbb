{{ config(materialized='view') }}

-- METHOD 2: where each force stands on a scale on which forces of different size compare, how far chance alone moves it
-- (s), and where the other forces stand together. Proportions on the arcsine scale (CQC), ratios of sums as observed
-- over expected (SHMI), what is no ratio on the logarithm. The force itself is left out of what it is held against, and
-- provisional cells out of everything, as is what pools other platforms for one force than for another and is not
-- standardised, and what is diagnostic.
with cells as (
    select
        cells.*,
        cast(indicators.multiplier as double) as multiplier,
        case when indicators.is_mean_of_posts then cells.n else cells.effective_n end as independent_n,
        case
            when indicators.interval_method = 'wilson' then 'arcsine'
            when indicators.kind = 'ratio' then 'log_ratio'
            else 'log'
        end as scale
    from {{ ref('bench_values') }} as cells
    inner join {{ ref('dim_area') }} as areas
        on cells.area_id = areas.area_id
    inner join {{ ref('dim_indicator') }} as indicators
        on cells.indicator_id = indicators.indicator_id
    where areas.area_type = 'force'
        and cells.value is not null
        and not cells.is_provisional
        and not cells.is_break
        and (cells.platform <> 'all' or indicators.is_standardised)
        and indicators.is_diagnostic is not true
        and cells.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

-- Events and what they are events of. A share that was read off a curve counts for as many as were asked.
counted as (
    select
        *,
        case scale when 'arcsine' then value / multiplier * n when 'log_ratio' then numerator end as events,
        case scale when 'arcsine' then cast(n as double) when 'log_ratio' then denominator end as exposure
    from cells
),

pooled as (
    select
        *,
        -- What is not independent counts for less, in what chance does and not in what forces have together.
        exposure / greatest(1.0, design_effect) as effective_exposure,
        events / greatest(1.0, design_effect) as effective_events,
        cast(sum({{ exact('events') }}) over among as double) as all_events,
        cast(sum({{ exact('exposure') }}) over among as double) as all_exposure
    from counted
    window among as (partition by indicator_id, platform, account_scope, period_type, period_start)
),

-- A count of nothing has no logarithm: it is taken for half an event.
scaled as (
    select
        *,
        case scale
            when 'arcsine' then {{ arcsine('value / multiplier') }}
            when 'log_ratio' then ln(greatest(events, 0.5) / exposure)
            else ln(value)
        end as y,
        case scale
            when 'arcsine' then 1 / (2 * sqrt(effective_exposure))
            when 'log_ratio' then 1 / sqrt(effective_exposure * all_events / all_exposure)
            -- An upper limit that is not reached: what the lower one says, both ways.
            else (coalesce(ln(ci95_high), 2 * ln(value) - ln(ci95_low)) - ln(ci95_low)) / (2 * {{ z_value(95) }})
        end as s
    from pooled
    where (scale = 'log' and ci95_low > 0 and ci95_low < value)
        or (scale = 'arcsine' and exposure > 0)
        or (scale = 'log_ratio' and exposure > 0 and all_events > 0)
),

weighed as (
    select
        *,
        1 / (s * s) as w,
        cast(sum({{ exact('1 / (s * s)') }}) over among as double) as all_w,
        cast(sum({{ exact('y / (s * s)') }}) over among as double) as all_wy,
        count(*) over among as compared_count
    from scaled
    window among as (partition by indicator_id, platform, account_scope, period_type, period_start)
),

centred as (
    select
        *,
        case scale
            when 'arcsine' then {{ arcsine('all_events / all_exposure') }}
            when 'log_ratio' then ln(all_events / all_exposure)
            else all_wy / all_w
        end as centre,
        case scale
            when 'arcsine' then {{ arcsine('(all_events - events) / (all_exposure - exposure)') }}
            when 'log_ratio' then ln(greatest(all_events - events, 0.5) / (all_exposure - exposure))
            else (all_wy - w * y) / (all_w - w)
        end as others
    from weighed
    where compared_count >= {{ var('compared_from') }}
)

select
    *,
    (y - centre) / s as z
from centred
