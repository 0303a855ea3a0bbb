-- Figures that were declared wrong, and what counts instead (docs/method.md).
select
    correction_id,
    platform,
    account_id,
    post_id,
    counter,
    from_date,
    until_date,
    replacement,
    reason,
    corrected_by,
    corrected_date,
    {{ is_invented() }} as is_invented
from {{ ref('stg_register__corrections') }}
order by correction_id
