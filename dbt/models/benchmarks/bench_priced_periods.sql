{{ config(materialized='view') }}

-- On how many days of a period there is a price of a platform's metric, and by which cards: a period that is not priced
-- from its first day to its last has no cost equivalent.
with held as (
    select
        cards.platform,
        cards.metric,
        periods.period_type,
        periods.period_start,
        cards.from_date,
        {{ days_between('periods.period_start', 'periods.period_end') }} + 1 as day_count,
        {{ days_between(
            'greatest(cards.from_date, periods.period_start)', 'least(cards.until_date, periods.period_end)'
        ) }} + 1 as priced_day_count,
        cards.rate_card_id || ' version ' || cards.card_version || ': £' || cards.gbp_per_1k || ' per thousand'
        || case
            when cards.from_date > periods.period_start then ' from ' || {{ long_date('cards.from_date') }} else ''
        end as price_text
    from {{ ref('dim_period') }} as periods
    inner join {{ ref('dim_rate_card') }} as cards
        on periods.period_start <= cards.until_date and periods.period_end >= cards.from_date
)

select
    platform,
    metric,
    period_type,
    period_start,
    day_count,
    sum(priced_day_count) as priced_day_count,
    'priced by ' || {{ last_and(list_text('price_text', 'from_date')) }} as card_text
from held
group by platform, metric, period_type, period_start, day_count
