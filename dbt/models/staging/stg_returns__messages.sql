with latest as (
    {{ latest_passed(
        'returns', 'messages', 'landed.account_id, landed.message_id',
        "'returns', landed.platform", 'landed.line desc'
    ) }}
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
        direction,
        is_automatic,
        sent_at_utc,
        pulled_at_utc,
        run_id
    from latest
)

select * from final
