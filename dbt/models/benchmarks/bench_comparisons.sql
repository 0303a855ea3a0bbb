{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- METHOD 1: each force's value among those of the forces, and against the other forces together. Groups have no rank.
-- rank 1 is the best where the indicator has a polarity, otherwise the highest; percentile is the share of the other
-- forces with a lower value; quintile follows the rank (1 holds the best or highest). Two values that differ by
-- rounding alone are one: two thirds read off a curve are two thirds of a count. A median that was not reached is
-- longer than all others: such forces share the last rank, and are judged by their lower limit. What is provisional, or
-- a share, a median or a mean over posts of few, also of few independent ones, or of a period in which accounts were
-- merged, has no rank, and where few forces have one nobody has. What pools other platforms for one force than for
-- another (all) is neither ranked nor judged, unless it is standardised; nor is what is diagnostic.
with valued as (
    select
        cells.*,
        areas.area_type,
        indicators.polarity,
        coalesce(round(cells.value, 9), 1e18) as ranked_value,
        case when indicators.polarity = 'lower_is_better' then 1 else -1 end as rank_sign,
        not cells.is_provisional
        and not cells.is_break
        and (cells.effective_n is null or cells.effective_n >= {{ var('compared_from_effective_n') }})
        and (cells.platform <> 'all' or indicators.is_standardised)
        and indicators.is_diagnostic is not true
        and (
            (
                indicators.kind = 'ratio'
                and indicators.interval_method <> 'wilson'
                and not indicators.is_standardised
                and indicators.is_mean_of_posts is not true
            )
            or (
                (indicators.interval_method <> 'none' or indicators.is_mean_of_posts)
                and cells.n >= {{ var('ranked_from_n') }}
            )
        ) as can_be_ranked
    from {{ ref('bench_values') }} as cells
    inner join {{ ref('dim_area') }} as areas
        on cells.area_id = areas.area_id
    inner join {{ ref('dim_indicator') }} as indicators
        on cells.indicator_id = indicators.indicator_id
    where (cells.value is not null or cells.value_note = 'not_reached')
        and cells.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

forces as (
    select
        *,
        count(*) over among as ranked_of,
        rank() over (among order by rank_sign * ranked_value) as value_rank,
        rank() over (among order by ranked_value) as rank_from_lowest
    from valued
    where area_type = 'force'
    window among as (partition by indicator_id, platform, account_scope, period_type, period_start, can_be_ranked)
),

ranked as (
    select
        *,
        can_be_ranked and ranked_of >= {{ var('compared_from') }} as has_rank
    from forces
),

-- How many of the smallest p-values hold together at a false discovery rate of 5% (Benjamini and Hochberg).
discovered as (
    select
        *,
        max(case when p_value <= 0.05 * p_rank / compared_of then p_value end) over among as largest_p
    from (
        select
            *,
            row_number() over (among order by p_value) as p_rank
        from {{ ref('bench_funnels') }}
        where period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
        window among as (partition by indicator_id, platform, account_scope, period_type, period_start)
    )
    window among as (partition by indicator_id, platform, account_scope, period_type, period_start)
),

beside as (
    select
        ranked.*,
        everyone.value as all_forces_value,
        others.others_value,
        others.compared_of,
        others.p_value <= others.largest_p as is_discovery,
        case
            when ranked.value is null and ranked.ci95_low > everyone.value then 'higher'
            when ranked.value is null and everyone.value is not null then 'similar'
            when others.z is null then 'not_compared'
            when others.z >= {{ z_value(95) }} then 'higher'
            when others.z <= -{{ z_value(95) }} then 'lower'
            else 'similar'
        end as direction,
        cast(case
            when abs(others.z) >= {{ z_value(99.8) }} then 99.8
            when abs(others.z) >= {{ z_value(95) }} then 95
            when ranked.value is null and ranked.ci998_low > everyone.value then 99.8
            when ranked.value is null and ranked.ci95_low > everyone.value then 95
        end as double) as confidence
    from ranked
    left join valued as everyone
        on everyone.area_id = 'all_forces'
            and ranked.indicator_id = everyone.indicator_id
            and ranked.platform = everyone.platform
            and ranked.account_scope = everyone.account_scope
            and ranked.period_type = everyone.period_type
            and ranked.period_start = everyone.period_start
    left join discovered as others
        on ranked.indicator_id = others.indicator_id
            and ranked.area_id = others.area_id
            and ranked.platform = others.platform
            and ranked.account_scope = others.account_scope
            and ranked.period_type = others.period_type
            and ranked.period_start = others.period_start
)

select
    indicator_id,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    period_end,
    value,
    all_forces_value,
    others_value,
    case when has_rank then cast(value_rank as bigint) end as rank,
    case when has_rank then cast(ranked_of as bigint) end as ranked_of,
    case when has_rank then (rank_from_lowest - 1) / cast(ranked_of - 1 as double) end as percentile,
    case when has_rank then {{ quantile('value_rank', 'ranked_of', 5) }} end as quintile,
    case
        when direction in ('not_compared', 'similar') or polarity = 'none' then direction
        when (direction = 'higher') = (polarity = 'higher_is_better') then 'better'
        else 'worse'
    end as verdict,
    confidence as verdict_confidence,
    coalesce(is_discovery, false) as is_discovery,
    compared_of,
    {{ is_invented() }} as is_invented
from beside
order by period_end, period_type, indicator_id, platform, account_scope, area_id
