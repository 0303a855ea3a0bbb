{{ config(materialized='view') }}

-- The indicators that are a ratio of sums, with the limits of METHOD 1. Of answers within a time: everybody followed so
-- long gives a plain share with Wilson's limits; otherwise 1 − Kaplan–Meier where there is a curve (weeks and months),
-- and in longer periods the share of those who were followed so long.
with cells as (
    select
        cells.*,
        case cells.horizon
            {%- for horizon in var('horizons') %} when '{{ horizon }}' then curves.survival_{{ horizon }}{% endfor %}
        end as survival,
        case cells.horizon
            {%- for horizon in var('horizons') %} when '{{ horizon }}' then curves.greenwood_{{ horizon }}{% endfor %}
        end as greenwood,
        case cells.horizon
            {%- for horizon in var('horizons') %} when '{{ horizon }}' then curves.is_known_at_{{ horizon }}{% endfor %}
        end as is_known_at_horizon,
        case cells.horizon
            {%- for horizon, seconds in var('horizons').items() %} when '{{ horizon }}' then {{ seconds // 86400 }}{% endfor %}
        end as horizon_days,
        case
            when cells.horizon is null or cells.lost_count = 0 or cells.interval_method <> 'wilson' then 'sums'
            when curves.area_id is not null then 'curve'
            else 'followed'
        end as made_of
    from {{ ref('bench_cells') }} as cells
    left join {{ ref('fct_response_curves') }} as curves
        on cells.area_id = curves.area_id
            and cells.platform = curves.platform
            and cells.channel = curves.channel
            and cells.account_scope = curves.account_scope
            and cells.period_type = curves.period_type
            and cells.period_start = curves.period_start
    where cells.kind = 'ratio'
),

-- What the value is made of: everybody, or those who were followed so long.
counted as (
    select
        *,
        case when made_of = 'followed' then answered_followed_count else numerator end as counted_numerator,
        case when made_of = 'followed' then followed_count else denominator end as counted_denominator,
        case when made_of = 'followed' then followed_count else n end as counted_n,
        case
            when cluster_variance is null then null
            when interval_method = 'wilson' then {{ design_effect(
                'cluster_variance', share_chance('clustered_events', 'clustered_n'), 'cluster_squares', 'clustered_n'
            ) }}
            else {{ design_effect('cluster_variance', 'clustered_events', 'cluster_squares', 'clustered_n') }}
        end as design_effect
    from cells
),

judged as (
    select
        *,
        -- METHOD 1: what so many are worth that are not independent.
        counted_numerator / greatest(1.0, design_effect) as effective_numerator,
        counted_n / greatest(1.0, design_effect) as effective_n,
        case
            when value_note is not null then value_note
            -- What is suppressed has too few conversations; here they are enough, and too few were followed.
            when (made_of = 'curve' and not is_known_at_horizon)
                or (made_of = 'followed' and counted_n < minimum_n)
                then case when days_since_end_count <= 1 + horizon_days then 'provisional' else 'not_collected' end
        end as final_note,
        case
            when value_note is not null then note_detail
            when made_of = 'sums' and horizon is null and lost_count > 0
                then concat_ws('; ', note_detail, lost_count || ' conversations that were not followed so long are left out')
            when made_of = 'sums' then note_detail
            when made_of = 'followed' then lost_count || ' conversations that were not followed so long are left out'
            when is_known_at_horizon then lost_count || ' conversations were not followed to the horizon'
            else 'no conversation was followed to the horizon'
        end as final_detail
    from counted
),

limits as (
    select
        *,
        {% for confidence, name in [('95', 'ci95'), ('99.8', 'ci998')] %}
        case
            when interval_method = 'byar' then multiplier * {{ spread_limit(
                'counted_numerator', count_lower('counted_numerator', confidence), 'design_effect'
            ) }} / counted_denominator
            when made_of = 'curve' then multiplier * (1 - {{ survival_limit('survival', 'greenwood', confidence, '-') }})
            when interval_method = 'wilson' then multiplier * {{ wilson_lower('effective_numerator', 'effective_n', confidence) }}
        end as {{ name }}_low,
        case
            when interval_method = 'byar' then multiplier * {{ spread_limit(
                'counted_numerator', count_upper('counted_numerator', confidence), 'design_effect'
            ) }} / counted_denominator
            when made_of = 'curve' then multiplier * (1 - {{ survival_limit('survival', 'greenwood', confidence, '+') }})
            when interval_method = 'wilson' then multiplier * {{ wilson_upper('effective_numerator', 'effective_n', confidence) }}
        end as {{ name }}_high,
        {% endfor %}
        case
            when interval_method = 'byar' and counted_numerator < 10 then 'exact_poisson'
            when made_of = 'curve' then 'kaplan_meier_log_log'
            else interval_method
        end as ci_method
    from judged
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
    case when final_note is null then cast(counted_numerator as double) end as numerator,
    case when final_note is null then cast(counted_denominator as double) end as denominator,
    case when final_note is null then cast(counted_n as bigint) end as n,
    case
        when final_note is not null then null
        when made_of = 'curve' then multiplier * (1 - survival)
        when horizon is not null then multiplier * (cast(counted_numerator as double) / counted_denominator)
        else multiplier * cast(counted_numerator as double) / counted_denominator
    end as value,
    unit,
    {% for limit in ['ci95_low', 'ci95_high', 'ci998_low', 'ci998_high'] %}
    case when final_note is null then {{ limit }} end as {{ limit }},
    {% endfor %}
    case when final_note is null then ci_method else 'none' end as ci_method,
    case when final_note is null then design_effect end as design_effect,
    case when final_note is null and clustered_n is not null then effective_n end as effective_n,
    final_note as value_note,
    final_detail as note_detail,
    -- Threads are read for eight days: after that nobody's wait gets any longer.
    coalesce(
        final_note = 'provisional',
        days_since_end_count <= 1 or is_any_provisional
        or (greatest(lost_count, 0) > 0 and days_since_end_count <= {{ 1 + var('messages_horizon_hours') // 24 }})
    ) as is_provisional,
    population_vintage
from limits
