-- A message returned again replaces what was returned before; pulled_at_utc is the last export that shows it.
with passed as (
    select
        landed.*,
        max(landed.pulled_at_utc) over (
            partition by landed.account_id, landed.message_id
        ) as last_exported_at_utc,
        row_number() over (
            partition by landed.account_id, landed.message_id
            order by landed.run_id desc, landed.line desc
        ) as nth_latest
    from {{ source('returns', 'messages') }} as landed
    left join {{ ref('stg_landing__quarantined') }} as refused
        on landed.run_id = refused.run_id
            and landed.account_id = refused.account_id
    where refused.run_id is null
),

final as (
    select
        'returns' as landing_source,
        platform,
        force_id,
        account_id,
        channel,
        conversation_id,
        message_id,
        cast(null as varchar) as post_id,
        cast(null as timestamp) as post_published_at_utc,
        direction,
        is_automatic,
        author_key,
        in_reply_to,
        cast(null as boolean) as has_question_mark,
        cast(null as varchar) as wording_key,
        closed_at_utc,
        sent_at_utc,
        last_exported_at_utc as pulled_at_utc,
        run_id
    from passed
    where nth_latest = 1
)

select * from final
