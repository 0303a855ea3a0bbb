{{ config(materialized='view') }}

-- METHOD 4.4: the restricted mean wait, the area under each Kaplan–Meier curve to 24 hours, and its variance by
-- Greenwood: the sum over answers of (area to the right)² · d / (r (r - d)). By parts that is twice the integral of
-- Greenwood's sum G · survival S · area to the right A. Within a piece G · S is (G before - 1 / r) · S + S before / r,
-- and A falls by S, so that of the single answers only their sums and squares are needed
-- (docs/decisions/0008-measures-of-forces.md).
{% set until = var('horizons')['24h'] %}
with pieces as (
    select
        *,
        lag(last_waited_seconds, 1, 0) over curve as from_seconds,
        last_value(survival * ({{ until }} - last_waited_seconds)) over curve as last_area,
        answered_count / cast(at_risk_count as double) as answered_share
    from {{ ref('fct_response_pieces') }}
    where last_waited_seconds <= {{ until }}
    window curve as (
        partition by curve_number
        order by piece_number
        rows between unbounded preceding and unbounded following
    )
),

-- Of each piece the area, and the same with each moment weighed by its distance from the piece's beginning.
areas as (
    select
        *,
        last_waited_seconds - from_seconds as length,
        survival_before * (
            (last_waited_seconds - from_seconds) * (1 - answered_share)
            + (cast(answered_seconds as double) - answered_count * from_seconds) / at_risk_count
        ) as area,
        survival_before / 2 * (
            power(last_waited_seconds - from_seconds, 2) * (1 - answered_share)
            + (
                cast(answered_square_seconds as double)
                - 2 * from_seconds * cast(answered_seconds as double)
                + answered_count * power(from_seconds, 2)
            ) / at_risk_count
        ) as moment
    from pieces
),

right_of as (
    select
        *,
        last_area + greatest(cast(sum({{ exact('area') }}) over (
            partition by curve_number
            order by piece_number
            rows between 1 following and unbounded following
        ) as double), 0) as area_after
    from areas
)

select
    curve_number,
    max(last_area) + cast(sum({{ exact('area') }}) as double) as mean_seconds,
    greatest(0, cast(sum({{ exact(
        '(greenwood_before - 1 / cast(at_risk_count as double)) * area * (area + 2 * area_after)'
        ~ ' + 2 * survival_before / at_risk_count * (area_after * length + moment)'
    ) }}) as double)
    -- After the last piece nothing is added to Greenwood's sum; where nobody is left there is no area.
    + greatest(max(last_area * last_area) * {{ value_at_max('greenwood', 'piece_number') }}, 0)) as variance
from right_of
group by curve_number
