{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('opened_date', 'messages_from_date') }}"
) }}

with conversations as (
    select
        *,
        {{ to_london_date('opened_at_utc') }} as opened_date
    from {{ ref('int_conversations__staffed') }}
)

select
    account_id,
    message_id,
    force_id,
    platform,
    channel,
    landing_source,
    conversation_id,
    post_id,
    opened_at_utc,
    opened_date,
    is_asker_known,
    is_closing,
    is_acknowledged,
    first_reply_at_utc,
    followed_until_utc,
    is_answered,
    waited_seconds,
    staffed_waited_seconds,
    staffed_followed_seconds,
    {{ is_invented() }} as is_invented
from conversations
where opened_date >= (select messages_from_date from {{ ref('stg_landing__window') }})
order by opened_date, account_id, message_id
