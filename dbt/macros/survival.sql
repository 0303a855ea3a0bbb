{#
    Log-log limits of a Kaplan–Meier survival, `sign` '+' for the lower and '-' for the upper.
    Not defined where the curve is still 1 or already 0.
#}
{% macro survival_limit(survival, greenwood, confidence, sign) %}
    {%- set z = z_value(confidence) -%}
    case
        when {{ survival }} > 0 and {{ survival }} < 1 and {{ greenwood }} is not null
            then power({{ survival }}, exp({{ sign }} {{ z }} * sqrt({{ greenwood }}) / abs(ln({{ survival }}))))
    end
{%- endmacro %}
