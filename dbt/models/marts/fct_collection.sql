with final as (
    select
        account_id,
        collected_date,
        force_id,
        platform,
        is_due,
        status,
        reason,
        detail,
        is_absent,
        {{ is_invented() }} as is_invented
    from {{ ref('int_collection__due') }}
    order by account_id, collected_date
)

select * from final
