-- A force's declared incidents: what it said, how far it travelled, who came.
select
    incident_id,
    incident_name,
    incident_type,
    force_id,
    platform,
    from_date,
    until_date,
    post_count,
    share_count_7d,
    shares_per_post_7d,
    usual_shares_per_post_7d,
    view_count_7d,
    engagement_count_7d,
    follower_count_before,
    follower_count_after,
    follower_gain,
    follower_gain_pct,
    value_note,
    is_invented
from {{ ref('bench_incidents') }}
