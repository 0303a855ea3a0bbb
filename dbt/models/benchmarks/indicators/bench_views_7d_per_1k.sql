{% set indicator = indicator_definition('views_7d_per_1k') %}

with post_values as (
    select
        account_id,
        created_date,
        view_count_7d as counted,
        note_7d
    from {{ ref('fct_posts') }}
    where kind = 'post'
),

{{ seven_day_sums(indicator) }},

{{ ratio_rows(indicator) }}

select * from final
