-- depends_on: {{ ref('account_events') }}
with register as (
    select * from {{ read_register('account_events.csv') if is_sandbox() else ref('account_events') }}
),

final as (
    select
        cast(account_id as varchar) as account_id,
        cast(event_type as varchar) as event_type,
        cast(event_date as date) as event_date,
        cast(into_account_id as varchar) as into_account_id
    from register
)

select * from final
