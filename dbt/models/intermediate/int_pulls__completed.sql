-- reaches_back_to_date: the first whole day that the pull can know of. Threads reach back less far than posts. A
-- return says nothing about its own reach, and forces return whole months: it is taken to reach the first day of the
-- month of its earliest row.
with pulled as (
    select
        account_id,
        entity,
        pulled_date,
        {{ plus_days(
            'pulled_date',
            "case when entity = 'messages' then " ~ (1 - var('messages_horizon_hours') // 24)
            ~ " else " ~ -var('posts_reach_days') ~ " end"
        ) }} as reaches_back_to_date,
        false as is_return
    from {{ ref('stg_landing__requests') }}
    where status in ('landed', 'empty') and is_passed and landing_source <> 'returns'
),

returned as (
    select
        account_id,
        'posts' as entity,
        {{ to_london_date('pulled_at_utc') }} as pulled_date,
        {{ month_start(to_london_date('min(created_at_utc)')) }} as reaches_back_to_date,
        true as is_return
    from {{ ref('stg_returns__posts') }}
    group by account_id, {{ to_london_date('pulled_at_utc') }}
    union all
    select
        account_id,
        'messages' as entity,
        {{ to_london_date('pulled_at_utc') }} as pulled_date,
        {{ month_start(to_london_date('min(sent_at_utc)')) }} as reaches_back_to_date,
        true as is_return
    from {{ ref('stg_returns__messages') }}
    group by account_id, {{ to_london_date('pulled_at_utc') }}
),

unioned as (
    select * from pulled
    union all
    select * from returned
),

final as (
    select
        account_id,
        entity,
        pulled_date,
        min(reaches_back_to_date) as reaches_back_to_date,
        bool_or(is_return) as is_return
    from unioned
    group by account_id, entity, pulled_date
)

select * from final
