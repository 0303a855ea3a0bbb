{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- depends_on: {{ ref('stg_landing__window') }}
-- METHOD 1 and 7: each force against its peers (dim_peer), itself left out, wherever all forces compare. The peers'
-- figure is that of their final cells together, as bench_funnel_places has it of all. How far chance moves a force (s)
-- and what forces differ by besides (tau2) are those among all forces: seven cannot tell. What seven have together
-- moves too: its variance is in the distance, where the funnel leaves out that of forty (decisions/0015-peers.md).
with places as (
    select
        places.*,
        funnels.tau2,
        funnels.z is not null as is_judged,
        -- Beside the average force's: residents and seconds would have too many digits when squared.
        places.compared_count * case
            when places.scale = 'log' then places.w / places.all_w
            else places.exposure / places.all_exposure
        end as weight
    from {{ ref('bench_funnel_places') }} as places
    inner join {{ ref('bench_funnels') }} as funnels
        on places.indicator_id = funnels.indicator_id
            and places.area_id = funnels.area_id
            and places.platform = funnels.platform
            and places.account_scope = funnels.account_scope
            and places.period_type = funnels.period_type
            and places.period_start = funnels.period_start
),

comparisons as (
    select distinct
        indicator_id, platform, account_scope, period_type, period_start, period_end, scale, multiplier, tau2
    from places
),

together as (
    select
        peers.force_id as area_id,
        comparisons.indicator_id, comparisons.platform, comparisons.account_scope,
        comparisons.period_type, comparisons.period_start, comparisons.period_end,
        comparisons.scale, comparisons.multiplier, comparisons.tau2,
        count(*) as peers_of,
        count(places.area_id) as peers_count,
        {{ list_text('case when places.area_id is null then peers.peer_force_id end', 'peers.peer_force_id') }}
            as peers_missing,
        cast(sum({{ exact('places.events') }}) as double) as events,
        cast(sum({{ exact('places.exposure') }}) as double) as exposure,
        cast(sum({{ exact('places.weight') }}) as double) as weight,
        cast(sum({{ exact('places.weight * places.y') }}) as double) as weighted_y,
        cast(sum({{ exact('power(places.weight, 2) * (power(places.s, 2) + places.tau2)') }}) as double)
            as weighted_variance
    from comparisons
    cross join {{ ref('dim_peer') }} as peers
    left join places
        on peers.peer_force_id = places.area_id
            and comparisons.indicator_id = places.indicator_id
            and comparisons.platform = places.platform
            and comparisons.account_scope = places.account_scope
            and comparisons.period_type = places.period_type
            and comparisons.period_start = places.period_start
    group by
        peers.force_id, comparisons.indicator_id, comparisons.platform, comparisons.account_scope,
        comparisons.period_type, comparisons.period_start, comparisons.period_end,
        comparisons.scale, comparisons.multiplier, comparisons.tau2
    having count(places.area_id) > 0
),

placed as (
    select
        *,
        case scale
            when 'arcsine' then {{ arcsine('events / exposure') }}
            when 'log_ratio' then ln(greatest(events, 0.5) / exposure)
            else weighted_y / weight
        end as peers_place,
        weighted_variance / power(weight, 2) as peers_variance
    from together
),

valued as (
    select
        *,
        case scale when 'log' then exp(peers_place) else multiplier * events / exposure end as peers_value
    from placed
),

-- A median that was not reached is longer than any other, and is judged by its lower limit.
judged as (
    select
        valued.*,
        case
            when valued.peers_count < {{ var('compared_from') }} or own.is_judged is false then null
            when own.area_id is not null
                then (own.y - valued.peers_place)
                    / sqrt(power(own.s, 2) + valued.tau2 + valued.peers_variance)
            when waiting.ci998_low > valued.peers_value then {{ z_value(99.8) }}
            when waiting.ci95_low > valued.peers_value then {{ z_value(95) }}
            when waiting.area_id is not null then 0
        end as z
    from valued
    left join places as own
        on valued.area_id = own.area_id
            and valued.indicator_id = own.indicator_id
            and valued.platform = own.platform
            and valued.account_scope = own.account_scope
            and valued.period_type = own.period_type
            and valued.period_start = own.period_start
    left join {{ ref('bench_values') }} as waiting
        on valued.area_id = waiting.area_id
            and valued.indicator_id = waiting.indicator_id
            and valued.platform = waiting.platform
            and valued.account_scope = waiting.account_scope
            and valued.period_type = waiting.period_type
            and valued.period_start = waiting.period_start
            and waiting.value_note = 'not_reached'
            and not waiting.is_provisional
            and not waiting.is_break
)

select
    judged.indicator_id,
    judged.area_id,
    judged.platform,
    judged.account_scope,
    judged.period_type,
    judged.period_start,
    judged.period_end,
    judged.peers_value,
    judged.peers_count,
    judged.peers_of,
    judged.peers_missing,
    case
        when judged.z is null then 'not_compared'
        when abs(judged.z) < {{ z_value(95) }} then 'similar'
        when indicators.polarity = 'none' then case when judged.z > 0 then 'higher' else 'lower' end
        when (judged.z > 0) = (indicators.polarity = 'higher_is_better') then 'better'
        else 'worse'
    end as peers_verdict,
    cast(case
        when abs(judged.z) >= {{ z_value(99.8) }} then 99.8
        when abs(judged.z) >= {{ z_value(95) }} then 95
    end as double) as peers_verdict_confidence,
    {{ is_invented() }} as is_invented
from judged
inner join {{ ref('dim_indicator') }} as indicators
    on judged.indicator_id = indicators.indicator_id
order by
    judged.period_end, judged.period_type, judged.indicator_id, judged.platform, judged.account_scope, judged.area_id
