-- What: the posts and conversations that this build computed are of accounts of the register.
-- Why: an account whose row was taken out of the register would take its posts out of every figure without a word; one
-- that ends gets an event and keeps its row.
-- A returned row is an account that has posts or conversations and is not in the register.
with seen as (
    select account_id
    from {{ ref('fct_posts') }}
    where created_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
    union
    select account_id
    from {{ ref('fct_conversations') }}
    where opened_date >= (select messages_from_date from {{ ref('stg_landing__window') }})
)

select seen.account_id
from seen
left join {{ ref('dim_account') }} as accounts
    on seen.account_id = accounts.account_id
where accounts.account_id is null
