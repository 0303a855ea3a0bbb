{{ config(materialized='view') }}

-- METHOD 4.4: what is read off the curve of first replies, in public and in direct messages, each an indicator.
-- The wait within which half, or nine tenths, were answered: the first time at which the curve is at or under what is left;
-- its limits are where the bands are. One that is not reached is a fact: it has its n and its lower limit, and is longer
-- than every other. And the mean wait to 24 hours, which there is wherever somebody was followed so long.
-- While somebody whom we stopped following could still move it, it is provisional.
{% set limits = ['ci95_low', 'ci95_high', 'ci998_low', 'ci998_high'] %}
{% set readings = {
    'median_first_reply_seconds': 'median', 'direct_median_first_reply_seconds': 'median',
    'p90_first_reply_seconds': 'p90', 'mean_wait_24h_seconds': 'mean_24h',
} %}
{% set followed_days = 1 + var('messages_horizon_hours') // 24 %}
with cells as (
    select
        *,
        case indicator_id
            {%- for id, reading in readings.items() %} when '{{ id }}' then '{{ reading }}'{% endfor %}
        end as reading
    from {{ ref('bench_cells') }}
),

read_off as (
    select
        cells.*,
        {% for column in ['seconds', 'design_effect'] + limits %}
        case cells.reading
            {%- for reading in readings.values() | unique %}
            when '{{ reading }}' then curves.{{ reading }}_{{ column }}
            {%- endfor %}
        end as {{ column }},
        {% endfor %}
        case cells.reading
            {%- for reading in readings.values() | unique %}
            when '{{ reading }}' then curves.is_any_lost_before_{{ reading }}
            {%- endfor %}
        end as is_any_lost_before
    from cells
    left join {{ ref('fct_response_curves') }} as curves
        on cells.area_id = curves.area_id
            and cells.platform = curves.platform
            and cells.channel = curves.channel
            and cells.account_scope = curves.account_scope
            and cells.period_type = curves.period_type
            and cells.period_start = curves.period_start
    inner join {{ ref('dim_area') }} as areas
        on cells.area_id = areas.area_id and areas.has_curve
    where cells.reading is not null
),

noted as (
    select
        *,
        coalesce(
            value_note,
            case
                when seconds is not null then null
                when days_since_end_count <= {{ followed_days }} then 'provisional'
                when reading = 'mean_24h' then 'not_collected'
                else 'not_reached'
            end
        ) as final_note
    from read_off
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
    cast(null as double) as numerator,
    cast(null as double) as denominator,
    case when final_note is null or final_note = 'not_reached' then cast(n as bigint) end as n,
    case when final_note is null then seconds end as value,
    unit,
    {% for limit in limits %}
    case when final_note is null or final_note = 'not_reached' then {{ limit }} end as {{ limit }},
    {% endfor %}
    case when final_note is null or final_note = 'not_reached' then interval_method else 'none' end as ci_method,
    case when final_note is null or final_note = 'not_reached' then design_effect end as design_effect,
    case when final_note is null or final_note = 'not_reached' then n / design_effect end as effective_n,
    final_note as value_note,
    case
        when final_note is not distinct from value_note then note_detail
        when reading = 'median' then 'fewer than half were answered while they were followed'
        when reading = 'p90' then 'fewer than nine tenths were answered while they were followed'
        else 'no conversation was followed to the horizon'
    end as note_detail,
    coalesce(
        final_note = 'provisional',
        days_since_end_count <= 1 or (is_any_lost_before and days_since_end_count <= {{ followed_days }})
    ) as is_provisional,
    cast(null as varchar) as population_vintage
from noted
