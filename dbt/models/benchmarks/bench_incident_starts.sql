{{ config(materialized='view') }}

-- How fast what a force said in a declared incident travelled: shares, views and engagements of its posts after an hour
-- and after a day, on each platform, and the shares of all platforms that count them and of which every day's posts
-- are known. Only a pulse reads them in time: where more than a tenth of the posts has no value there is no sum, and
-- the note says why.
{% set ages = ['1h', '24h'] %}
{% set counters = ['share_count', 'view_count', 'engagement_count'] %}
with known as (
    select
        incidents.incident_id,
        incidents.force_id,
        incidents.from_date,
        incidents.until_date,
        days.platform,
        sum(days.posts_known_day_count) = sum(days.open_day_count) as is_known
    from {{ ref('dim_incident') }} as incidents
    inner join {{ ref('fct_account_days') }} as days
        on incidents.force_id = days.force_id
            and days.activity_date between incidents.from_date and incidents.until_date
    inner join {{ ref('dim_platform') }} as platforms
        on days.platform = platforms.platform and not platforms.is_terms_restricted
    group by
        incidents.incident_id, incidents.force_id, incidents.from_date, incidents.until_date, days.platform
),

posts as (
    select
        known.incident_id,
        known.force_id,
        known.platform,
        {% for age in ages %}
        count(*) filter (where posts.note_{{ age }} = 'provisional') as provisional_{{ age }}_count,
        count(posts.post_id) filter (where posts.note_{{ age }} is null) as read_{{ age }}_count,
        {% for counter in counters %}
        cast(sum(posts.{{ counter }}_{{ age }}) as bigint) as {{ counter }}_{{ age }},
        count(posts.{{ counter }}_{{ age }}) as {{ counter }}_valued_{{ age }},
        {% endfor %}
        {% endfor %}
        known.is_known,
        known.until_date,
        count(posts.post_id) as post_count
    from known
    left join {{ ref('fct_posts') }} as posts
        on known.force_id = posts.force_id
            and known.platform = posts.platform
            and posts.created_date between known.from_date and known.until_date
            and posts.kind = 'post'
    group by known.incident_id, known.force_id, known.platform, known.is_known, known.until_date
),

noted as (
    select
        posts.*,
        {% for age in ages %}
        case
            when not posts.is_known then 'not_collected'
            when posts.until_date >= clock.data_as_of_date or posts.provisional_{{ age }}_count > 0 then 'provisional'
            when posts.read_{{ age }}_count < {{ var('minimum_valued_share') }} * posts.post_count then 'not_collected'
            when posts.post_count = 0 then 'nothing_to_count'
        end as note_{{ age }},
        {% endfor %}
        clock.data_as_of_date
    from posts
    cross join {{ ref('stg_landing__window') }} as clock
),

shown as (
    select
        incident_id,
        force_id,
        platform,
        {% for age in ages %}
        note_{{ age }},
        {% for counter in counters %}
        case
            when note_{{ age }} is null
                and {{ counter }}_valued_{{ age }} >= {{ var('minimum_valued_share') }} * post_count
                then {{ counter }}_{{ age }}
        end as {{ counter }}_{{ age }},
        {% endfor %}
        {% endfor %}
        is_known
    from noted
)

select
    incident_id,
    {% for age in ages %}
    note_{{ age }},
    share_count_{{ age }},
    view_count_{{ age }},
    engagement_count_{{ age }},
    {% endfor %}
    force_id,
    platform
from shown
union all
select
    shown.incident_id,
    {% for age in ages %}
    {% set note = 'shown.note_' ~ age %}
    coalesce(
        min({{ note }}) filter (where {{ note }} <> 'nothing_to_count'),
        case when count(*) = count({{ note }}) then 'nothing_to_count' end
    ) as note_{{ age }},
    case
        when count({{ note }}) filter (where {{ note }} <> 'nothing_to_count') = 0
            then cast(sum(shown.share_count_{{ age }}) as bigint)
    end as share_count_{{ age }},
    cast(null as bigint) as view_count_{{ age }},
    cast(null as bigint) as engagement_count_{{ age }},
    {% endfor %}
    shown.force_id,
    'all' as platform
from shown
inner join {{ ref('dim_platform_metric') }} as metrics
    on shown.platform = metrics.platform
        and metrics.entity = 'posts' and metrics.metric = 'share_count' and metrics.is_collectable
where shown.is_known
group by shown.incident_id, shown.force_id
