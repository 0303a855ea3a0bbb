{{ config(materialized='view') }}

-- METHOD 3: the trend over five periods in a row, by a straight line of least squares with weights of 1 / variance, a
-- variance being ((upper − lower limit) / 3.92)². It is one where (slope / its standard error)² > 9.5495 (the 99.8th
-- percentile of χ² with one degree of freedom) and its sign is the same whichever of the five is left out.
{% set back = range(4, -1, -1) %}
with five as (
    select
        *,
        {% for nth in back %}
        lag(value, {{ nth }}) over series as y{{ 4 - nth }},
        1 / power(nullif(lag(deviation, {{ nth }}) over series, 0), 2) as w{{ 4 - nth }},
        {% endfor %}
        true
        {% for nth in range(4) %}
        and lag(is_next, {{ nth }}) over series
        {% endfor %}
            as is_in_a_row
    from {{ ref('bench_points') }}
    where period_type <> 'rolling_12_months'
    window series as (
        partition by indicator_id, indicator_version, area_id, platform, account_scope, period_type, series_from_date
        order by period_start
    )
),

fitted as (
    select
        *,
        {% set w, x, y = ['w0', 'w1', 'w2', 'w3', 'w4'], [0, 1, 2, 3, 4], ['y0', 'y1', 'y2', 'y3', 'y4'] %}
        {{ slope_sign(w, x, y) }} as slope,
        {{ slope_statistic(w, x, y) }} as statistic,
        0
        {% for out in x %}
        + sign({{ slope_sign(w[:out] + w[out + 1:], x[:out] + x[out + 1:], y[:out] + y[out + 1:]) }})
        {% endfor %}
            as signs
    from five
    where is_in_a_row
        and period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
)

select
    indicator_id,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    statistic,
    case
        when statistic is null then null
        when statistic > 9.5495 and slope > 0 and signs = 5 then 'rising'
        when statistic > 9.5495 and slope < 0 and signs = -5 then 'falling'
        else 'none'
    end as trend
from fitted
