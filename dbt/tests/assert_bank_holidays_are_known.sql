-- What: the bank_holidays seed has those of the year of the data, of each country, and none twice.
-- Why: a holiday that is not in it would count as a working day, and what came on one that is there twice would count
-- twice.
-- A returned row is a country without any in that year, or a holiday that is there twice.
select
    countries.country,
    cast(null as date) as holiday_date
from (select distinct country from {{ ref('dim_force') }} where country is not null) as countries
cross join {{ ref('stg_landing__window') }} as clock
left join {{ ref('bank_holidays') }} as holidays
    on countries.country = holidays.country
        and extract(year from clock.data_as_of_date) = extract(year from holidays.holiday_date)
where holidays.holiday_date is null
union all
select
    country,
    holiday_date
from {{ ref('bank_holidays') }}
group by country, holiday_date
having count(*) > 1
