{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('created_date', 'posts_from_date') }}"
) }}

-- METHOD 5: a counter at an age (an hour, a day, seven days) is that of the first snapshot so old, while it is not yet
-- late. A counter at
-- export is what a return says last, at whatever age: a measure of its own, never mixed with the other. A repost's
-- counters belong to somebody else's post. Engagements are the parts that the catalogue says a platform has and we can
-- have; a part that it has and did not report leaves the post without a value: not reported is not zero. Only a post whose
-- owner has switched its comments off has none to count.
{% set parts = ['like_count', 'comment_count', 'share_count', 'quote_count'] %}
{% set ages = ['1h', '24h', '7d'] %}
with age as (
    select
        {% for age in ages %}
        max(case when age = '{{ age }}' then age_hours * 3600 end) as from_{{ age }},
        max(case when age = '{{ age }}' then late_after_hours * 3600 end) as late_{{ age }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('post_ages') }}
),

snapshots as (
    select
        posts.*,
        -- Orders the snapshots at an age and older; null before.
        {% for age in ages %}
        case
            when posts.kind <> 'repost' and posts.age_seconds >= age.from_{{ age }} then posts.snapshot_number
        end as number_{{ age }},
        {% endfor %}
        case when posts.purpose is not null then posts.snapshot_number end as number_told,
        case
            when posts.kind <> 'repost' and posts.landing_source = 'returns' then posts.snapshot_number
        end as exported_number
    from {{ ref('int_posts__unioned') }} as posts
    cross join age
),

posts as (
    select
        account_id,
        post_id,
        min(created_at_utc) as created_at_utc,
        max(pulled_at_utc) as observed_at_utc,
        {{ value_at_max(
            together(['force_id', 'platform', 'kind', 'landing_source', 'correction_ids'] + var('counters')),
            'snapshot_number'
        ) }} as latest,
        {{ value_at_max(together(['purpose', 'purpose_rules_version']), 'number_told') }} as told,
        {% for age in ages %}
        {{ value_at_min(
            together(['age_seconds', 'correction_ids', 'is_comments_off'] + var('counters')), 'number_' ~ age
        ) }} as at_{{ age }},
        {% endfor %}
        {{ value_at_max(together(['age_seconds', 'correction_ids'] + var('counters')), 'exported_number') }} as exported
    from snapshots
    group by account_id, post_id
),

noted as (
    select
        posts.*,
        {{ to_london_date('posts.created_at_utc') }} as created_date,
        {% for age in ages %}
        case
            when posts.latest.kind = 'repost' or posts.at_{{ age }}.age_seconds <= age.late_{{ age }} then null
            when posts.at_{{ age }}.age_seconds is not null then 'late'
            when {{ seconds_between('posts.created_at_utc', 'clock.data_as_of_utc') }} <= age.late_{{ age }}
                then 'provisional'
            else 'not_collected'
        end as note_{{ age }},
        posts.at_{{ age }}.age_seconds <= age.late_{{ age }} as is_valued_{{ age }}{{ ',' if not loop.last }}
        {% endfor %}
    from posts
    cross join age
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
    noted.latest.force_id,
    noted.latest.platform,
    noted.latest.kind,
    noted.latest.landing_source,
    noted.created_at_utc,
    noted.created_date,
    noted.observed_at_utc,
    {% for counter in var('counters') %}
    noted.latest.{{ counter }},
    {% for age in ages %}
    case when noted.is_valued_{{ age }} then noted.at_{{ age }}.{{ counter }} end as {{ counter }}_{{ age }},
    {% endfor %}
    noted.exported.{{ counter }} as {{ counter }}_at_export,
    {% endfor %}
    {% for age in ages %}
    {% set aged = 'noted.at_' ~ age %}
    case when noted.is_valued_{{ age }} and has_parts.platform is not null then 0 end
    {% for part in parts %}
    {% if part == 'comment_count' %}
    + case
        when has_parts.has_comment_count and {{ aged }}.comment_count is not null then {{ aged }}.comment_count
        when {{ aged }}.is_comments_off or not has_parts.has_comment_count then 0
    end
    {% else %}
    + case when has_parts.has_{{ part }} then {{ aged }}.{{ part }} else 0 end
    {% endif %}
    {% endfor %}
        as engagement_count_{{ age }},
    {% endfor %}
    case when noted.exported.age_seconds is not null and has_parts.platform is not null then 0 end
    {% for part in parts %}
    + case when has_parts.has_{{ part }} then noted.exported.{{ part }} else 0 end
    {% endfor %}
        as engagement_count_at_export,
    {% for age in ages %}
    noted.note_{{ age }},
    {% endfor %}
    coalesce(noted.is_valued_7d and noted.at_7d.is_comments_off, false) as is_comments_off,
    noted.told.purpose,
    noted.told.purpose_rules_version,
    noted.exported.age_seconds as age_at_export_seconds,
    noted.latest.correction_ids,
    {% for age in ages %}
    case when noted.is_valued_{{ age }} then noted.at_{{ age }}.correction_ids end as correction_ids_{{ age }},
    {% endfor %}
    noted.exported.correction_ids as correction_ids_at_export,
    {{ is_invented() }} as is_invented
from noted
left join has_parts
    on noted.latest.platform = has_parts.platform
where noted.created_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
order by noted.created_date, noted.account_id, noted.post_id
