-- The declared life of a force's accounts: opened, renamed, merged, closed.
select
    force_id,
    account_id,
    platform,
    account_type,
    event_type,
    event_date,
    into_account_id,
    is_invented
from {{ ref('dim_account_event') }}
