{% set indicator = indicator_definition('shares_per_post') %}

with post_values as (
    select
        account_id,
        created_date,
        share_count_7d as counted,
        note_7d
    from {{ ref('fct_posts') }}
    where kind = 'post'
),

{{ seven_day_sums(indicator) }},

{{ ratio_rows(indicator) }}

select * from final
