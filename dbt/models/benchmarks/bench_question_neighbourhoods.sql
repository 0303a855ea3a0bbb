{{ config(materialized='view') }}

-- What neighbourhoods say of the question whether their accounts reach them, in the newest month that is over, else
-- week: how many have no account, and what the middle one of the others has, on the platform with most of them.
with newest as (
    select period_type, period_start
    from {{ ref('bench_neighbourhoods') }}
    where not is_provisional
    order by period_type = 'month' desc, period_end desc
    limit 1
),

cells as (
    select cells.*, coalesce(platforms.platform_name, 'all platforms') as platform_name
    from {{ ref('bench_neighbourhoods') }} as cells
    inner join newest
        on cells.period_type = newest.period_type and cells.period_start = newest.period_start
    left join {{ ref('dim_platform') }} as platforms
        on cells.platform = platforms.platform
),

totals as (
    select
        period_type,
        period_start,
        count(*) as n,
        count(*) filter (where account_count = 0) as without_count,
        count(distinct force_id) as force_count
    from cells
    where platform = 'all'
    group by period_type, period_start
),

middles as (
    {% for figure, words in [
        ('followers_per_1k', 'followers'), ('views_7d_per_1k', 'views at seven days'),
        ('impressions_7d_per_1k', 'impressions at seven days'), ('gross_reach_7d_per_1k', 'gross reach at seven days'),
    ] %}
    select
        {{ loop.index }} as position,
        '{{ words }}' as words,
        platform_name,
        count(*) as valued_count,
        median({{ figure }}) as value,
        row_number() over (order by count(*) desc, platform_name asc) as nth
    from cells
    where {{ figure }} is not null
    group by platform_name
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

said as (
    select
        max(value) filter (where position = 1) as value,
        {{ last_and(list_text(
            "words || ' on ' || platform_name || ' ' || " ~ one_place('value') ~ " || ' (of ' || valued_count || ')'",
            'position'
        )) }} as figures
    from middles
    where nth = 1
)

select
    said.value,
    cast(null as double) as ci95_low,
    cast(null as double) as ci95_high,
    totals.n,
    'In ' || {{ named_period('totals') }} || ', '
    || {{ thousands('totals.without_count') }} || ' of ' || {{ thousands('totals.n') }} || ' neighbourhoods of '
    || totals.force_count || ' forces had no account'
    || coalesce('; the middle one of the others has for each 1,000 residents: ' || said.figures, '') as sentence
from totals
cross join said
