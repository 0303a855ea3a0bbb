-- What: a force's shares per post are the shares over the posts with a count of shares that bench_measures holds.
-- Why: between the two stand the reasons, the groups and the choice of a measure by its name; none may change a number.
-- A returned row is a force's cell whose value is another.
select
    cells.area_id,
    cells.platform,
    cells.account_scope,
    cells.period_type,
    cells.period_start,
    cells.value,
    measures.share_count_7d,
    measures.share_valued_count
from {{ ref('bench_values') }} as cells
inner join {{ ref('dim_force') }} as forces
    on cells.area_id = forces.force_id
left join {{ ref('bench_measures') }} as measures
    on cells.area_id = measures.force_id
        and cells.platform = measures.platform
        and cells.account_scope = measures.account_scope
        and cells.period_type = measures.period_type
        and cells.period_start = measures.period_start
where cells.indicator_id = 'shares_per_post'
    and cells.value is not null
    and cells.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    and (measures.share_count_7d / cast(measures.share_valued_count as double) = cells.value) is not true
