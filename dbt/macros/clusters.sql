{#
    METHOD 1, clustering: conversations under one post are not independent, nor are posts of one day. How far events vary
    over clusters is the linearised variance of a ratio (L. Kish, Survey Sampling, 1965; W. G. Cochran, Sampling
    Techniques, 1977, section 11.8), for few clusters widened as by E. L. Korn and B. I. Graubard, Confidence intervals
    for proportions with small expected number of positive counts estimated from survey data, Survey Methodology 24
    (1998), 193 to 201; so has it the National Center for Health Statistics (Vital and Health Statistics 2 (175), 2017).
    docs/decisions/0022-effective-n.md.
#}

{#
    m clusters with x events of n each: m / (m - 1) · Σ (x - p n)², p = Σx / Σn, times (N - 1) / N, so that it is
    N p (1 - p) where each has one, and times (t of N² / Σn² - 1 / t of N - 1)², t being Student's quantile at 95% and
    N² / Σn² the effective number of clusters: few, or one large among them, tell little (A. V. Carter, K. T. Schnepel
    and D. G. Steigerwald, Review of Economics and Statistics 99, 2017, 698 to 709). It is never less than what chance
    alone does, N p (1 - p), nor more than where all of a cluster end alike, p (1 - p) Σn²; one cluster alone tells
    nothing and is taken for that. Given Σx, Σn, Σx², Σxn, Σn² and m.
#}
{% macro cluster_variance(x, n, xx, xn, nn, m) -%}
    {%- set p = '(' ~ x ~ ' / cast(' ~ n ~ ' as double))' -%}
    {{ p }} * (1 - {{ p }}) * case
            when {{ m }} = 1 or {{ x }} = 0 or {{ x }} = {{ n }} then {{ nn }}
            else least({{ nn }}, greatest(
                {{ n }},
                ({{ xx }} - 2 * {{ p }} * {{ xn }} + {{ p }} * {{ p }} * {{ nn }}) / ({{ p }} * (1 - {{ p }}))
                * {{ m }} / ({{ m }} - 1) * ({{ n }} - 1) / {{ n }}
                * power({{ student_t('cast(' ~ n ~ ' as double) * ' ~ n ~ ' / ' ~ nn ~ ' - 1') }} / {{ student_t(n ~ ' - 1') }}, 2)
            ))
        end
{%- endmacro %}

{# Student's quantile at 95% for so many degrees of freedom, to 1% from two on: M. Abramowitz and I. A. Stegun, Handbook
   of Mathematical Functions, 1964, 26.7.5. #}
{% macro student_t(freedom) -%}
    {%- set d = 'cast(' ~ freedom ~ ' as double)' -%}
    ({{ z_value(95) }} + (2.3722712 + (2.8224986 + (2.5558497 + 1.5895341 / {{ d }}) / {{ d }}) / {{ d }}) / {{ d }})
{%- endmacro %}

{# How many times the variance is what chance alone would make it: at least 1, at most that of clusters that end alike.
   `squares` and `total`: Σn² and Σn over clusters; null where there is no such bound. #}
{% macro design_effect(variance, chance, squares, total) -%}
round(greatest(1.0, least(
        cast({{ squares }} as double) / {{ total }},
        cast({{ variance }} as double) / nullif(cast({{ chance }} as double), 0)
    )), 4)
{%- endmacro %}

{# What chance alone does to a share's events: N p (1 - p). #}
{% macro share_chance(events, total) %}({{ events }} * (1 - {{ events }} / cast({{ total }} as double))){% endmacro %}

{# A variance, or what is added to one, as many times as clusters make it; as it is where nobody told. #}
{% macro widened(variance, effect) %}({{ variance }} * greatest(1.0, {{ effect }})){% endmacro %}

{# A limit of a count as far again as clusters make it: A. J. Dobson, K. Kuulasmaa, E. Eberle and J. Scherer, Confidence
   intervals for weighted sums of Poisson parameters, Statistics in Medicine 10 (1991), 457 to 462. #}
{% macro spread_limit(count, limit, effect) -%}
greatest(0, {{ limit }} + (sqrt(greatest(1.0, {{ effect }})) - 1) * ({{ limit }} - {{ count }}))
{%- endmacro %}
