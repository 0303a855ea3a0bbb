{#
    Before an incremental model adds what this build computes: what it computes anew is taken out. Everything older
    stands as it was (docs/decisions/0007-a-day-costs-a-day.md). Spark would overwrite the same partitions.
#}
{% macro forget_from(column, from_column) -%}
{% if is_incremental() %}
delete from {{ this }} where {{ column }} >= (select {{ from_column }} from {{ ref('stg_landing__window') }})
{% endif %}
{%- endmacro %}

{# The same for tables of periods; weeks that are no longer kept go too. #}
{% macro forget_periods(from_column='periods_from_date') -%}
{% if is_incremental() %}
delete from {{ this }}
where period_end >= (select {{ from_column }} from {{ ref('stg_landing__window') }})
    or (period_type = 'week' and period_start < (select oldest_week_date from {{ ref('stg_landing__window') }}))
{% endif %}
{%- endmacro %}

{# The first week whose whole chart is among the weeks that are kept. #}
{% macro first_chart() -%}
(select {{ plus_days('oldest_week_date', 7 * var('chart_weeks')) }} from {{ ref('stg_landing__window') }})
{%- endmacro %}

{# Before bench_changes adds rows: the weeks of which that is no longer so go. #}
{% macro forget_old_charts() -%}
{% if is_incremental() %}
delete from {{ this }} where period_type = 'week' and period_start < {{ first_chart() }}
{% endif %}
{%- endmacro %}
