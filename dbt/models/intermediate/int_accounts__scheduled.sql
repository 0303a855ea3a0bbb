-- Which schedule each account has, and when: its own ones, or where it has none those of its force.
with schedules as (
    select distinct
        schedule_id,
        owner_id,
        from_date,
        until_date
    from {{ ref('int_staffed_hours__scheduled') }}
),

owners as (
    select
        accounts.account_id,
        coalesce(own.owner_id, accounts.force_id) as owner_id
    from {{ ref('stg_register__accounts') }} as accounts
    left join (select distinct owner_id from schedules) as own
        on accounts.account_id = own.owner_id
)

select
    owners.account_id,
    schedules.schedule_id,
    schedules.from_date,
    schedules.until_date
from owners
inner join schedules
    on owners.owner_id = schedules.owner_id
