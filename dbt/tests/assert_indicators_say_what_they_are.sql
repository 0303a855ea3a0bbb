-- What: every indicator has a name, says why it matters, what it counts and divides by, its unit and its caveats.
-- Why: a number whose definition nobody can read is quoted for what it is not.
-- A returned row is an indicator that leaves one of them empty.
select
    indicator_id,
    name,
    why_it_matters,
    numerator,
    denominator,
    unit,
    caveats
from {{ ref('indicators') }}
where name is null
    or why_it_matters is null
    or numerator is null
    or denominator is null
    or unit is null
    or caveats is null
