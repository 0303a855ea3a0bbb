-- The neighbourhoods of forces: a row for as long as one was drawn so, and served by these accounts.
select
    force_id,
    neighbourhood_id,
    neighbourhood_name,
    resident_count,
    no_residents_because,
    account_ids,
    valid_from_date,
    valid_until_date,
    source,
    source_date,
    {{ is_invented() }} as is_invented
from {{ ref('stg_register__neighbourhoods') }}
order by force_id, neighbourhood_id, valid_from_date
