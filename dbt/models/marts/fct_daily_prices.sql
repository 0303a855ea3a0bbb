{{ config(materialized='view') }}

-- The prices of each day and platform that has one: a card holds for the posts of its days.
with days as (
    select {{ each_day('history_from_date', 'data_as_of_date') }} as price_date
    from {{ ref('stg_landing__window') }}
),

priced as (
    select
        {% for counter in var('priced_counters') %}
        max(case when cards.metric = '{{ counter }}' then cards.gbp_per_1k end)
            as {{ counter | replace('_count', '_gbp_per_1k') }},
        {% endfor %}
        cards.platform,
        days.price_date
    from days
    inner join {{ ref('dim_rate_card') }} as cards
        on days.price_date between cards.from_date and cards.until_date
    group by cards.platform, days.price_date
)

select * from priced
