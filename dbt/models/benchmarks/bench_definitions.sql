-- The definitions of macros/indicator_definitions.sql as a table.
with final as (
    {% for definition in indicator_definitions() %}
    select
        {% for column in [
            'indicator_id', 'version', 'name', 'why_it_matters', 'numerator', 'denominator', 'unit', 'polarity',
            'entity', 'interval_method', 'caveats'
        ] %}
        '{{ definition[column] | replace("'", "''") }}' as {{ 'indicator_version' if column == 'version' else column }},
        {% endfor %}
        cast({{ definition.multiplier }} as bigint) as multiplier,
        cast({{ definition.minimum_n }} as bigint) as minimum_n,
        cast({{ definition.is_per_head }} as boolean) as is_per_head,
        '{{ definition.platforms | join(", ") }}' as platforms,
        '{{ definition.metrics | join(", ") }}' as metrics,
        cast({{ "'" ~ definition.checked_by ~ "'" if definition.checked_by else 'null' }} as varchar) as checked_by,
        cast({{ "'" ~ definition.checked_on ~ "'" if definition.checked_on else 'null' }} as date) as checked_on_date,
        cast({{ loop.index }} as bigint) as position,
        {{ is_invented() }} as is_invented
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
order by position
