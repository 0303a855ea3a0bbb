-- depends_on: {{ ref('staffed_hours') }}
with register as (
    select * from {{ read_register('staffed_hours.csv') if is_sandbox() else ref('staffed_hours') }}
),

final as (
    select
        cast(force_id as varchar) as force_id,
        cast(account_id as varchar) as account_id,
        cast(valid_from_date as date) as valid_from_date,
        cast(valid_until_date as date) as valid_until_date,
        cast(weekdays as varchar) as weekdays,
        cast(opens_at as varchar) as opens_at,
        cast(closes_at as varchar) as closes_at,
        cast(is_bank_holiday_staffed as boolean) as is_bank_holiday_staffed,
        cast(declared_by as varchar) as declared_by,
        cast(declared_date as date) as declared_date,
        cast(source as varchar) as source
    from register
)

select * from final
