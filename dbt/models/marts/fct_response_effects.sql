{{ config(materialized='view') }}

-- METHOD 1, clustering: by how many times what was asked below one post makes the variance of each Kaplan–Meier curve
-- greater, at each horizon. It is that of the share answered within it.
select
    members.curve_number,
{% for horizon in var('horizons') %}
{% set events = 'sum(clusters.answered_' ~ horizon ~ '_count)' %}
{{ design_effect(
    'sum(clusters.answered_' ~ horizon ~ '_variance)', share_chance(events, 'sum(clusters.conversation_count)'),
    'sum(clusters.cluster_square_count)', 'sum(clusters.conversation_count)'
) }} as design_effect_{{ horizon }}{{ ',' if not loop.last }}
{% endfor %}
from {{ ref('fct_response_members') }} as members
inner join {{ ref('fct_response_clusters') }} as clusters
    on members.force_id = clusters.force_id
        and members.platform = clusters.platform
        and members.channel = clusters.channel
        and members.period_type = clusters.period_type
        and members.period_start = clusters.period_start
        and clusters.account_scope = 'all'
group by members.curve_number
