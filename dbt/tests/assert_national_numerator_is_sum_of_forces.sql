-- What: the nation's numerator is the sum over the forces with a value, for every ratio of sums.
-- Why: the nation is Σ numerator / Σ denominator, and a join that multiplies rows would inflate it.
-- A returned row is a platform and period where the two differ. Response indicators pool also those forces whose
-- own number is suppressed, so they are left out.
with forces as (
    select indicator_id, platform, period_type, period_start, sum(numerator) as numerator
    from {{ ref('bench_values') }}
    where force_id <> 'national' and value is not null
    group by indicator_id, platform, period_type, period_start
)

select nation.indicator_id, nation.platform, nation.period_type, nation.period_start, nation.numerator
from {{ ref('bench_values') }} as nation
inner join {{ ref('bench_definitions') }} as definitions
    on nation.indicator_id = definitions.indicator_id
inner join forces
    on nation.indicator_id = forces.indicator_id
        and nation.platform = forces.platform
        and nation.period_type = forces.period_type
        and nation.period_start = forces.period_start
where nation.force_id = 'national'
    and nation.value is not null
    and definitions.entity <> 'messages'
    and nation.numerator <> forces.numerator
