with spells as (
    select
        account_id,
        min(from_date) as first_open_date,
        case when count(until_date) = count(*) then max(until_date) end as closed_date
    from {{ ref('int_accounts__spells') }}
    group by account_id
),

final as (
    select
        accounts.account_id,
        accounts.force_id,
        accounts.platform,
        accounts.handle,
        accounts.account_type,
        accounts.url,
        accounts.source,
        accounts.source_date,
        nullif(spells.first_open_date, cast('1900-01-01' as date)) as opened_date,
        spells.closed_date,
        succeeded.merged_date,
        coalesce(succeeded.successor_account_id, accounts.account_id) as line_account_id,
        {{ is_invented() }} as is_invented
    from {{ ref('stg_register__accounts') }} as accounts
    left join spells
        on accounts.account_id = spells.account_id
    left join {{ ref('int_accounts__succeeded') }} as succeeded
        on accounts.account_id = succeeded.account_id
    order by accounts.account_id
)

select * from final
