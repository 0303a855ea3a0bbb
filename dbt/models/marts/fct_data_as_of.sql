with final as (
    select
        data_as_of_utc,
        data_as_of_date,
        {{ is_invented() }} as is_invented
    from {{ ref('int_data__as_of') }}
)

select * from final
