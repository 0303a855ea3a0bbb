-- Every account on every day from which this build computes: whether its register says that it is open.
with days as (
    select
        {{ each_day('greatest(history_from_date, posts_from_date)', 'data_as_of_date') }} as activity_date
    from {{ ref('stg_landing__window') }}
),

open_days as (
    select
        days.activity_date,
        spells.account_id,
        bool_or(spells.until_date = {{ plus_days('days.activity_date', 1) }}) as is_last_open_day
    from days
    inner join {{ ref('int_accounts__spells') }} as spells
        on days.activity_date >= spells.from_date
            and (spells.until_date is null or days.activity_date < spells.until_date)
    group by days.activity_date, spells.account_id
)

select
    accounts.account_id,
    accounts.force_id,
    accounts.platform,
    accounts.account_type,
    days.activity_date,
    open_days.account_id is not null as is_open,
    coalesce(open_days.is_last_open_day, false) as is_last_open_day
from {{ ref('stg_register__accounts') }} as accounts
cross join days
left join open_days
    on accounts.account_id = open_days.account_id
        and days.activity_date = open_days.activity_date
