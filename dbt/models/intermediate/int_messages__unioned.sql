{{ config(materialized='table') }}

-- A message that landed several times counts as it landed last, and as it was pulled rather than returned: few did, and
-- only those are ranked. looked_at_until_utc: a thread is looked at while its post is young.
{% set columns = ['landing_source', 'platform', 'force_id', 'account_id', 'channel', 'conversation_id', 'message_id',
    'direction', 'is_automatic', 'author_key', 'post_id', 'in_reply_to', 'has_question_mark', 'wording_key',
    'closed_at_utc', 'sent_at_utc', 'pulled_at_utc', 'post_published_at_utc'] %}
with unioned as (
    {% for source in landing_sources() %}
    select * from {{ ref('stg_' ~ source ~ '__messages') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

repeated as (
    select account_id, message_id
    from unioned
    group by account_id, message_id
    having count(*) > 1
),

marked as (
    select
        unioned.*,
        repeated.message_id is not null as is_repeated
    from unioned
    left join repeated
        on unioned.account_id = repeated.account_id
            and unioned.message_id = repeated.message_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by account_id, message_id
            order by landing_source = 'returns', run_id desc
        ) as nth
    from marked
    where is_repeated
),

final as (
    select {{ columns | join(', ') }} from marked where not is_repeated
    union all
    select {{ columns | join(', ') }} from ranked where nth = 1
)

select
    {{ columns[:-1] | join(', ') }},
    {{ plus_hours('post_published_at_utc', var('messages_horizon_hours')) }} as looked_at_until_utc
from final
