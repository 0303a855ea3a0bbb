{# The measure that a row of the indicators seed names, as an expression over the columns of bench_shown_measures. #}
{% macro measure_named(name) -%}
case {{ name }}
    {%- for measure in var('day_measures') + var('period_measures') + var('standard_measures') %}
    when '{{ measure }}' then {{ measure }}
    {%- endfor %}
end
{%- endmacro %}

{# The measure (`lost`, `followed`, `answered_followed`) of an indicator's horizon and channel. #}
{% macro horizon_measure(prefix) -%}
case
    {%- for horizon in var('horizons') %}
    when horizon = '{{ horizon }}' and known_by = 'messages' then {{ prefix }}_{{ horizon }}_count
    when horizon = '{{ horizon }}' and known_by = 'direct_messages' then direct_{{ prefix }}_{{ horizon }}_count
    {%- endfor %}
end
{%- endmacro %}

{# A count of rows that were joined: none joined is a measured zero where we looked, and nothing where we did not. #}
{% macro zero_where(is_known, count) -%}
case when {{ count }} is not null then {{ count }} when {{ is_known }} then 0 end
{%- endmacro %}

{# Whether a measure is counted by day, and not as it stands at the end of a period. #}
{% macro is_by_day(measure) -%}{{ measure }} in ('{{ var('day_measures') | join("', '") }}'){%- endmacro %}

{# The measures by day that count conversations: those that can be too few to show. #}
{% macro measures_of_messages() %}
    {%- set found = [] -%}
    {%- for measure in var('day_measures')
        if measure.removeprefix('direct_').startswith(
            ('conversation', 'closing', 'acknowledged', 'thread_asker', 'answered', 'lost', 'followed')
        ) -%}
        {%- do found.append(measure) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
