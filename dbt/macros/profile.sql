{# Anything but production is invented: forgetting to say which cannot pass invention off as fact. #}
{% macro is_sandbox() %}{{ return(env_var('BEATBOOK_PROFILE', 'sandbox') != 'production') }}{% endmacro %}

{% macro is_invented() %}cast({{ 'true' if is_sandbox() else 'false' }} as boolean){% endmacro %}
