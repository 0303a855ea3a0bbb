-- What: a group's numerator is the sum over its forces with a value, for every ratio of sums.
-- Why: a group is Σ numerator / Σ denominator, and a join that multiplies rows would inflate it.
-- A returned row is a group, platform and period where the two differ. Indicators from messages pool also forces of
-- which not all messages were collected, so they are left out; the attack of the release gate looks at them.
with cells as (
    select cells.*
    from {{ ref('bench_values') }} as cells
    inner join {{ ref('dim_indicator') }} as indicators
        on cells.indicator_id = indicators.indicator_id
            and indicators.kind = 'ratio'
            and indicators.known_by not in ('messages', 'direct_messages')
    where cells.value is not null
        and cells.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

summed as (
    select
        members.area_id,
        cells.indicator_id,
        cells.platform,
        cells.account_scope,
        cells.period_type,
        cells.period_start,
        sum(cells.numerator) as numerator
    from cells
    inner join {{ ref('dim_area_member') }} as members
        on cells.area_id = members.force_id
    group by
        members.area_id, cells.indicator_id, cells.platform, cells.account_scope, cells.period_type, cells.period_start
)

select
    cells.indicator_id,
    cells.area_id,
    cells.platform,
    cells.account_scope,
    cells.period_type,
    cells.period_start,
    cells.numerator,
    summed.numerator as summed_numerator
from cells
left join summed
    on cells.area_id = summed.area_id
        and cells.indicator_id = summed.indicator_id
        and cells.platform = summed.platform
        and cells.account_scope = summed.account_scope
        and cells.period_type = summed.period_type
        and cells.period_start = summed.period_start
where cells.numerator is distinct from summed.numerator
