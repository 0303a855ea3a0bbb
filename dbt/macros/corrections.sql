{# A counter as it was read, or as it is declared. Its correction is joined as `<counter>_correction`: a figure has one
   at most, because the register refuses two of the same (pipelines/registry/corrections.py). #}
{% macro corrected(counter, row) -%}
case
    when {{ counter }}_correction.correction_id is null then {{ row }}.{{ counter }} else {{ counter }}_correction.replacement
end
{%- endmacro %}

{# The corrections of several counters in one line; nothing where there is none. #}
{% macro correction_ids(counters) -%}
nullif(concat_ws(', '{% for counter in counters %}, {{ counter }}_correction.correction_id{% endfor %}), '')
{%- endmacro %}
