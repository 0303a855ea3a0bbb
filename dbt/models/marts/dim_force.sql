with populations as (
    select force_id, population, vintage
    from {{ ref('dim_force_population') }}
    where until_year is null
),

final as (
    select
        forces.force_id,
        forces.force_name,
        forces.ons_code,
        forces.country,
        forces.force_type,
        cast(forces.is_per_head as boolean) as is_per_head,
        cast(forces.officers_fte as bigint) as officers_fte,
        populations.population,
        populations.vintage as population_vintage,
        {{ is_invented() }} as is_invented
    from {{ ref('forces') }} as forces
    left join populations
        on forces.force_id = populations.force_id
    order by forces.force_id
)

select * from final
