{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods('messages_from_date') }}"
) }}

-- depends_on: {{ ref('stg_landing__window') }}
-- What is read off the Kaplan–Meier curve of each area that has one, platform, week and month: survival and Greenwood's
-- sum at each horizon, the median and its log-log limits.
with bands as (
    select
        *,
        -- The sum of logarithms gives one half only to about 1e-12, hence the margin.
        survival <= 0.5 + 1e-9 as is_median_reached,
        {{ survival_limit('survival', 'greenwood', '95', '+') }} <= 0.5 as is_ci95_low_reached,
        {{ survival_limit('survival', 'greenwood', '95', '-') }} <= 0.5 as is_ci95_high_reached,
        {{ survival_limit('survival', 'greenwood', '99.8', '+') }} <= 0.5 as is_ci998_low_reached,
        {{ survival_limit('survival', 'greenwood', '99.8', '-') }} <= 0.5 as is_ci998_high_reached
    from {{ ref('fct_response_steps') }}
),

read_off as (
    select
        curve_number,
        cast(max(at_risk_count) as bigint) as conversation_count,
        {% for horizon, seconds in var('horizons').items() %}
        {% set until = 'case when waited_seconds <= ' ~ seconds ~ ' then waited_seconds end' %}
        {{ value_at_max('survival', until) }} as survival_{{ horizon }},
        {{ value_at_max('greenwood', until) }} as greenwood_{{ horizon }},
        -- The curve says nothing beyond the longest wait, unless it has come down to 0.
        coalesce(
            max(waited_seconds) >= {{ seconds }} or min(survival) filter (where waited_seconds <= {{ seconds }}) = 0, false
        ) as is_known_at_{{ horizon }},
        {% endfor %}
        min(waited_seconds) filter (where is_median_reached) as median_seconds,
        {% for limit in ['ci95_low', 'ci95_high', 'ci998_low', 'ci998_high'] %}
        min(waited_seconds) filter (where is_{{ limit }}_reached) as median_{{ limit }},
        {% endfor %}
        min(waited_seconds) filter (where left_count > answered_count) as first_lost_seconds
    from bands
    group by curve_number
),

named as (
    select distinct curve_number, area_id, pooled_platform, period_type, period_start, period_end
    from {{ ref('fct_response_members') }}
)

select
    named.area_id,
    named.pooled_platform as platform,
    'all' as account_scope,
    named.period_type,
    named.period_start,
    named.period_end,
    read_off.conversation_count,
    {% for horizon in var('horizons') %}
    read_off.survival_{{ horizon }},
    read_off.greenwood_{{ horizon }},
    read_off.is_known_at_{{ horizon }},
    {% endfor %}
    read_off.median_seconds,
    {% for limit in ['ci95_low', 'ci95_high', 'ci998_low', 'ci998_high'] %}
    read_off.median_{{ limit }},
    {% endfor %}
    coalesce(read_off.first_lost_seconds < read_off.median_seconds, false) as is_any_lost_before_median,
    {{ is_invented() }} as is_invented
from read_off
inner join named
    on read_off.curve_number = named.curve_number
order by named.period_end, named.period_type, named.area_id, named.pooled_platform
