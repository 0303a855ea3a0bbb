-- The heart of the product: one row for each cell, with a number or with the reason why there is none.
with unioned as (
    {% for definition in indicator_definitions() %}
    select {{ benchmark_columns() | join(', ') }}
    from {{ ref('bench_' ~ definition.indicator_id) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from unioned
order by indicator_id, platform, account_scope, period_type, period_start, force_id
