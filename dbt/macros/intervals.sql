{#
    METHOD 1. Limits of proportions and of counts. `x` and `n` are SQL, read as numbers; `confidence` is 95 or
    99.8. Portable: only arithmetic, sqrt and a list of constants.
#}

{% macro z_value(confidence) %}
{{ return({'95': 1.959963984540054, '99.8': 3.090232306167813}[confidence | string]) }}
{% endmacro %}

{% macro wilson_lower(x, n, confidence) %}{{ wilson_limit(x, n, confidence, '-') }}{% endmacro %}

{% macro wilson_upper(x, n, confidence) %}{{ wilson_limit(x, n, confidence, '+') }}{% endmacro %}

{# Exact at 0 and at n, where rounding would put the limit a hair on the wrong side of the value. #}
{% macro wilson_limit(x, n, confidence, sign) %}
    {%- set z = z_value(confidence) -%}
    {%- set z2 = z * z -%}
    {%- set total = 'nullif(cast(' ~ n ~ ' as double), 0)' -%}
    case
        when {{ x }} = {{ '0' if sign == '-' else n }} and {{ n }} > 0 then {{ '0.0' if sign == '-' else '1.0' }}
        else
            (2.0 * ({{ x }}) + {{ z2 }} {{ sign }} {{ z }} * sqrt({{ z2 }} + 4.0 * ({{ x }}) * (1.0 - ({{ x }}) / {{ total }})))
            / (2.0 * ({{ total }} + {{ z2 }}))
    end
{%- endmacro %}

{# Limits of the expected count behind a count: exact Poisson below ten, Byar from there. #}
{% macro count_lower(x, confidence) -%}
case when {{ x }} < 10 then {{ exact_poisson(x, confidence, 0) }} else {{ byar_lower(x, confidence) }} end
{%- endmacro %}

{% macro count_upper(x, confidence) -%}
case when {{ x }} < 10 then {{ exact_poisson(x, confidence, 1) }} else {{ byar_upper(x, confidence) }} end
{%- endmacro %}

{% macro byar_lower(x, confidence) %}
    {%- set z = z_value(confidence) -%}
    {%- set count = 'nullif(cast(' ~ x ~ ' as double), 0)' -%}
    (({{ x }}) * power(1.0 - 1.0 / (9.0 * {{ count }}) - {{ z }} / (3.0 * sqrt({{ count }})), 3))
{%- endmacro %}

{% macro byar_upper(x, confidence) %}
    {%- set z = z_value(confidence) -%}
    {%- set count = '(' ~ x ~ ' + 1.0)' -%}
    ({{ count }} * power(1.0 - 1.0 / (9.0 * {{ count }}) + {{ z }} / (3.0 * sqrt({{ count }})), 3))
{%- endmacro %}

{# `side` 0: χ²(α/2, 2x)/2, which is 0 at x = 0; 1: χ²(1−α/2, 2x+2)/2. #}
{% macro exact_poisson(x, confidence, side) -%}
case {{ x }}
    {%- for limits in exact_poisson_limits()[confidence | string] %} when {{ loop.index0 }} then {{ limits[side] }}{% endfor %} end
{%- endmacro %}

{% macro exact_poisson_limits() %}
{{ return({
    '95': [
        [0.0, 3.6888794541139354],
        [0.025317807984289897, 5.571643390938898],
        [0.24220927854396507, 7.22468766772396],
        [0.6186721228956015, 8.767273069742323],
        [1.089865373626325, 10.241588675403694],
        [1.623486390118421, 11.66833207932267],
        [2.201894253490851, 13.059474022518685],
        [2.814363051519867, 14.422675361702376],
        [3.4538321767485023, 15.763189220193313],
        [4.115373097378334, 17.084803451419166]
    ],
    '99.8': [
        [0.0, 6.907755278982137],
        [0.0010005003335835346, 9.233413476451585],
        [0.045402017769489565, 11.228872242412661],
        [0.19053337756840327, 13.06224077918807],
        [0.42855241362842295, 14.79414922253721],
        [0.7393717319178327, 16.454745203680105],
        [1.1071046602556396, 18.061636840199064],
        [1.5203362603988093, 19.626177395384232],
        [1.9708139217403662, 21.15619816583998],
        [2.452424404363775, 22.65737330906293]
    ]
}) }}
{% endmacro %}

{# METHOD 1: the quantile group of a rank among n, none when there are fewer than groups. #}
{% macro quantile(rank, n, groups) %}
    case
        when {{ n }} >= {{ groups }}
            then cast(greatest(1, floor(
                ({{ groups }} + 1) - ceil((({{ n }} + 1) - {{ rank }}) / ({{ n }} / cast({{ groups }} as double)))
            )) as bigint)
    end
{%- endmacro %}
