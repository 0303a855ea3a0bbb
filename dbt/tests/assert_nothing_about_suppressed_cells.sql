-- What: a cell without a value shows no numerator, denominator or n either.
-- Why: a suppressed count that stands in the next column is not suppressed, and a partial sum is not the force's.
-- A returned row is a cell that tells what it says it does not.
select indicator_id, force_id, platform, period_type, period_start, value_note
from {{ ref('bench_values') }}
where value is null and (numerator is not null or denominator is not null or n is not null or ci95_low is not null)
