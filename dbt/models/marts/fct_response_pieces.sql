{{ config(materialized='table') }}

-- The Kaplan–Meier curves of the weeks and months that this build computes, in pieces: survival and Greenwood's sum
-- before each and after it. Within a piece all are answered before anybody is lost, so that the product over its steps,
-- (r - 1)/r · (r - 2)/(r - 1) · …, is (r - answered)/r, and Greenwood's sum is 1/(r - answered) - 1/r: a piece counts
-- as one step. That holds up to the last horizon; the piece beyond it stands for who is still at risk there.
-- Areas and "all" platforms pool the conversations; they are never means of forces. A platform whose terms hold it back
-- is not in "all". The waits that were answered within 24 hours, added up, and their squares are for the mean wait.
{% set is_in_mean = 'is_answered and waited_seconds <= ' ~ var('horizons')['24h'] %}
with sources as (
    select
        source_number,
        piece_number,
        count(*) as left_count,
        count(*) filter (where is_answered) as answered_count,
        sum({{ exact('waited_seconds') }}) filter (where {{ is_in_mean }}) as answered_seconds,
        sum({{ exact('waited_seconds * waited_seconds') }}) filter (where {{ is_in_mean }}) as answered_square_seconds,
        max(waited_seconds) as last_waited_seconds,
        min(waited_seconds) filter (where not is_answered) as first_lost_seconds
    from {{ ref('fct_response_waits') }}
    group by source_number, piece_number
),

pooled as (
    select
        members.curve_number,
        sources.piece_number,
        cast(sum(sources.left_count) as bigint) as left_count,
        cast(sum(sources.answered_count) as bigint) as answered_count,
        greatest(sum(sources.answered_seconds), 0) as answered_seconds,
        greatest(sum(sources.answered_square_seconds), 0) as answered_square_seconds,
        max(sources.last_waited_seconds) as last_waited_seconds,
        min(sources.first_lost_seconds) as first_lost_seconds
    from sources
    inner join {{ ref('fct_response_members') }} as members
        on sources.source_number = members.source_number
    group by members.curve_number, sources.piece_number
),

-- Everybody who waited at least so long is at risk.
pieces as (
    select
        *,
        cast(sum(left_count) over (
            partition by curve_number
            order by piece_number
            rows between current row and unbounded following
        ) as bigint) as at_risk_count
    from pooled
),

curves as (
    select
        *,
        {{ product_of_survival('answered_count', 'at_risk_count', 'curve') }} as survival,
        {{ sum_of_greenwood('answered_count', 'at_risk_count', 'curve') }} as greenwood
    from pieces
    window curve as (
        partition by curve_number
        order by piece_number
        rows between unbounded preceding and current row
    )
)

select
    curves.*,
    lag(curves.survival, 1, 1.0) over in_order as survival_before,
    lag(curves.greenwood, 1, 0.0) over in_order as greenwood_before,
    case
        {% for horizon, seconds in var('horizons').items() %}
        when curves.last_waited_seconds <= {{ seconds }} then effects.design_effect_{{ horizon }}
        {% endfor %}
        else effects.design_effect_7d
    end as design_effect
from curves
left join {{ ref('fct_response_effects') }} as effects
    on curves.curve_number = effects.curve_number
window in_order as (partition by curves.curve_number order by curves.piece_number)
