-- What: a cell without a value shows no numerator, denominator, n or limit either.
-- Why: a suppressed count that stands in the next column is not suppressed, and a partial sum is not the force's.
-- A median that is not reached is no secret: as many waited, and at least so long.
-- A returned row is a cell that tells what it says it does not.
select
    indicator_id,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    value_note
from {{ ref('bench_values') }}
where value is null
    and value_note <> 'not_reached'
    and period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    and coalesce(numerator, denominator, n, effective_n, design_effect, ci95_low, ci95_high, ci998_low, ci998_high)
    is not null
