-- What: every indicator has, in each of its platforms and periods, all forces and the nation.
-- Why: a force that a join has lost would be missing from the tables without a word.
-- A returned row is an indicator, platform and period with fewer or more areas than there are.
with areas as (
    select count(*) + 1 as expected_count from {{ ref('dim_force') }}
)

select
    cells.indicator_id,
    cells.platform,
    cells.period_type,
    cells.period_start,
    count(*) as area_count
from {{ ref('bench_values') }} as cells
cross join areas
group by cells.indicator_id, cells.platform, cells.period_type, cells.period_start, areas.expected_count
having count(*) <> areas.expected_count
