{{ config(materialized='view') }}

-- The single steps of those pieces of the curves in which a quantile (the median, the 90th percentile) or one of its
-- limits can lie: a row for each time at which somebody was answered. It lies at the latest in the first piece at whose
-- end it is reached, and nowhere where it cannot be as low as its share: between the most and the least that survival and
-- Greenwood's sum are in a piece, a lower limit is lowest with the greatest sum at the most or the least survival, an
-- upper one with the least of both.
{% set limits = [('ci95_low', '95'), ('ci95_high', '95'), ('ci998_low', '99.8'), ('ci998_high', '99.8')] %}
{% set sought = [] %}
{% for quantile, share in var('quantiles').items() %}
{% do sought.append((quantile, 'least_survival', 'survival', share + 1e-9)) %}
{% for name, _ in limits %}
{% do sought.append((quantile ~ '_' ~ name, 'least_' ~ name, 'last_' ~ name, share)) %}
{% endfor %}
{% endfor %}
with pieces as (
    select
        *,
        survival_before * (at_risk_count - 1) / at_risk_count as first_survival,
        {{ widened('greenwood', 'design_effect') }} as wide_greenwood,
        {{ widened('greenwood_before', 'design_effect') }} as wide_greenwood_before,
        -- Beyond the last horizon a piece has no order of answers and losses, and its end tells nothing.
        last_waited_seconds > {{ var('horizons').values() | max }} as is_unordered
    from {{ ref('fct_response_pieces') }}
    where answered_count > 0
),

-- Where survival and the limits of it are at a piece's end, and the least that they can be within it.
bands as (
    select
        *,
        case when is_unordered then 0 else survival end as least_survival,
        {% for name, confidence in limits %}
        {% set sign = '+' if 'low' in name else '-' %}
        {{ survival_limit('survival', 'wide_greenwood', confidence, sign) }} as last_{{ name }},
        case
            when is_unordered or survival = 0 then 0
            {% if sign == '+' %}
            else least(
                {{ survival_limit('survival', 'wide_greenwood', confidence, sign) }},
                {{ survival_limit('first_survival', 'wide_greenwood', confidence, sign) }}
            )
            {% else %}
            else {{ survival_limit('survival', 'wide_greenwood_before', confidence, sign) }}
            {% endif %}
        end as least_{{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from pieces
),

reached as (
    select
        {% for name, _, last, share in sought %}
        min(piece_number) filter (where {{ last }} <= {{ share }} and not is_unordered) as {{ name }}_piece,
        {% endfor %}
        curve_number
    from bands
    group by curve_number
),

sought as (
    select bands.*
    from bands
    inner join reached
        on bands.curve_number = reached.curve_number
    where false
        {% for name, least, _, share in sought %}
        or (
            bands.{{ least }} <= {{ share }}
            and bands.piece_number <= coalesce(reached.{{ name }}_piece, bands.piece_number)
        )
        {% endfor %}
),

-- Everybody who waited at least so long is at risk.
waits as (
    select
        sought.curve_number,
        sought.piece_number,
        waits.waited_seconds,
        waits.is_answered,
        sought.at_risk_count + 1 - rank() over (
            partition by sought.curve_number, sought.piece_number
            order by waits.waited_seconds
        ) as at_risk_count
    from sought
    inner join {{ ref('fct_response_members') }} as members
        on sought.curve_number = members.curve_number
    inner join {{ ref('fct_response_waits') }} as waits
        on members.source_number = waits.source_number
            and sought.piece_number = waits.piece_number
),

answers as (
    select
        curve_number,
        piece_number,
        waited_seconds,
        at_risk_count,
        count(*) as answered_count
    from waits
    where is_answered
    group by curve_number, piece_number, waited_seconds, at_risk_count
),

steps as (
    select
        answers.*,
        sought.survival_before,
        sought.greenwood_before,
        sought.design_effect,
        sought.is_unordered,
        -- Of an ordered piece it is one step from its beginning to here.
        sought.at_risk_count as first_at_risk_count,
        sought.at_risk_count - answers.at_risk_count + answers.answered_count as answered_until_now_count
    from answers
    inner join sought
        on answers.curve_number = sought.curve_number
            and answers.piece_number = sought.piece_number
)

select
    curve_number,
    waited_seconds,
    answered_count,
    at_risk_count,
    survival_before * {{ survival_factor('answered_until_now_count', 'first_at_risk_count') }} as survival,
    {{ widened(
        '(greenwood_before + ' ~ greenwood_term('answered_until_now_count', 'first_at_risk_count') ~ ')', 'design_effect'
    ) }} as greenwood
from steps
where not is_unordered
union all
select
    curve_number,
    waited_seconds,
    answered_count,
    at_risk_count,
    survival_before * {{ product_of_survival('answered_count', 'at_risk_count', 'curve') }} as survival,
    {{ widened(
        '(greenwood_before + ' ~ sum_of_greenwood('answered_count', 'at_risk_count', 'curve') ~ ')', 'design_effect'
    ) }} as greenwood
from steps
where is_unordered
window curve as (
    partition by curve_number
    order by waited_seconds
    rows between unbounded preceding and current row
)
