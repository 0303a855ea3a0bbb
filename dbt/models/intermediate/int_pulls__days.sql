-- Which days a pull or a return knows: from_date to until_date, both included. A pull knows the whole days before its
-- own, threads less far back than posts. A return says nothing about its own reach, and forces return whole months:
-- it is taken to reach from the first day of the month of its earliest row to the day before its observations.
with pulled as (
    select
        account_id,
        entity,
        pulled_date,
        {{ plus_days(
            'pulled_date',
            "case when entity = 'messages' then " ~ (1 - var('messages_horizon_hours') // 24)
            ~ " else " ~ -var('posts_reach_days') ~ " end"
        ) }} as from_date,
        false as is_return
    from {{ ref('stg_landing__requests') }}
    where entity in ('posts', 'messages') and status in ('landed', 'empty') and is_passed and landing_source <> 'returns'
),

returned as (
    select
        account_id,
        'posts' as entity,
        {{ to_london_date('pulled_at_utc') }} as pulled_date,
        {{ period_start('month', to_london_date('min(created_at_utc)')) }} as from_date,
        true as is_return
    from {{ ref('stg_returns__posts') }}
    group by account_id, run_id, {{ to_london_date('pulled_at_utc') }}
    union all
    select
        account_id,
        'messages' as entity,
        {{ to_london_date('pulled_at_utc') }} as pulled_date,
        {{ period_start('month', to_london_date('min(sent_at_utc)')) }} as from_date,
        true as is_return
    from {{ ref('stg_returns__messages') }}
    group by account_id, run_id, {{ to_london_date('pulled_at_utc') }}
),

final as (
    select distinct * from pulled
    union all
    select * from returned
)

select
    account_id,
    entity,
    pulled_date,
    from_date,
    {{ plus_days('pulled_date', -1) }} as until_date,
    is_return
from final
