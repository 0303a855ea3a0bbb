-- Of several vintages of one reference year the last by name counts ("mid-2011" after "census-2011"):
-- the mid-year estimate is the denominator. It holds until the next reference year that is known.
with ranked as (
    select
        force_id,
        vintage,
        cast(reference_year as integer) as from_year,
        cast(population as bigint) as population,
        row_number() over (partition by force_id, reference_year order by vintage desc) as nth
    from {{ ref('force_populations') }}
),

final as (
    select
        force_id,
        vintage,
        from_year,
        lead(from_year) over (partition by force_id order by from_year) as until_year,
        population,
        {{ is_invented() }} as is_invented
    from ranked
    where nth = 1
    order by force_id, from_year
)

select * from final
