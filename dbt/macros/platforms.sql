{# Where rows come from: the platforms that the catalogue says are pulled, and returns. #}
{% macro landing_sources() %}
{{ return(env_var('BEATBOOK_PULLED_PLATFORMS').split(',') + ['returns']) }}
{% endmacro %}
