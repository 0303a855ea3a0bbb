{#
    METHOD 4.4: Kaplan–Meier curves. A step: some of those at risk are answered; who is lost is at risk until then.
#}

{# What a step leaves of survival, and what it adds to Greenwood's sum: nothing defined once nobody is left. #}
{% macro survival_factor(answered, at_risk) %}(1 - {{ answered }} / cast({{ at_risk }} as double)){% endmacro %}

{% macro greenwood_term(answered, at_risk) -%}
({{ answered }} / nullif(cast({{ at_risk }} as double) * ({{ at_risk }} - {{ answered }}), 0))
{%- endmacro %}

{#
    The same from the beginning of a window to the present row; survival is 0 once everyone left is answered. The sums
    are of decimals: those of floats would depend on the order in which they are added.
#}
{% macro product_of_survival(answered, at_risk, over) -%}
case when {{ at_risk }} = {{ answered }} then 0 else exp(cast(sum(
            case
                when {{ at_risk }} > {{ answered }}
                    then cast(ln({{ survival_factor(answered, at_risk) }}) as decimal(38, 18))
            end
        ) over {{ over }} as double))
end
{%- endmacro %}

{% macro sum_of_greenwood(answered, at_risk, over) -%}
case when {{ at_risk }} > {{ answered }} then cast(
        sum(cast({{ greenwood_term(answered, at_risk) }} as decimal(38, 18))) over {{ over }} as double
    )
end
{%- endmacro %}

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

{# Whether at most a share still waits. A sum of logarithms gives one half only to about 1e-12, hence the margin. #}
{% macro is_down_to(survival, share) %}{{ survival }} <= {{ share }} + 1e-9{% endmacro %}
