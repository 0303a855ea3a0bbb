{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('created_date', 'posts_from_date') }}"
) }}

-- METHOD 5: a counter at seven days is that of the first snapshot at that age, while it is not yet late. A repost's
-- counters belong to somebody else's post. Engagements are the parts that the catalogue says a platform has and we can
-- have; a part that it has and did not report leaves the post without a value: not reported is not zero.
{% set parts = ['like_count', 'comment_count', 'share_count', 'quote_count'] %}
with age as (
    select age_hours * 3600 as from_seconds, late_after_hours * 3600 as late_after_seconds
    from {{ ref('post_ages') }}
    where age = '7d'
),

snapshots as (
    select
        posts.*,
        age.late_after_seconds,
        -- Orders the snapshots at seven days and older; null before.
        case
            when posts.kind <> 'repost' and posts.age_seconds >= age.from_seconds then posts.snapshot_number
        end as aged_number
    from {{ ref('int_posts__unioned') }} as posts
    cross join age
),

posts as (
    select
        account_id,
        post_id,
        max(force_id) as force_id,
        max(platform) as platform,
        max(late_after_seconds) as late_after_seconds,
        {{ value_at_max('kind', 'snapshot_number') }} as kind,
        {{ value_at_max('landing_source', 'snapshot_number') }} as landing_source,
        min(created_at_utc) as created_at_utc,
        max(pulled_at_utc) as observed_at_utc,
        {% for counter in var('counters') %}
        {{ value_at_max(counter, 'snapshot_number') }} as {{ counter }},
        {{ value_at_min(counter, 'aged_number') }} as {{ counter }}_aged,
        {% endfor %}
        {{ value_at_min('age_seconds', 'aged_number') }} as aged_seconds
    from snapshots
    group by account_id, post_id
),

noted as (
    select
        posts.*,
        {{ to_london_date('posts.created_at_utc') }} as created_date,
        case
            when posts.kind = 'repost' or posts.aged_seconds <= posts.late_after_seconds then null
            when posts.aged_seconds is not null then 'late'
            when {{ seconds_between('posts.created_at_utc', 'clock.data_as_of_utc') }} <= posts.late_after_seconds
                then 'provisional'
            else 'not_collected'
        end as note_7d,
        posts.aged_seconds <= posts.late_after_seconds as is_valued
    from posts
    cross join {{ ref('stg_landing__window') }} as clock
),

has_parts as (
    select
        {% for part in parts %}
        bool_or(metric = '{{ part }}' and is_collectable) as has_{{ part }},
        {% endfor %}
        platform
    from {{ ref('dim_platform_metric') }}
    where entity = 'posts'
    group by platform
)

select
    noted.account_id,
    noted.post_id,
    noted.force_id,
    noted.platform,
    noted.kind,
    noted.landing_source,
    noted.created_at_utc,
    noted.created_date,
    noted.observed_at_utc,
    {% for counter in var('counters') %}
    noted.{{ counter }},
    case when noted.is_valued then noted.{{ counter }}_aged end as {{ counter }}_7d,
    {% endfor %}
    case when noted.is_valued and has_parts.platform is not null then 0 end
    {% for part in parts %}
    + case when has_parts.has_{{ part }} then noted.{{ part }}_aged else 0 end
    {% endfor %}
        as engagement_count_7d,
    noted.note_7d,
    {{ is_invented() }} as is_invented
from noted
left join has_parts
    on noted.platform = has_parts.platform
where noted.created_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
order by noted.created_date, noted.account_id, noted.post_id
