{#
    The grain: no two rows have the same values in these columns. A returned row is a key that occurs twice.
    `since` names a date and the day of the window from which this build computed, so that a table of all history costs
    a day to test: only keys that this build wrote are looked for, but wherever they stand.
#}
{% test unique_combination(model, columns, since=none) %}
{% set key = columns | join(', ') %}
select {{ key }}
from {{ model }}
{% if since %}
where ({{ key }}) in (
    select ({{ key }})
    from {{ model }}
    where {{ since[0] }} >= (select {{ since[1] }} from {{ ref('stg_landing__window') }})
)
{% endif %}
group by {{ key }}
having count(*) > 1
{% endtest %}
