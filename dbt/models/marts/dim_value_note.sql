-- Why a cell can be without a number. The position is the order of what promises most: a group without a value gives
-- the first of the reasons of its forces.
select
    value_note,
    cast(position as bigint) as position,
    name,
    sentence,
    cast(is_number_expected as boolean) as is_number_expected,
    {{ is_invented() }} as is_invented
from {{ ref('value_notes') }}
order by position
