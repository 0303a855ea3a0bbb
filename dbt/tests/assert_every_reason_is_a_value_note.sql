-- What: every reason that a table of this build gives is a row of the value_notes seed.
-- Why: readers look up a reason's sentence, and groups its position; one that is not there has neither.
-- A returned row is a table and a reason that the seed does not have.
with used as (
    select distinct
        'fct_posts' as table_name,
        note_7d as value_note
    from {{ ref('fct_posts') }}
    where created_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
    union all
    select distinct
        'bench_values' as table_name,
        value_note
    from {{ ref('bench_values') }}
    where period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    union all
    select distinct
        'bench_not_available' as table_name,
        value_note
    from {{ ref('bench_not_available') }}
)

select
    used.table_name,
    used.value_note
from used
left join {{ ref('value_notes') }} as notes
    on used.value_note = notes.value_note
where used.value_note is not null and notes.value_note is null
