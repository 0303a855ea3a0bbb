-- The claims that the benchmarks are to settle, each as the question that a table must answer.
select
    question_id,
    cast(position as integer) as position,
    claim,
    question,
    needs,
    caveat,
    {{ is_invented() }} as is_invented
from {{ ref('questions') }}
order by position
