with returned as (
    select
        account_id,
        force_id,
        platform,
        tool,
        figure,
        from_date,
        to_date,
        value,
        unit,
        exported_at_utc
    from {{ ref('stg_returns__tool_figures') }}
)

select * from returned
