-- The clock of everything downstream: the newest pull or return, so that one landing builds one result.
with pulls as (
    select pulled_at_utc from {{ ref('stg_landing__requests') }}
    union all
    select pulled_at_utc from {{ ref('stg_returns__profiles') }}
    union all
    select pulled_at_utc from {{ ref('stg_returns__posts') }}
    union all
    select pulled_at_utc from {{ ref('stg_returns__messages') }}
    union all
    select pulled_at_utc from {{ ref('stg_returns__outcomes') }}
),

final as (
    select
        max(pulled_at_utc) as data_as_of_utc,
        {{ to_london_date('max(pulled_at_utc)') }} as data_as_of_date
    from pulls
)

select * from final
