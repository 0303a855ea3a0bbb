{% set indicator = indicator_definition('engagements_per_1k') %}
{% set components = indicator.metrics %}

-- A platform's parts are those that the catalogue says it has and we can have. A part that it has and did not
-- report leaves the post without a value: not reported is not zero.
with parts as (
    select
        platform,
        {% for component in components %}
        bool_or(metric = '{{ component }}' and is_collectable) as has_{{ component }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('dim_platform_metric') }}
    where entity = '{{ indicator.entity }}'
    group by platform
),

post_values as (
    select
        posts.account_id,
        posts.created_date,
        posts.note_7d,
        {% for component in components %}
        case when parts.has_{{ component }} then posts.{{ component }}_7d else 0 end{{ ' +' if not loop.last else ' as counted' }}
        {% endfor %}
    from {{ ref('fct_posts') }} as posts
    inner join parts
        on posts.platform = parts.platform
    where posts.kind = 'post'
),

{{ seven_day_sums(indicator) }},

{{ ratio_rows(indicator) }}

select * from final
