{{ config(materialized='view') }}

-- What a force's views, impressions or gross reach at seven days would have cost at the declared rate card, in pounds,
-- and per post; each post at the price of its day. A card is the same for every force, so what is not priced is so for
-- all of them. No ratio of two counts: it is neither ranked nor judged, for it says no more of a force than the views
-- do, in other units.
with cells as (
    select
        cells.*,
        indicators.metrics as metric,
        prices.card_text,
        prices.day_count,
        prices.priced_day_count,
        cast(cells.numerator as double) / 1000.0 as cost_gbp,
        case
            when cells.value_note is not null then cells.value_note
            when prices.platform is null or prices.priced_day_count < prices.day_count then 'no_rate_card'
        end as final_note
    from {{ ref('bench_cells') }} as cells
    inner join {{ ref('dim_indicator') }} as indicators
        on cells.indicator_id = indicators.indicator_id and indicators.is_priced
    left join {{ ref('bench_priced_periods') }} as prices
        on cells.platform = prices.platform
            and indicators.metrics = prices.metric
            and cells.period_type = prices.period_type
            and cells.period_start = prices.period_start
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
    case when final_note is null then cost_gbp end as numerator,
    case when final_note is null then cast(denominator as double) end as denominator,
    case when final_note is null then cast(n as bigint) end as n,
    case
        when final_note is not null then null
        when denominator is null then cost_gbp
        else multiplier * cost_gbp / denominator
    end as value,
    unit,
    cast(null as double) as ci95_low,
    cast(null as double) as ci95_high,
    cast(null as double) as ci998_low,
    cast(null as double) as ci998_high,
    'none' as ci_method,
    cast(null as double) as design_effect,
    cast(null as double) as effective_n,
    final_note as value_note,
    case
        when value_note is not null then note_detail
        when final_note is not null and day_count is null then 'no price is declared for any day of the period'
        when final_note is not null
            then 'a price is declared for ' || priced_day_count || ' of the ' || day_count || ' days of the period'
        else concat_ws('; ', card_text, note_detail)
    end as note_detail,
    coalesce(final_note = 'provisional', days_since_end_count <= 1 or is_any_provisional) as is_provisional,
    cast(null as varchar) as population_vintage
from cells
