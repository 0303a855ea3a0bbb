-- The declared life of accounts: a row for each event, with the account that others were merged into.
select
    events.account_id,
    accounts.force_id,
    accounts.platform,
    accounts.account_type,
    events.event_type,
    events.event_date,
    events.into_account_id,
    {{ is_invented() }} as is_invented
from {{ ref('stg_register__account_events') }} as events
inner join {{ ref('dim_account') }} as accounts
    on events.account_id = accounts.account_id
order by events.account_id, events.event_date, events.event_type
