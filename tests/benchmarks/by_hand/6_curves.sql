-- What is read off the curves: survival at an hour and at a day, and the median.
create temp table first_days as
select
    g,
    b,
    asked,
    longest,
    arg_max(survival, step) filter (where step % 2 = 0) as survival_1h,
    arg_max(survival, step) as survival_24h,
    min(step) filter (where survival <= 0.5 + 1e-9) as median_step
from curve_sizes
left join steps using (g, b)
group by g, b, asked, longest;

-- The median: in the step where the curve comes to one half, one answer after the other; or else after the first day.
create temp table medians as
with sought as (
    select cell, g, b, step, survival_before, at_risk
    from first_days
    inner join steps using (g, b)
    inner join curve_members using (g)
    where step = median_step
),

answers as (
    select
        g,
        b,
        waited,
        survival_before,
        at_risk,
        row_number() over (partition by g, b order by waited) as answered_until_now
    from stepped
    inner join sought using (cell, b, step)
    where is_answered
),

late_curves as materialized (
    select cell, g, b, coalesce(survival_24h, 1) as survival_24h
    from first_days
    inner join curve_members using (g)
    where median_step is null
),

late as (
    select
        g,
        b,
        waited,
        survival_24h,
        count(*) filter (where is_answered) as answered,
        sum(count(*)) over (partition by g, b order by waited desc rows unbounded preceding) as at_risk
    from conversations
    inner join curve_cells using (a)
    inner join late_curves using (cell, b)
    where waited > 86400e6
    group by g, b, waited, survival_24h
),

late_survivals as (
    select
        g,
        b,
        waited,
        survival_24h * case when at_risk = answered then 0 else exp(
            sum(ln(1 - answered / nullif(at_risk, answered)))
                over (partition by g, b order by waited rows unbounded preceding)
        ) end as survival
    from late
    where answered > 0
)

select g, b, min(waited) as median
from answers
where survival_before * (at_risk - answered_until_now) / at_risk <= 0.5 + 1e-9
group by g, b
union all
select g, b, min(waited)
from late_survivals
where survival <= 0.5 + 1e-9
group by g, b;

create temp table curves as
select
    area_id,
    platform,
    b as t,
    'all' as account_scope,
    case when longest >= 3600e6 or survival_1h = 0 then survival_1h end as survival_1h,
    case when longest >= 86400e6 or survival_24h = 0 then survival_24h end as survival_24h,
    median / 1e6 as median_seconds
from first_days
left join medians using (g, b)
inner join (select distinct g, area_id, platform from curve_members) using (g);
