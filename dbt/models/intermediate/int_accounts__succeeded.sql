-- METHOD 6: which account carries on for one that was merged, through mergers of mergers. One that was opened again
-- since stands for itself. Accounts that would succeed each other in a circle have no successor.
with recursive openings as (
    select account_id, max(event_date) as last_date
    from {{ ref('stg_register__account_events') }}
    where event_type in ('opened', 'reinstated')
    group by account_id
),

merged as (
    select events.account_id, events.into_account_id, events.event_date
    from {{ ref('stg_register__account_events') }} as events
    left join openings
        on events.account_id = openings.account_id and events.event_date <= openings.last_date
    where events.event_type = 'merged_into' and openings.account_id is null
),

-- A row that is there already is not added, so that a circle ends.
steps as (
    select account_id, into_account_id as successor_account_id, event_date as merged_date from merged
    union
    select steps.account_id, merged.into_account_id as successor_account_id, steps.merged_date
    from steps
    inner join merged
        on steps.successor_account_id = merged.account_id
),

final as (
    select
        steps.account_id,
        steps.successor_account_id,
        steps.merged_date
    from steps
    left join merged
        on steps.successor_account_id = merged.account_id
    where merged.account_id is null
)

select * from final
