with final as (
    select
        platform,
        name as platform_name,
        collected_by,
        cast(is_agreement_required as boolean) as is_agreement_required,
        cast(agreement_recorded_on as date) as agreement_recorded_date,
        -- The sandbox publishes invented figures, to which no platform's terms apply.
        cast(is_agreement_required as boolean)
        and agreement_recorded_on is null
        and not {{ is_invented() }} as is_terms_restricted,
        {{ is_invented() }} as is_invented
    from {{ ref('platforms') }}
    order by platform
)

select * from final
