-- What: every measure that the indicators seed names is one that bench_shown_measures has (dbt_project.yml:
-- day_measures, period_measures, standard_measures, variance_measures), and a ratio names its three.
-- Why: a misspelt measure is no error in SQL: the indicator would have no number anywhere, and a reason for each.
-- A returned row is an indicator and a measure that nothing computes.
with named as (
    {% for role in ['numerator_measure', 'denominator_measure', 'n_measure', 'variance_measure'] %}
    select
        indicator_id,
        kind,
        '{{ role }}' as measure_role,
        {{ role }} as measure
    from {{ ref('indicators') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    indicator_id,
    measure_role,
    measure
from named
where (kind = 'ratio' and measure is null and measure_role <> 'variance_measure')
    or measure not in (
        {% set by_period = var('period_measures') + var('standard_measures') + var('variance_measures') %}
        {% for measure in var('day_measures') + by_period %}
        '{{ measure }}'{{ ',' if not loop.last }}
        {% endfor %}
    )
