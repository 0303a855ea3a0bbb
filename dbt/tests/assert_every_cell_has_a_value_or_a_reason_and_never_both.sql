-- What: every cell of the periods that this build computed has a number or a reason.
-- Why: an empty cell without a reason reads as zero, and a reason beside a number reads as doubt.
-- A returned row is a cell that has both or neither.
select
    indicator_id,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    value,
    value_note
from {{ ref('bench_values') }}
where (value is null) = (value_note is null)
    and period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
