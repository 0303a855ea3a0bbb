{{ config(materialized='view') }}

-- Which accounts serve which neighbourhood, from when until when the register says so. Whether the account is open
-- then is not said here.
select
    neighbourhoods.force_id,
    neighbourhoods.neighbourhood_id,
    neighbourhoods.resident_count,
    neighbourhoods.valid_from_date as first_date,
    coalesce(neighbourhoods.valid_until_date, cast('9999-12-31' as date)) as last_date,
    accounts.account_id,
    accounts.platform
from {{ ref('dim_neighbourhood') }} as neighbourhoods
inner join {{ ref('dim_account') }} as accounts
    on neighbourhoods.force_id = accounts.force_id
        and position('|' || accounts.account_id || '|' in '|' || neighbourhoods.account_ids || '|') > 0
