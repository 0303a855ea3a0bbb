{{ config(materialized='view') }}

-- What is known of each cell that has a rank, for the draws of bench_rank_draws: the distribution of its true figure.
-- beta (of shares) and gamma (of rates with Byar's limits): shape and second shape, or exposure, of what is left after
-- shrinkage. log (of medians): place and standard deviation on the logarithm, by the limits. days (of ratios of sums
-- that have no limits): place on the logarithm; how far it moves is told by drawing the period's days again. Followers
-- and accounts have none: they are counted and not sampled. A median that was not reached has no place and is last in
-- every draw. Where forces differ by no more than chance the crowd counts for a thousand million, so that every order
-- of them is as likely as any other.
with ranked as (
    select
        comparisons.indicator_id,
        comparisons.area_id,
        comparisons.platform,
        comparisons.account_scope,
        comparisons.period_type,
        comparisons.period_start,
        comparisons.period_end,
        comparisons.value,
        cells.denominator,
        cells.n,
        cells.design_effect,
        cells.ci95_low,
        cells.ci95_high,
        cast(indicators.multiplier as double) as multiplier,
        indicators.numerator_measure,
        indicators.denominator_measure,
        indicators.polarity = 'lower_is_better' as is_lowest_first,
        shrunk.pooled_value / indicators.multiplier as pooled,
        coalesce(shrunk.prior_size, 1e9) as prior_size,
        case
            when shrunk.area_id is not null and indicators.interval_method = 'wilson' then 'beta'
            when shrunk.area_id is not null then 'gamma'
            when indicators.kind <> 'ratio' and indicators.interval_method <> 'none' then 'log'
            when indicators.interval_method = 'none' and {{ is_by_day('indicators.numerator_measure') }} then 'days'
        end as drawn_from
    from {{ ref('bench_comparisons') }} as comparisons
    inner join {{ ref('bench_values') }} as cells
        on comparisons.indicator_id = cells.indicator_id
            and comparisons.area_id = cells.area_id
            and comparisons.platform = cells.platform
            and comparisons.account_scope = cells.account_scope
            and comparisons.period_type = cells.period_type
            and comparisons.period_start = cells.period_start
    inner join {{ ref('dim_indicator') }} as indicators
        on comparisons.indicator_id = indicators.indicator_id
    left join {{ ref('bench_shrunk') }} as shrunk
        on comparisons.indicator_id = shrunk.indicator_id
            and comparisons.area_id = shrunk.area_id
            and comparisons.platform = shrunk.platform
            and comparisons.account_scope = shrunk.account_scope
            and comparisons.period_type = shrunk.period_type
            and comparisons.period_start = shrunk.period_start
    where comparisons.rank is not null
        and comparisons.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

-- A share that was read off a curve counts for as many as were asked, as in the funnel.
counted as (
    select
        *,
        case drawn_from when 'beta' then cast(n as double) when 'gamma' then denominator end
        / greatest(1.0, design_effect) as exposure,
        value / multiplier * case drawn_from when 'beta' then n when 'gamma' then denominator end
        / greatest(1.0, design_effect) as events,
        case when value is not null then ln(greatest(value, 0.001)) end as log_value,
        -- A limit that there is not: what the other one says, both ways.
        case
            when ci95_high > 0 then ln(ci95_high)
            when ci95_low > 0 and value is not null then 2 * ln(greatest(value, 0.001)) - ln(ci95_low)
        end as log_high,
        case
            when ci95_low > 0 then ln(ci95_low)
            when ci95_high > 0 then 2 * ln(greatest(value, 0.001)) - ln(ci95_high)
        end as log_low
    from ranked
    where drawn_from is not null
),

distributed as (
    select
        indicator_id,
        area_id,
        platform,
        account_scope,
        period_type,
        period_start,
        period_end,
        drawn_from,
        is_lowest_first,
        case drawn_from when 'days' then numerator_measure end as numerator_measure,
        case when drawn_from = 'days' and {{ is_by_day('denominator_measure') }} then denominator_measure end
            as denominator_measure,
        case
            when drawn_from in ('beta', 'gamma') then greatest(0.01, prior_size * pooled + events)
            when drawn_from = 'log' then log_value
            when value > 0 then ln(value)  -- a measured zero is zero in every draw
        end as place,
        case drawn_from
            when 'beta' then greatest(0.01, prior_size * (1 - pooled) + exposure - events)
            when 'gamma' then prior_size + exposure
            -- Without limits of its own a median is as uncertain as the least certain of the others.
            when 'log' then case
                    when value is null then 0
                    else coalesce(log_high - log_low, max(log_high - log_low) over among) / (2 * {{ z_value(95) }})
                end
        end as width,
        cast({{ var('draws_seed') }} as bigint) as draws_seed
    from counted
    window among as (partition by indicator_id, platform, account_scope, period_type, period_start)
)

-- What is no ratio and has no limits at any force says nothing of how sure it is.
select * from distributed
where drawn_from <> 'log' or width is not null
