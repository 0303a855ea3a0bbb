{# Every counter that a post can have. Which platform has which: the platform_metrics seed. #}
{% macro post_counters() %}
{{ return([
    'view_count', 'impression_count', 'reach_count', 'like_count', 'share_count', 'quote_count', 'comment_count',
    'click_count'
]) }}
{% endmacro %}
