{{ config(materialized='view') }}

-- The points of each series (METHOD 3): final values of one version of an indicator, in order. A series ends where the
-- platform redefines what it is made of (a metric came or went) and where the force merged or closed accounts
-- (METHOD 6), and a new one begins. A period in which that happened belongs to neither. Where a period has no point the
-- series goes on to the next; what is said of the change since the period before, and of five in a row, is said only
-- where none is missing.
with breaks as (
    select distinct
        indicators.indicator_id,
        platforms.platform,
        dates.break_date
    from {{ ref('dim_indicator') }} as indicators
    inner join (
        select platform, metric, since_date as break_date from {{ ref('dim_platform_metric') }}
        union all
        select platform, metric, deprecated_date as break_date from {{ ref('dim_platform_metric') }}
    ) as dates
        on '|' || indicators.metrics || '|' like '%|' || dates.metric || '|%' and dates.break_date is not null
    inner join (
        select platform, platform as of_platform from {{ ref('dim_platform') }}
        union all
        select 'all' as platform, platform as of_platform from {{ ref('dim_platform') }} where not is_terms_restricted
    ) as platforms
        on dates.platform = platforms.of_platform
),

-- Without an end the last of them, and before the first break one from ever.
spans as (
    select
        indicator_id,
        platform,
        from_date,
        lead(from_date, 1, cast('9999-12-31' as date)) over (
            partition by indicator_id, platform order by from_date
        ) as until_date
    from (
        select indicator_id, platform, break_date as from_date from breaks
        union all
        select distinct indicator_id, platform, cast('1900-01-01' as date) as from_date from {{ ref('bench_values') }}
    )
),

-- The same for the forces that merged or closed accounts; the others have none.
account_spans as (
    select
        area_id,
        platform,
        account_scope,
        from_date,
        lead(from_date, 1, cast('9999-12-31' as date)) over (
            partition by area_id, platform, account_scope order by from_date
        ) as until_date
    from (
        select area_id, platform, account_scope, event_date as from_date from {{ ref('bench_account_breaks') }}
        union
        select area_id, platform, account_scope, cast('1900-01-01' as date) as from_date
        from {{ ref('bench_account_breaks') }}
    )
),

points as (
    select
        cells.indicator_id,
        cells.indicator_version,
        cells.area_id,
        cells.platform,
        cells.account_scope,
        cells.period_type,
        cells.period_start,
        cells.period_end,
        cells.value,
        cells.ci95_low,
        cells.ci95_high,
        greatest(spans.from_date, coalesce(account_spans.from_date, spans.from_date)) as series_from_date,
        -- In rounded values a series that does not move does not move in its last digit either.
        round(cells.value, 9) as point,
        (cells.ci95_high - cells.ci95_low) / (2 * {{ z_value(95) }}) as deviation
    from {{ ref('bench_values') }} as cells
    inner join spans
        on cells.indicator_id = spans.indicator_id
            and cells.platform = spans.platform
            and cells.period_start >= spans.from_date
            and cells.period_end < spans.until_date
    left join account_spans
        on cells.area_id = account_spans.area_id
            and cells.platform = account_spans.platform
            and cells.account_scope = account_spans.account_scope
            and cells.period_start between account_spans.from_date and {{ plus_days('account_spans.until_date', -1) }}
    where cells.value is not null and not cells.is_provisional and not cells.is_break
        -- Of weeks only those that a chart of this build looks back on, and one before, which a move is from.
        and (
            cells.period_type <> 'week'
            or cells.period_start >= (
                select {{ plus_days('periods_from_date', -7 * (var('chart_weeks') + 2)) }}
                from {{ ref('stg_landing__window') }}
            )
        )
),

followed as (
    select
        *,
        lag(period_start) over series as last_start,
        lag(period_end) over series as last_end,
        lag(value) over series as last_value,
        lag(ci95_low) over series as last_low,
        lag(ci95_high) over series as last_high,
        point - lag(point) over series as move
    from points
    window series as (
        partition by indicator_id, indicator_version, area_id, platform, account_scope, period_type, series_from_date
        order by period_start
    )
)

select
    *,
    coalesce(
        case period_type
            when 'rolling_12_months' then {{ plus_months('last_start', 1) }} = period_start
            else {{ plus_days('last_end', 1) }} = period_start
        end,
        false
    ) as is_next
from followed
