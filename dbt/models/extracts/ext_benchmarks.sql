-- What a force's extract holds of the benchmarks: its rows, with all forces and its peers beside them.
select
    cells.indicator_id,
    indicators.name as indicator_name,
    cells.indicator_version,
    cells.area_id as force_id,
    areas.area_name as force_name,
    cells.platform,
    coalesce(platforms.platform_name, 'All platforms') as platform_name,
    cells.account_scope,
    cells.period_type,
    cells.period_start,
    cells.period_end,
    cells.numerator,
    cells.denominator,
    cells.n,
    cells.effective_n,
    cells.design_effect,
    cells.value,
    cells.unit,
    cells.ci95_low,
    cells.ci95_high,
    cells.ci998_low,
    cells.ci998_high,
    cells.ci_method,
    cells.value_note,
    cells.note_detail,
    cells.is_provisional,
    cells.population_vintage,
    cells.correction_ids,
    cells.is_break,
    indicators.polarity,
    comparisons.all_forces_value,
    comparisons.others_value,
    comparisons.rank,
    comparisons.ranked_of,
    comparisons.percentile,
    comparisons.quintile,
    comparisons.verdict,
    comparisons.verdict_confidence,
    comparisons.is_discovery,
    comparisons.compared_of,
    peers.peers_value,
    peers.peers_count,
    peers.peers_of,
    peers.peers_missing,
    peers.peers_verdict,
    peers.peers_verdict_confidence,
    shrunk.shrunk_value,
    ranks.rank95_low,
    ranks.rank95_high,
    ranks.top_quarter_probability,
    ranks.bottom_quarter_probability,
    changes.previous_value,
    changes.change,
    changes.change95_low,
    changes.change95_high,
    changes.xmr_centre,
    changes.xmr_low,
    changes.xmr_high,
    changes.xmr_rule,
    changes.is_trial,
    changes.trend,
    without.value_without as value_without_incidents,
    without.incidents,
    cells.is_invented
from {{ ref('bench_values') }} as cells
inner join {{ ref('dim_indicator') }} as indicators
    on cells.indicator_id = indicators.indicator_id
inner join {{ ref('dim_area') }} as areas
    on cells.area_id = areas.area_id and areas.area_type = 'force'
left join {{ ref('dim_platform') }} as platforms
    on cells.platform = platforms.platform
left join {{ ref('bench_comparisons') }} as comparisons
    on cells.indicator_id = comparisons.indicator_id
        and cells.area_id = comparisons.area_id
        and cells.platform = comparisons.platform
        and cells.account_scope = comparisons.account_scope
        and cells.period_type = comparisons.period_type
        and cells.period_start = comparisons.period_start
left join {{ ref('bench_peer_comparisons') }} as peers
    on cells.indicator_id = peers.indicator_id
        and cells.area_id = peers.area_id
        and cells.platform = peers.platform
        and cells.account_scope = peers.account_scope
        and cells.period_type = peers.period_type
        and cells.period_start = peers.period_start
left join {{ ref('bench_shrunk') }} as shrunk
    on cells.indicator_id = shrunk.indicator_id
        and cells.area_id = shrunk.area_id
        and cells.platform = shrunk.platform
        and cells.account_scope = shrunk.account_scope
        and cells.period_type = shrunk.period_type
        and cells.period_start = shrunk.period_start
left join {{ ref('bench_ranks') }} as ranks
    on cells.indicator_id = ranks.indicator_id
        and cells.area_id = ranks.area_id
        and cells.platform = ranks.platform
        and cells.account_scope = ranks.account_scope
        and cells.period_type = ranks.period_type
        and cells.period_start = ranks.period_start
left join {{ ref('bench_changes') }} as changes
    on cells.indicator_id = changes.indicator_id
        and cells.area_id = changes.area_id
        and cells.platform = changes.platform
        and cells.account_scope = changes.account_scope
        and cells.period_type = changes.period_type
        and cells.period_start = changes.period_start
left join {{ ref('bench_without_incidents') }} as without
    on cells.indicator_id = without.indicator_id
        and cells.area_id = without.area_id
        and cells.platform = without.platform
        and cells.account_scope = without.account_scope
        and cells.period_type = without.period_type
        and cells.period_start = without.period_start
