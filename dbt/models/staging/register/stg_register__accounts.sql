-- The sandbox has its own register, of invented accounts; the real one is a seed.
-- depends_on: {{ ref('accounts') }}
with register as (
    select * from {{ read_register('accounts.csv') if is_sandbox() else ref('accounts') }}
),

final as (
    select
        account_id,
        force_id,
        platform,
        handle,
        account_type,
        url,
        source,
        cast(source_date as date) as source_date
    from register
)

select * from final
