-- A pull is at 05:30 in London, the same day in UTC, and knows the posts of the 29 days before; history begins with a
-- whole week and a whole month.
create temp table clock as
with pulls as (
    select cast(min(pulled_at_utc) as date) - 29 as known_from, max(pulled_at_utc) as as_of
    from read_parquet(getvariable('landing') || '/*/requests/day=*/*.parquet', hive_partitioning = false)
)

select
    as_of,
    cast(as_of as date) as as_of_date,
    cast(least(date_trunc('month', known_from), date_trunc('week', known_from)) as date) as history_from
from pulls;

-- The London date of each hour: a change of clocks falls on a whole hour.
create temp table hours as
select hour_utc, cast(timezone('Europe/London', timezone('UTC', hour_utc)) as date) as day
from (
    select unnest(generate_series(cast(history_from - 40 as timestamp), as_of, interval 1 hour)) as hour_utc from clock
);

create temp table accounts as
with events as (
    select
        account_id,
        min(event_date) filter (where event_type = 'opened') as opened,
        min(event_date) filter (where event_type in ('suspended', 'merged_into', 'closed')) as ended
    from read_csv(getvariable('register') || '/account_events.csv', types = {'event_date': 'date'})
    group by account_id
)

select
    cast(row_number() over (order by account_id) as smallint) as a,
    account_id,
    force_id,
    platform,
    account_type,
    coalesce(opened, date '1900-01-01') as open_from,
    coalesce(ended, date '9999-01-01') as open_until
from read_csv(getvariable('register') || '/accounts.csv')
left join events using (account_id);

create temp table forces as
select force_id, country, force_type, is_per_head
from read_csv(getvariable('seeds') || '/forces.csv');

create temp table members as
select force_id as area_id, force_id, true as has_curve from forces
union all
select area_id, force_id, cast(areas.has_curve as boolean) as has_curve
from read_csv(getvariable('seeds') || '/area_groups.csv', all_varchar = true) as areas
inner join forces
    on (areas.country is null or contains('|' || areas.country || '|', '|' || forces.country || '|'))
        and (areas.force_type is null or areas.force_type = forces.force_type)
        and (areas.without_force_id is null or areas.without_force_id <> forces.force_id);

create temp table residents as
select
    force_id,
    cast(reference_year as integer) as from_year,
    lead(cast(reference_year as integer), 1, 9999) over (partition by force_id order by reference_year) as until_year,
    arg_max(population, vintage) as population
from read_csv(getvariable('seeds') || '/force_populations.csv')
group by force_id, reference_year;

-- Periods that are over, and the weeks and months that each is made of.
create temp table periods as
with days as (
    select cast(unnest(generate_series(history_from, as_of_date, interval 1 day)) as date) as day from clock
),

found as (
    select distinct 'week' as period_type, date_trunc('week', day) as starts, interval 7 day as lasts from days
    union all
    select distinct 'month', date_trunc('month', day), interval 1 month from days
    union all
    select distinct 'quarter', date_trunc('quarter', day), interval 3 month from days
    union all
    select distinct 'year', date_trunc('year', day), interval 1 year from days
    union all
    select distinct 'rolling_12_months', date_trunc('month', day) - interval 11 month, interval 12 month from days
)

select
    cast(row_number() over () as smallint) as t,
    period_type,
    cast(starts as date) as period_start,
    cast(starts + lasts - interval 1 day as date) as period_end
from found
cross join clock
where starts >= history_from and starts + lasts <= as_of_date
    and (period_type <> 'week' or starts > date_trunc('week', as_of_date) - interval (7 * 53) day);

create temp table parts as
select periods.t, base.t as b
from periods
inner join periods as base
    on base.period_type = case when periods.period_type = 'week' then 'week' else 'month' end
        and base.period_start between periods.period_start and periods.period_end;

create temp table day_parts as
select cast(unnest(generate_series(period_start, period_end, interval 1 day)) as date) as day, t as b
from periods
where period_type in ('week', 'month');
