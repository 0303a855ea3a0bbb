-- A figure returned again replaces the one returned before.
with numbered as (
    select
        *,
        row_number() over (
            partition by account_id, tool, figure, from_date, to_date
            order by run_id desc, line desc
        ) as nth_latest
    from {{ ref('stg_returns__tool_figures') }}
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
        exported_at_utc
    from numbered
    where nth_latest = 1
)

select * from final
