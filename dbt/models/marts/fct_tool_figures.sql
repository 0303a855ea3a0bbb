-- Every tool counts in its own way: nothing reads these but people, and no benchmark stands on them.
select
    account_id,
    force_id,
    platform,
    tool,
    figure,
    from_date,
    to_date,
    value,
    unit,
    exported_at_utc,
    {{ is_invented() }} as is_invented
from {{ ref('int_tool_figures__returned') }}
order by account_id, tool, figure, from_date, to_date
