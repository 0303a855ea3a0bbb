{#
    METHOD 2. The scale on which forces of different size compare, and the tail of the normal distribution that
    their distances are held against. Portable: arithmetic, sqrt, sin, asin, ln and exp.
#}

{# √p on the circle, where a proportion's spread does not depend on p. #}
{% macro arcsine(share) %}asin(sqrt(least(1.0, greatest(0.0, {{ share }})))){% endmacro %}

{# And back; beyond 0 and 90 degrees there is no share. #}
{% macro arcsine_back(angle) %}power(sin(least(pi() / 2, greatest(0.0, {{ angle }}))), 2){% endmacro %}

{# What stands at a place on the scale: the column `scale` says which, `multiplier` is the indicator's. #}
{% macro funnel_value(place) -%}
case scale
        when 'arcsine' then multiplier * {{ arcsine_back(place) }}
        when 'log_ratio' then multiplier * exp({{ place }})
        else exp({{ place }})
    end
{%- endmacro %}

{# The chance that a standard normal variable is farther from 0 than z, in either direction, to 3e-9 of it: G. West,
   Better approximations to cumulative normal functions (2005), after J. F. Hart, Computer Approximations (1968). #}
{% macro two_sided_p(z) -%}
    {%- set x = 'abs(' ~ z ~ ')' -%}
    {%- set over = [0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
                    221.213596169931, 220.206867912376] -%}
    {%- set under = [0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
                     637.333633378831, 793.826512519948, 440.413735824752] -%}
    case
        when {{ x }} >= 7.07106781186547 then 0.0  -- under 2e-12, and no table shows that
        else 2.0 * exp(-{{ x }} * {{ x }} / 2.0) * ({{ horner(over, x) }}) / ({{ horner(under, x) }})
    end
{%- endmacro %}

{# The polynomial with these coefficients, that of the highest power first. #}
{% macro horner(coefficients, x) -%}
    {%- set ns = namespace(sum=coefficients[0]) -%}
    {%- for coefficient in coefficients[1:] -%}
        {%- set ns.sum = '(' ~ ns.sum ~ ') * ' ~ x ~ ' + ' ~ coefficient -%}
    {%- endfor -%}
    {{ ns.sum }}
{%- endmacro %}

{# A number whose sum is the same in whatever order: a sum of doubles is not, and a build that goes on from the last one
   has to end in the same digits as one from nothing. #}
{% macro exact(x) %}cast({{ x }} as decimal(38, 12)){% endmacro %}
