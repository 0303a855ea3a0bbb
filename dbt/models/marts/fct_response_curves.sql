{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods('messages_from_date') }}"
) }}

-- depends_on: {{ ref('stg_landing__window') }}
-- What is read off the Kaplan–Meier curve of each area that has one, platform, channel, week and month: survival and
-- Greenwood's sum at each horizon, as many times as clusters make it, the quantiles (the median, the 90th percentile)
-- with their log-log limits, and the mean wait to 24 hours with those of its variance. A mean that does not vary (nobody
-- was answered) says nothing of how sure it is.
{% set limits = [('ci95_low', '95', '+'), ('ci95_high', '95', '-'), ('ci998_low', '99.8', '+'), ('ci998_high', '99.8', '-')] %}
{% set until = var('horizons')['24h'] %}
with horizons as (
    select
        curve_number,
        max(at_risk_count) as conversation_count,
        {% for horizon, seconds in var('horizons').items() %}
        {% set until = 'case when last_waited_seconds <= ' ~ seconds ~ ' then piece_number end' %}
        {{ value_at_max('survival', until) }} as survival_{{ horizon }},
        {{ value_at_max(widened('greenwood', 'design_effect'), until) }} as greenwood_{{ horizon }},
        -- The curve says nothing beyond the longest wait, unless it has come down to 0.
        coalesce(
            max(last_waited_seconds) >= {{ seconds }}
            or min(survival) filter (where last_waited_seconds <= {{ seconds }}) = 0,
            false
        ) as is_known_at_{{ horizon }},
        {% endfor %}
        min(first_lost_seconds) as first_lost_seconds
    from {{ ref('fct_response_pieces') }}
    group by curve_number
),

bands as (
    select
        curve_number,
        waited_seconds,
        {% for name, confidence, sign in limits %}
        {{ survival_limit('survival', 'greenwood', confidence, sign) }} as {{ name }},
        {% endfor %}
        survival
    from {{ ref('fct_response_steps') }}
),

quantiles as (
    select
        {% for quantile, share in var('quantiles').items() %}
        {% for name, _, _ in limits %}
        min(waited_seconds) filter (where {{ name }} <= {{ share }}) as {{ quantile }}_{{ name }},
        {% endfor %}
        min(waited_seconds) filter (where {{ is_down_to('survival', share) }}) as {{ quantile }}_seconds,
        {% endfor %}
        curve_number
    from bands
    group by curve_number
),

-- Nobody whose wait ended within the time waited for less than all of it.
means as (
    select
        horizons.curve_number,
        coalesce(means.mean_seconds, {{ until }}) as mean_seconds,
        -- What is less is what rounding leaves of none.
        case
            when means.variance > 1e-9 * power(means.mean_seconds, 2)
                then sqrt({{ widened('means.variance', 'effects.design_effect_24h') }})
        end as deviation
    from horizons
    left join {{ ref('fct_response_effects') }} as effects
        on horizons.curve_number = effects.curve_number
    left join {{ ref('fct_response_means') }} as means
        on horizons.curve_number = means.curve_number
    where horizons.is_known_at_24h
),

named as (
    select distinct curve_number, area_id, pooled_platform, channel, period_type, period_start, period_end
    from {{ ref('fct_response_members') }}
)

select
    named.area_id,
    named.pooled_platform as platform,
    named.channel,
    'all' as account_scope,
    named.period_type,
    named.period_start,
    named.period_end,
    horizons.conversation_count,
    {% for horizon in var('horizons') %}
    horizons.survival_{{ horizon }},
    horizons.greenwood_{{ horizon }},
    horizons.is_known_at_{{ horizon }},
    {% endfor %}
    {% for quantile in var('quantiles') %}
    quantiles.{{ quantile }}_seconds,
    {% for name, _, _ in limits %}
    quantiles.{{ quantile }}_{{ name }},
    {% endfor %}
    coalesce(horizons.first_lost_seconds < quantiles.{{ quantile }}_seconds, false) as is_any_lost_before_{{ quantile }},
    case
        {% for horizon, seconds in var('horizons').items() %}
        when quantiles.{{ quantile }}_seconds <= {{ seconds }} then effects.design_effect_{{ horizon }}
        {% endfor %}
        else effects.design_effect_7d
    end as {{ quantile }}_design_effect,
    {% endfor %}
    effects.design_effect_24h as mean_24h_design_effect,
    cast(means.mean_seconds as double) as mean_24h_seconds,
    {% for name, confidence, sign in limits %}
    {% set limit = 'means.mean_seconds ' ~ ('-' if sign == '+' else '+') ~ z_value(confidence) ~ ' * means.deviation' %}
    case when means.deviation > 0 then least({{ until }}, greatest(0, {{ limit }})) end as mean_24h_{{ name }},
    {% endfor %}
    coalesce(horizons.first_lost_seconds < {{ until }}, false) as is_any_lost_before_mean_24h,
    {{ is_invented() }} as is_invented
from named
inner join horizons
    on named.curve_number = horizons.curve_number
left join quantiles
    on named.curve_number = quantiles.curve_number
left join means
    on named.curve_number = means.curve_number
left join {{ ref('fct_response_effects') }} as effects
    on named.curve_number = effects.curve_number
order by named.period_end, named.period_type, named.area_id, named.pooled_platform, named.channel
