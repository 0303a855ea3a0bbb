with spells as (
    select
        account_id,
        min(from_date) as first_open_date,
        case when count(until_date) = count(*) then max(until_date) end as closed_date
    from {{ ref('int_accounts__spells') }}
    group by account_id
),

declared as (
    select
        account_id,
        min(from_date) as staffed_hours_from_date
    from {{ ref('int_accounts__scheduled') }}
    group by account_id
),

-- The hours that hold now.
staffed as (
    select
        schedules.account_id,
        {{ list_text('hours.hours_text', 'hours.hours_text') }} as staffed_hours
    from {{ ref('int_accounts__scheduled') }} as schedules
    inner join {{ ref('stg_landing__window') }} as clock
        on schedules.from_date <= clock.data_as_of_date and schedules.until_date > clock.data_as_of_date
    inner join {{ ref('int_staffed_hours__scheduled') }} as hours
        on schedules.schedule_id = hours.schedule_id
    group by schedules.account_id
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
        declared.staffed_hours_from_date,
        staffed.staffed_hours,
        {{ is_invented() }} as is_invented
    from {{ ref('stg_register__accounts') }} as accounts
    left join spells
        on accounts.account_id = spells.account_id
    left join {{ ref('int_accounts__succeeded') }} as succeeded
        on accounts.account_id = succeeded.account_id
    left join declared
        on accounts.account_id = declared.account_id
    left join staffed
        on accounts.account_id = staffed.account_id
    order by accounts.account_id
)

select * from final
