{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- depends_on: {{ ref('stg_landing__window') }}
-- METHOD 1: shrunk values of shares and of rates of independent events (those with Byar's limits), fitted by moments
-- over the forces compared (macros/shrinkage.sql has the formulas and their source). There is none of a median or of a
-- ratio that has no interval: what they are made of is no count of independent events. Nor is there one where
-- bench_funnels has no row: of what is provisional, where fewer than five forces compare, and where nothing happened.
with cells as (
    select
        *,
        scale = 'arcsine' as is_proportion,
        all_events / all_exposure as pooled,
        cast(sum({{ exact('effective_exposure') }}) over among as double) as all_effective
    from {{ ref('bench_funnel_places') }}
    where scale = 'arcsine' or ci_method in ('byar', 'exact_poisson')
    window among as (partition by indicator_id, platform, account_scope, period_type, period_start)
),

varied as (
    select
        *,
        events / exposure - pooled as distance,
        case when is_proportion then pooled * (1 - pooled) else pooled end as variance
    from cells
),

spread as (
    select
        *,
        cast(sum({{ exact('distance * distance * effective_exposure / nullif(variance, 0)') }}) over among as double)
            as chi2,
        all_effective - cast(
            sum({{ exact('effective_exposure * effective_exposure / all_effective') }}) over among as double
        ) as free
    from varied
    window among as (partition by indicator_id, platform, account_scope, period_type, period_start)
),

fitted as (
    select
        *,
        {{ prior_size('is_proportion', 'chi2', 'compared_count', 'free') }} as prior_size
    from spread
)

select
    indicator_id,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    period_end,
    multiplier * {{ shrunk('effective_events', 'effective_exposure', 'pooled', 'prior_size') }} as shrunk_value,
    multiplier * pooled as pooled_value,
    prior_size,
    {{ is_invented() }} as is_invented
from fitted
order by period_end, period_type, indicator_id, platform, account_scope, area_id
