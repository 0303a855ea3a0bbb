-- Every rate divides by them, so a digit too many halves or doubles a force's place in the country. From one reference
-- year to the next residents change by less than a twentieth a year: the fastest force grows by three hundredths.
-- Excepted are figures that the seed calls doubtful, and forces of which no rate per resident is computed.
with years as (
    select
        populations.force_id,
        populations.from_year,
        populations.population,
        seeds.source like '%doubtful%' as is_doubtful,
        lag(populations.from_year) over earlier as earlier_year,
        lag(populations.population) over earlier as earlier_population,
        lag(seeds.source like '%doubtful%') over earlier as is_earlier_doubtful
    from {{ ref('dim_force_population') }} as populations
    inner join {{ ref('force_populations') }} as seeds
        on populations.force_id = seeds.force_id
            and populations.vintage = seeds.vintage
    inner join {{ ref('dim_force') }} as forces
        on populations.force_id = forces.force_id and forces.is_per_head
    window earlier as (partition by populations.force_id order by populations.from_year)
)

select *
from years
where not is_doubtful and not is_earlier_doubtful
    and abs(ln(population / cast(earlier_population as double))) > (from_year - earlier_year) * ln(1.05)
