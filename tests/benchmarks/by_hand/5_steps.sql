-- Kaplan-Meier of each area that has a curve, platform (and all), week and month.
create temp table curve_cells as
select a, cast(dense_rank() over (order by force_id, platform) as smallint) as cell, force_id, platform from accounts;

create temp table curve_members as
select cell, area_id, pooled.platform, cast(dense_rank() over (order by area_id, pooled.platform) as smallint) as g
from (select distinct cell, force_id, platform from curve_cells) as cells
inner join members on cells.force_id = members.force_id and has_curve
cross join lateral (values (cells.platform), ('all')) as pooled (platform);

create temp table curve_sizes as
select g, b, sum(asked) as asked, max(longest) as longest
from conversation_sums
inner join curve_cells using (a)
inner join curve_members using (cell)
group by g, b;

-- Between two that were lost, the product of Kaplan and Meier telescopes: it is enough to know how many were answered
-- there. So the steps of all curves of a period lie between any two that were lost in it, and few are on the first day.
create temp table stepped as
with losses as (
    select b, waited as lost_at, row_number() over (partition by b order by waited) as nth
    from conversations
    where not is_answered and waited <= 86400e6
),

waits as (
    select cell, b, waited, is_answered
    from conversations
    inner join curve_cells using (a)
    where waited <= 86400e6
)

select waits.b, cell, waited, is_answered, 2 * coalesce(nth, 0) + cast(waited > 3600e6 as bigint) as step
from waits
asof left join losses
    on waits.b = losses.b and waited > lost_at;

create temp table steps as
with sums as (
    select g, b, step, sum(gone) as gone, sum(answered) as answered
    from (
        select cell, b, step, count(*) as gone, count(*) filter (where is_answered) as answered
        from stepped
        group by cell, b, step
    )
    inner join curve_members using (cell)
    group by g, b, step
),

at_risk as (
    select
        sums.*,
        asked - sum(gone) over (partition by g, b order by step rows unbounded preceding) + gone as at_risk
    from sums
    inner join curve_sizes using (g, b)
)

select
    *,
    exp(coalesce(sum(ln(1 - answered / nullif(at_risk, answered))) over (
        partition by g, b order by step rows between unbounded preceding and 1 preceding
    ), 0)) as survival_before,
    survival_before * (at_risk - answered) / at_risk as survival
from at_risk;
