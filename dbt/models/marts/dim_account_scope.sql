-- Which types of account a figure counts.
select
    account_scope,
    name as account_scope_name,
    account_type,
    {{ is_invented() }} as is_invented
from {{ ref('account_scopes') }}
order by account_scope, account_type
