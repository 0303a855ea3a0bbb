-- When an account is open, from its declared life: from_date is the first day, until_date the first day after.
-- Without an "opened" event it has always been open: the register does not know since when.
{% set opening = "('opened', 'reinstated')" %}
{% set closing = "('suspended', 'merged_into', 'closed')" %}
with events as (
    select
        account_id,
        event_date,
        event_type in {{ opening }} as is_open,
        event_type = 'opened' as is_first
    from {{ ref('stg_register__account_events') }}
    where event_type in {{ opening }} or event_type in {{ closing }}
),

states as (
    select account_id, event_date as from_date, is_open from events
    union all
    select accounts.account_id, cast('1900-01-01' as date) as from_date, true as is_open
    from {{ ref('stg_register__accounts') }} as accounts
    left join events
        on accounts.account_id = events.account_id and events.is_first
    where events.account_id is null
),

spells as (
    select
        account_id,
        from_date,
        is_open,
        lead(from_date) over (partition by account_id order by from_date, is_open) as until_date
    from states
),

final as (
    select
        account_id,
        from_date,
        until_date
    from spells
    where is_open and (until_date is null or until_date > from_date)
)

select * from final
