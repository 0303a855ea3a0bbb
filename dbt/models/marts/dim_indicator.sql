-- The definition of each indicator, as the indicators seed has it.
select
    indicator_id,
    version as indicator_version,
    cast(position as bigint) as position,
    name,
    why_it_matters,
    numerator,
    denominator,
    unit,
    kind,
    numerator_measure,
    denominator_measure,
    n_measure,
    cast(multiplier as bigint) as multiplier,
    polarity,
    known_by,
    metrics,
    metric_rule,
    platforms,
    only_account_scope,
    period_types,
    part,
    cast(is_pooled as boolean) as is_pooled,
    coalesce(denominator_measure = 'expected_answers_1h', false) as is_standardised,
    -- METHOD 4.5: staffed time rewards short hours, and outcomes a force tells of itself: nobody is ranked or judged.
    coalesce(part = 'staffed' or known_by in ('outcomes', 'collection'), false) as is_diagnostic,
    -- One post in a hundred has most of what all of them have: the mean of a few is chance.
    coalesce(
        known_by like 'values%' and denominator_measure not in ('resident_count', 'follower_count'), false
    ) as is_mean_of_posts,
    -- Made of what was seen and a price (bench_cost_equivalents).
    coalesce(numerator_measure like '%_milli_gbp_7d', false) as is_priced,
    horizon,
    interval_method,
    variance_measure,
    cast(minimum_n as bigint) as minimum_n,
    caveats,
    checked_by,
    cast(checked_on as date) as checked_on_date,
    {{ is_invented() }} as is_invented
from {{ ref('indicators') }}
order by position
