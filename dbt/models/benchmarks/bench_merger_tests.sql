{{ config(materialized='view') }}

-- What chance does to forces that merged nothing, held against what the force that merged did (permutation): p is the
-- share of all of them, itself among them, that changed at least as much for their noise. The interval is made of the
-- changes that the same test would not call one at 5%: of n forces, the effect ± the noise times their n/20-th largest
-- change, so that there is none of fewer than twenty.
{% set case_key = ['force_id', 'platform', 'event_week', 'outcome', 'weeks_earlier'] %}
with placed as (
    select
        *,
        max(case when is_merger then size end) over cases as own_size,
        max(case when is_merger then trend_size end) over cases as own_trend_size,
        count(case when not is_merger then size end) over cases as unit_count,
        row_number() over (
            partition by {{ case_key | join(', ') }}, is_merger order by size desc nulls last, unit_id asc
        ) as nth
    from {{ ref('bench_merger_gaps') }}
    window cases as (partition by {{ case_key | join(', ') }})
),

tested as (
    select
        {{ case_key | join(', ') }},
        unit_count,
        own_size,
        max(case when is_merger then effect end) as effect,
        max(case when is_merger then noise end) as noise,
        max(case when is_merger then trend_gap end) as trend_gap,
        max(case when is_merger then mean_before end) as mean_before,
        max(case when is_merger then mean_after end) as mean_after,
        max(case when is_merger then comparators end) as comparators,
        max(case when not is_merger and nth = cast(floor(unit_count / 20.0) as bigint) then size end) as limit_size,
        count(*) filter (where not is_merger and size >= own_size) as larger_count,
        count(*) filter (where not is_merger and trend_size >= own_trend_size) as steeper_count
    from placed
    group by {{ case_key | join(', ') }}, unit_count, own_size
)

select
    {{ case_key | join(', ') }},
    unit_count,
    mean_before,
    mean_after,
    comparators,
    {% for column, number in [
        ('effect', 'effect'), ('effect95_low', 'effect - limit_size * noise'),
        ('effect95_high', 'effect + limit_size * noise')
    ] %}
    round(case when outcome like '%_pct' then {{ number }} else 100 * (exp({{ number }}) - 1) end, 6) as {{ column }},
    {% endfor %}
    (1 + larger_count) / (1.0 + unit_count) as p_value,
    round(case when outcome like '%_pct' then trend_gap else 100 * trend_gap end, 6) as trend_gap,
    (1 + steeper_count) / (1.0 + unit_count) as trend_p_value
from tested
where own_size is not null and limit_size is not null
