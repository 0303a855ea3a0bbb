-- The heart of the product: one row for each cell, with a number or with the reason why there is none.
{% set types = {'period_start': 'date', 'period_end': 'date', 'numerator': 'double', 'denominator': 'double', 'n': 'bigint',
    'value': 'double', 'ci95_low': 'double', 'ci95_high': 'double', 'ci998_low': 'double', 'ci998_high': 'double',
    'is_provisional': 'boolean', 'is_invented': 'boolean'} %}
with unioned as (
    {% for definition in indicator_definitions() %}
    select
        {% for column in benchmark_columns() %}
        cast({{ column }} as {{ types.get(column, 'varchar') }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('bench_' ~ definition.indicator_id) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from unioned
order by indicator_id, platform, account_scope, period_type, period_start, force_id
