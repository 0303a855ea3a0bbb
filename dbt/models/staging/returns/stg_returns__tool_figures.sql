-- A figure returned again replaces the one returned before.
with passed as (
    select
        landed.*,
        row_number() over (
            partition by landed.account_id, landed.tool, landed.figure, landed.from_date, landed.to_date
            order by landed.run_id desc, landed.line desc
        ) as nth_latest
    from {{ source('returns', 'tool_figures') }} as landed
    left join {{ ref('stg_landing__quarantined') }} as refused
        on landed.run_id = refused.run_id
            and landed.account_id = refused.account_id
    where refused.run_id is null
),

final as (
    select
        force_id,
        platform,
        account_id,
        tool,
        figure,
        from_date,
        to_date,
        value,
        unit,
        pulled_at_utc as exported_at_utc
    from passed
    where nth_latest = 1
)

select * from final
