-- Which days a pull or a return knows: from_date to until_date, both included. A pull knows the whole days before its
-- own, threads less far back than posts, and no direct messages. A return knows the period that it declares, as far as
-- its days were over when it was exported; of messages in the channels that it has rows of. Of
-- outcomes returns alone know. A pulse knows no day.
with requests as (
    select *
    from {{ ref('stg_landing__requests') }}
    where entity in ('posts', 'messages', 'outcomes') and status in ('landed', 'empty') and is_passed
),

pulled as (
    select distinct
        account_id,
        entity,
        pulled_date,
        {{ plus_days(
            'pulled_date',
            "case when entity = 'messages' then " ~ (1 - var('messages_horizon_hours') // 24)
            ~ " else " ~ -var('posts_reach_days') ~ " end"
        ) }} as from_date,
        {{ plus_days('pulled_date', -1) }} as until_date,
        false as is_return
    from requests
    where landing_source <> 'returns' and is_pulse is not true
),

returned as (
    select account_id, entity, pulled_date, period_from_date, period_to_date
    from requests
    where landing_source = 'returns'
        and (entity in ('posts', 'outcomes') or '|' || channels || '|' like '%|public|%')
    union all
    select account_id, 'direct_messages' as entity, pulled_date, period_from_date, period_to_date
    from requests
    where landing_source = 'returns' and '|' || channels || '|' like '%|direct|%'
)

select * from pulled
union all
select
    account_id,
    entity,
    pulled_date,
    period_from_date as from_date,
    least(period_to_date, {{ plus_days('pulled_date', -1) }}) as until_date,
    true as is_return
from returned
where period_from_date is not null
