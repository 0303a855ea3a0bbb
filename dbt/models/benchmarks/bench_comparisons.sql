-- METHOD 1: each force's value beside the nation's and among the others. The nation itself has no rank.
-- rank 1 is the best where the indicator has a polarity, otherwise the highest; percentile is the share of the
-- other forces with a lower value; quintile follows the rank (1 holds the best or highest).
with valued as (
    select
        cells.*,
        definitions.polarity,
        case when definitions.polarity = 'lower_is_better' then cells.value else -cells.value end as rank_key
    from {{ ref('bench_values') }} as cells
    inner join {{ ref('bench_definitions') }} as definitions
        on cells.indicator_id = definitions.indicator_id
    where cells.value is not null
),

ranked as (
    select
        *,
        rank() over (among order by rank_key) as value_rank,
        rank() over (among order by value) as rank_from_lowest,
        count(*) over (among) as ranked_of
    from valued
    where force_id <> 'national'
    window among as (partition by indicator_id, platform, account_scope, period_type, period_start)
),

beside as (
    select
        ranked.*,
        nation.value as national_value,
        case
            when ranked.ranked_of = 1 or nation.value is null or ranked.ci95_low is null then 'not_compared'
            when ranked.ci95_low > nation.value then 'higher'
            -- A median's empty upper limit is one that is not reached, so it is never under the nation's.
            when ranked.ci95_high < nation.value then 'lower'
            else 'similar'
        end as direction
    from ranked
    left join valued as nation
        on nation.force_id = 'national'
            and ranked.indicator_id = nation.indicator_id
            and ranked.platform = nation.platform
            and ranked.account_scope = nation.account_scope
            and ranked.period_type = nation.period_type
            and ranked.period_start = nation.period_start
),

final as (
    select
        indicator_id,
        force_id,
        platform,
        account_scope,
        period_type,
        period_start,
        value,
        national_value,
        cast(value_rank as bigint) as rank,
        cast(ranked_of as bigint) as ranked_of,
        case when ranked_of > 1 then (rank_from_lowest - 1) / cast(ranked_of - 1 as double) end as percentile,
        {{ quantile('value_rank', 'ranked_of', 5) }} as quintile,
        case
            when direction in ('not_compared', 'similar') or polarity = 'none' then direction
            when (direction = 'higher') = (polarity = 'higher_is_better') then 'better'
            else 'worse'
        end as verdict,
        {{ is_invented() }} as is_invented
    from beside
)

select * from final
order by indicator_id, platform, account_scope, period_type, period_start, force_id
