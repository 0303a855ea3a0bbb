{#
    METHOD 3: limits of a difference, and the slope of a series. Portable: only arithmetic and sqrt.
#}

{#
    Limits of a later value less an earlier one, from the limits of each: R. G. Newcombe, Interval estimation for the
    difference between independent proportions, Statistics in Medicine 17 (1998), 873 to 890, method 10; of rates and
    medians G. Y. Zou and A. Donner, 27 (2008), 1693 to 1702 (MOVER). `sign` '-' for the lower, '+' for the upper;
    `near` and `far` are the limits on that side of the later, and on the other side of the earlier value.
#}
{% macro difference_limit(later, near, earlier, far, sign) -%}
({{ later }} - {{ earlier }} {{ sign }} sqrt(power({{ later }} - {{ near }}, 2) + power({{ earlier }} - {{ far }}, 2)))
{%- endmacro %}

{# Sums over points for a weighted straight line: lists of SQL for the weights, places and values of the same length. #}
{% macro weighted_sum(weights, first=none, second=none) -%}
(
    {%- for w in weights -%}
        {{ ' + ' if not loop.first }}{{ w }}
        {%- if first is not none %} * {{ first[loop.index0] }}{% endif %}
        {%- if second is not none %} * {{ second[loop.index0] }}{% endif %}
    {%- endfor -%}
)
{%- endmacro %}

{# Σw Σwxy − Σwx Σwy, which has the sign of the slope. #}
{% macro slope_sign(weights, places, values) -%}
({{ weighted_sum(weights) }} * {{ weighted_sum(weights, places, values) }}
            - {{ weighted_sum(weights, places) }} * {{ weighted_sum(weights, values) }})
{%- endmacro %}

{# (slope / its standard error)², the weights being 1 / variance: (Σw Σwxy − Σwx Σwy)² / (Σw (Σw Σwx² − (Σwx)²)). #}
{% macro slope_statistic(weights, places, values) -%}
(power({{ slope_sign(weights, places, values) }}, 2) / ({{ weighted_sum(weights) }} * (
                {{ weighted_sum(weights) }} * {{ weighted_sum(weights, places, places) }}
                - power({{ weighted_sum(weights, places) }}, 2)
            )))
{%- endmacro %}
