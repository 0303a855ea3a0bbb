{{ config(materialized='view') }}

-- The measures of conversations in quarters, years and twelve months, made of the months that each counts, and how many
-- are left out (docs/decisions/0012-suppression-holds.md).
select
    parts.force_id, parts.platform, parts.account_scope, parts.period_type, parts.period_start,
    {% for measure in measures_of_messages() %}
    {% set channel = 'direct' if measure.startswith('direct_') else 'public' %}
    sum(months.{{ measure }}) filter (where parts.is_counted and parts.channel = '{{ channel }}') as {{ measure }},
    {% endfor %}
{% for channel in ['public', 'direct'] %}
coalesce(bool_or(parts.is_counted) filter (where parts.channel = '{{ channel }}'), false)
    as is_{{ channel }}_shown,
count(*) filter (where not parts.is_counted and parts.channel = '{{ channel }}')
    as {{ channel }}_left_out_count{{ ',' if not loop.last }}
{% endfor %}
from {{ ref('fct_response_months') }} as parts
inner join {{ ref('bench_counted_measures') }} as months
    on parts.force_id = months.force_id
        and parts.platform = months.platform
        and parts.account_scope = months.account_scope
        and parts.month_start = months.period_start
        and months.period_type = 'month'
group by parts.force_id, parts.platform, parts.account_scope, parts.period_type, parts.period_start
