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
    cast(is_pooled as boolean) as is_pooled,
    {% set standard = "', '".join(var('standard_measures')) %}
    coalesce(denominator_measure in ('{{ standard }}'), false) as is_standardised,
    horizon,
    interval_method,
    cast(minimum_n as bigint) as minimum_n,
    caveats,
    checked_by,
    cast(checked_on as date) as checked_on_date,
    {{ is_invented() }} as is_invented
from {{ ref('indicators') }}
order by position
