-- What a force's extract holds of the benchmarks: its rows, and the nation's beside them.
with final as (
    select
        cells.indicator_id,
        definitions.name as indicator_name,
        cells.indicator_version,
        cells.force_id,
        coalesce(forces.force_name, 'All forces') as force_name,
        cells.platform,
        coalesce(platforms.platform_name, 'All platforms') as platform_name,
        cells.account_scope,
        cells.period_type,
        cells.period_start,
        cells.period_end,
        cells.numerator,
        cells.denominator,
        cells.n,
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
        definitions.polarity,
        comparisons.national_value,
        comparisons.rank,
        comparisons.ranked_of,
        comparisons.percentile,
        comparisons.quintile,
        comparisons.verdict,
        cells.is_invented
    from {{ ref('bench_values') }} as cells
    inner join {{ ref('bench_definitions') }} as definitions
        on cells.indicator_id = definitions.indicator_id
    left join {{ ref('dim_force') }} as forces
        on cells.force_id = forces.force_id
    left join {{ ref('dim_platform') }} as platforms
        on cells.platform = platforms.platform
    left join {{ ref('bench_comparisons') }} as comparisons
        on cells.indicator_id = comparisons.indicator_id
            and cells.force_id = comparisons.force_id
            and cells.platform = comparisons.platform
            and cells.account_scope = comparisons.account_scope
            and cells.period_type = comparisons.period_type
            and cells.period_start = comparisons.period_start
)

select * from final
order by force_id, indicator_id, platform, account_scope, period_type, period_start
