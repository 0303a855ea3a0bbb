{{ config(materialized='view') }}

-- The measures of bench_measures, with those of conversations that are counted by week and month and not by day: what
-- all forces would have answered of them, and the parts of a day and week. Longer periods have none of these here.
select
    measures.*,
{% for measure in var('standard_measures') %}
expected.{{ measure }}{{ ',' if not loop.last }}
{% endfor %}
from {{ ref('bench_measures') }} as measures
left join {{ ref('fct_response_expected') }} as expected
    on measures.force_id = expected.force_id
        and measures.platform = expected.platform
        and measures.account_scope = expected.account_scope
        and measures.period_type = expected.period_type
        and measures.period_start = expected.period_start
