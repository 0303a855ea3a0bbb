{{ config(materialized='view') }}

-- Of the posts of each force, platform, week and month the tenth that had most engagements at seven days, rounded up to
-- a whole post: what share of all of them they had. Of posts with a value, and of accounts that the platform still has
-- at the end. A group adds up the top tenths of its forces that have a number.
with ranked as (
    select
        accounts.force_id,
        accounts.platform,
        accounts.period_type,
        accounts.period_start,
        posts.engagement_count_7d,
        row_number() over (force_posts order by posts.engagement_count_7d desc) as nth,
        count(*) over force_posts as post_count
    from {{ ref('fct_account_periods') }} as accounts
    inner join {{ ref('fct_posts') }} as posts
        on accounts.account_id = posts.account_id
            and posts.created_date between accounts.period_start and accounts.period_end
            and posts.kind = 'post'
            and posts.engagement_count_7d is not null
    where accounts.period_type in ('week', 'month')
        and accounts.open_day_count > 0
        and not accounts.is_absent_at_end
        and accounts.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    window force_posts as (
        partition by accounts.force_id, accounts.platform, accounts.period_type, accounts.period_start
    )
),

sums as (
    select
        force_id,
        platform,
        period_type,
        period_start,
        sum(engagement_count_7d) filter (where 10 * (nth - 1) < post_count) as numerator,
        sum(engagement_count_7d) as denominator
    from ranked
    group by force_id, platform, period_type, period_start
),

cells as (
    select * from {{ ref('bench_cells') }} where indicator_id = 'engagements_top_tenth_pct'
),

areas as (
    select
        members.area_id,
        forces.platform,
        forces.period_type,
        forces.period_start,
        sum(sums.numerator) as numerator,
        sum(sums.denominator) as denominator
    from cells as forces
    inner join sums
        on forces.area_id = sums.force_id
            and forces.platform = sums.platform
            and forces.period_type = sums.period_type
            and forces.period_start = sums.period_start
    inner join {{ ref('dim_area_member') }} as members
        on sums.force_id = members.force_id
    where forces.value_note is null
    group by members.area_id, forces.platform, forces.period_type, forces.period_start
),

noted as (
    select
        cells.*,
        areas.numerator as top_count,
        areas.denominator as all_count,
        coalesce(cells.value_note, case when areas.denominator > 0 then null else 'nothing_to_count' end) as final_note
    from cells
    left join areas
        on cells.area_id = areas.area_id
            and cells.platform = areas.platform
            and cells.period_type = areas.period_type
            and cells.period_start = areas.period_start
)

select
    indicator_id,
    indicator_version,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    period_end,
    case when final_note is null then cast(top_count as double) end as numerator,
    case when final_note is null then cast(all_count as double) end as denominator,
    case when final_note is null then cast(n as bigint) end as n,
    case when final_note is null then cast(multiplier as double) * top_count / all_count end as value,
    unit,
    cast(null as double) as ci95_low,
    cast(null as double) as ci95_high,
    cast(null as double) as ci998_low,
    cast(null as double) as ci998_high,
    'none' as ci_method,
    cast(null as double) as design_effect,
    cast(null as double) as effective_n,
    final_note as value_note,
    case when value_note is null and final_note is not null then 'nothing to divide by' else note_detail end
        as note_detail,
    coalesce(final_note = 'provisional', days_since_end_count <= 1 or is_any_provisional) as is_provisional,
    cast(null as varchar) as population_vintage
from noted
