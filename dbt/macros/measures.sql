{# The measure that a row of the indicators seed names, as an expression over the columns of bench_shown_measures. #}
{% macro measure_named(name) -%}
case {{ name }}
    {%- for measure in var('day_measures') + var('period_measures') + var('standard_measures') %}
    when '{{ measure }}' then {{ measure }}
    {%- endfor %}
end
{%- endmacro %}

{# The same of those that are counted by day, over any columns of account-days; NULL for others. #}
{% macro day_measure_named(name) -%}
case {{ name }}{% for measure in var('day_measures') %} when '{{ measure }}' then {{ measure }}{% endfor %} end
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

{# A sum over the posts of an account's day: without posts a measured zero where we looked, and nothing where of those
   that were there none has the value. #}
{% macro sum_of_posts(sum) -%}
case when posts.post_count > 0 then cast(posts.{{ sum }} as bigint) when known.is_posts_known then 0 end
{%- endmacro %}

{# Whether a measure is counted by day, and not as it stands at the end of a period. #}
{% macro is_by_day(measure) -%}{{ measure }} in ('{{ var('day_measures') | join("', '") }}'){%- endmacro %}

{# Those of conversations, which can be too few to show: by day, and of weeks and months. #}
{% macro measures_of_messages() %}
    {%- set found = [] -%}
    {%- for measure in var('day_measures')
        if measure.removeprefix('direct_').startswith(
            ('conversation', 'closing', 'acknowledged', 'thread_asker', 'answered', 'lost', 'followed')
        ) -%}
        {%- do found.append(measure) -%}
    {%- endfor -%}
    {{ return(found + var('standard_measures') + cluster_measures()) }}
{% endmacro %}

{# How far conversations vary over clusters: what bench_counted_measures takes from fct_response_clusters. #}
{% macro cluster_measures() %}
    {%- set found = ['cluster_square_count', 'direct_cluster_square_count'] -%}
    {%- for measure in var('variance_measures') if measure != 'post_variance' -%}
        {%- do found.append(measure) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{# The variance that a row of the indicators seed names, and of what it is told. Posts are no part of a whole. #}
{% macro clustering() -%}
case variance_measure
    {%- for measure in var('variance_measures') %} when '{{ measure }}' then {{ measure }}{% endfor %} end as cluster_variance,
case variance_measure
    {%- for measure in var('variance_measures') %} when '{{ measure }}' then {{ measure | replace('variance', 'count') }}
    {%- endfor %} end as clustered_events,
case when variance_measure = 'post_variance' then null when variance_measure like 'direct%' then direct_conversation_count
    when variance_measure is not null then conversation_count end as clustered_n,
case when variance_measure = 'post_variance' then null when variance_measure like 'direct%' then direct_cluster_square_count
    when variance_measure is not null then cluster_square_count end as cluster_squares
{%- endmacro %}
