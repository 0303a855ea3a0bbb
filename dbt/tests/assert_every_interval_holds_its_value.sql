-- What: limits lie around the value, and the 99.8% limits around the 95% limits; clusters narrow none.
-- Why: a formula with a sign or a unit wrong shows here first. The margin is rounding.
-- A returned row is a value outside its limits, or more conversations than there were.
select
    indicator_id,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    value,
    ci998_low,
    ci95_low,
    ci95_high,
    ci998_high,
    design_effect,
    effective_n
from {{ ref('bench_values') }}
where period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    and (
        ci95_low > value + 1e-9
        or ci95_high < value - 1e-9
        or ci998_low > ci95_low + 1e-9
        or ci998_high < ci95_high - 1e-9
        or design_effect < 1
        or effective_n > n + 1e-9
    )
