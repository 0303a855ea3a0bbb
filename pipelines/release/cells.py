"""The query behind every benchmark table: the cells of some indicators and areas in one period, whole.

Belongs here: which published tables a cell is put together from. Does not belong here: who asks for which
(reader.py), or arithmetic on metrics (dbt).
"""

#: One row for each cell that the indicators have in the period: of these areas; on all platforms, or
#: on one. What is not in bench_values has its reason in bench_not_available, the firmest where several hold;
#: what is in neither had no account.
CELLS = """
    with platforms as (
        select platform, platform_name from dim_platform
        union all
        select 'all', 'All platforms'
    ),
    grid as (
        select i.indicator_id, i.name as indicator_name, i.unit, i.is_invented,
            i.position as indicator_position, a.area_id, a.area_name, a.area_type,
            a.position as area_position, p.platform, p.platform_name
        from dim_indicator as i
        cross join dim_area as a
        inner join platforms as p
            on case p.platform
                when 'all' then i.is_pooled
                else i.platforms is null or list_contains(string_split(i.platforms, '|'), p.platform)
            end
        where list_contains($indicators, i.indicator_id) and list_contains($areas, a.area_id)
            and p.platform = coalesce($platform, p.platform)
    ),
    reasons as (
        select r.indicator_id, r.area_id, r.platform, arg_max(r.value_note, n.position) as value_note
        from bench_not_available as r
        inner join dim_value_note as n on r.value_note = n.value_note
        where $period_end >= coalesce(r.from_date, $period_end)
            and (r.until_date is null or $period_end < r.until_date)
        group by all
    ),
    cells as (
        select grid.*, v.value, v.ci95_low, v.ci95_high, v.n, v.effective_n, v.note_detail,
            v.area_id is not null as is_cell,
            coalesce(v.is_provisional, false) as is_provisional, r.value_note is not null as is_reason,
            case when v.area_id is null then coalesce(r.value_note, 'no_account') else v.value_note end
                as value_note
        from grid
        left join bench_values as v
            on grid.indicator_id = v.indicator_id and grid.area_id = v.area_id
                and grid.platform = v.platform and v.account_scope = $scope
                and v.period_type = $period_type and v.period_start = $period_start
        left join reasons as r
            on grid.indicator_id = r.indicator_id and grid.area_id = r.area_id and grid.platform = r.platform
    )
    select cells.indicator_id, cells.indicator_name, cells.area_id, cells.area_name, cells.area_type,
        cells.platform, cells.platform_name, $scope as account_scope, $period_type as period_type,
        cast($period_start as date) as period_start, cast($period_end as date) as period_end, c.rank,
        c.ranked_of, cells.value, cells.unit, cells.ci95_low, cells.ci95_high, cells.n, cells.effective_n,
        s.shrunk_value, h.previous_value, h.change, h.change95_low, h.change95_high, h.xmr_rule, h.is_trial,
        h.trend, r.rank95_low, r.rank95_high, r.top_quarter_probability, r.bottom_quarter_probability,
        everyone.value as all_forces_value, c.percentile, c.quintile, c.verdict, c.verdict_confidence,
        c.compared_of, p.peers_value, p.peers_count, p.peers_of, p.peers_missing, p.peers_verdict,
        p.peers_verdict_confidence, cells.is_provisional, cells.value_note,
        case
            when cells.value_note is null then upper(cells.note_detail[1]) || cells.note_detail[2:] || '.'
            when not cells.is_cell and not cells.is_reason then $no_account
            else coalesce(notes.name || ': ' || cells.note_detail || '.', notes.sentence)
        end as note,
        cast(null as double) as value_without_incidents, -- without_incidents.py
        $release_id as release_id, $release_label as release_label, cells.is_invented
    from cells
    left join dim_value_note as notes on cells.value_note = notes.value_note
    left join bench_comparisons as c
        on cells.indicator_id = c.indicator_id and cells.area_id = c.area_id and cells.platform = c.platform
            and c.account_scope = $scope and c.period_type = $period_type and c.period_start = $period_start
    left join bench_peer_comparisons as p
        on cells.indicator_id = p.indicator_id and cells.area_id = p.area_id and cells.platform = p.platform
            and p.account_scope = $scope and p.period_type = $period_type and p.period_start = $period_start
    left join bench_shrunk as s
        on cells.indicator_id = s.indicator_id and cells.area_id = s.area_id and cells.platform = s.platform
            and s.account_scope = $scope and s.period_type = $period_type and s.period_start = $period_start
    left join bench_ranks as r
        on cells.indicator_id = r.indicator_id and cells.area_id = r.area_id and cells.platform = r.platform
            and r.account_scope = $scope and r.period_type = $period_type and r.period_start = $period_start
    left join bench_changes as h
        on cells.indicator_id = h.indicator_id and cells.area_id = h.area_id and cells.platform = h.platform
            and h.account_scope = $scope and h.period_type = $period_type and h.period_start = $period_start
    left join bench_values as everyone
        on cells.indicator_id = everyone.indicator_id and everyone.area_id = 'all_forces'
            and cells.platform = everyone.platform and everyone.account_scope = $scope
            and everyone.period_type = $period_type and everyone.period_start = $period_start
    order by cells.indicator_position, cells.area_type, case when not $is_of_force then c.rank end nulls last,
        cells.area_position, cells.value is null, cells.platform <> 'all', cells.platform_name,
        cells.area_name
"""
