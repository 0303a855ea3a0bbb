{{ config(materialized='view') }}

-- The measures of bench_measures, with what is counted by period and not by day: what all forces would have answered of
-- the same conversations, the parts of a day and week, and how far counts vary over clusters. Of conversations longer
-- periods have none of these here.
with public_clusters as (
    select * from {{ ref('fct_response_clusters') }} where channel = 'public'
),

direct_clusters as (
    select * from {{ ref('fct_response_clusters') }} where channel = 'direct'
)

select
    measures.*,
    {% for measure in var('standard_measures') %}
    expected.{{ measure }},
    {% endfor %}
    public_clusters.cluster_square_count,
    direct_clusters.cluster_square_count as direct_cluster_square_count,
    {% for measure in var('variance_measures') if measure != 'post_variance' %}
    {% set channel = 'direct' if measure.startswith('direct_') else 'public' %}
    {{ channel }}_clusters.{{ measure.removeprefix('direct_') }} as {{ measure }},
    {% endfor %}
    post_clusters.post_variance
from {{ ref('bench_measures') }} as measures
left join {{ ref('fct_response_expected') }} as expected
    on measures.force_id = expected.force_id
        and measures.platform = expected.platform
        and measures.account_scope = expected.account_scope
        and measures.period_type = expected.period_type
        and measures.period_start = expected.period_start
left join public_clusters
    on measures.force_id = public_clusters.force_id
        and measures.platform = public_clusters.platform
        and measures.account_scope = public_clusters.account_scope
        and measures.period_type = public_clusters.period_type
        and measures.period_start = public_clusters.period_start
left join direct_clusters
    on measures.force_id = direct_clusters.force_id
        and measures.platform = direct_clusters.platform
        and measures.account_scope = direct_clusters.account_scope
        and measures.period_type = direct_clusters.period_type
        and measures.period_start = direct_clusters.period_start
left join {{ ref('fct_post_clusters') }} as post_clusters
    on measures.force_id = post_clusters.force_id
        and measures.platform = post_clusters.platform
        and measures.account_scope = post_clusters.account_scope
        and measures.period_type = post_clusters.period_type
        and measures.period_start = post_clusters.period_start
