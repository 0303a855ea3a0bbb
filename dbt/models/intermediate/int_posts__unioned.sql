-- snapshot_number orders the snapshots of a post: by their time, and two of one time by their run. A counter that is
-- declared wrong on the day of the snapshot is what the declaration says.
with unioned as (
    {% for source in landing_sources() %}
    select * from {{ ref('stg_' ~ source ~ '__posts') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

posts as (
    select
        *,
        {{ to_london_date('pulled_at_utc') }} as pulled_date
    from unioned
),

final as (
    select
        posts.landing_source,
        posts.platform,
        posts.force_id,
        posts.account_id,
        posts.post_id,
        posts.kind,
        posts.created_at_utc,
        posts.pulled_at_utc,
        posts.run_id,
        {% for counter in var('counters') %}
        {{ corrected(counter, 'posts') }} as {{ counter }},
        {% endfor %}
        posts.is_comments_off,
        posts.purpose,
        posts.purpose_rules_version,
        {{ correction_ids(var('counters')) }} as correction_ids,
        {{ seconds_between('posts.created_at_utc', 'posts.pulled_at_utc') }} as age_seconds,
        {{ milliseconds('posts.pulled_at_utc') }} * 1000000 + posts.run_number % 1000000 as snapshot_number
    from posts
    {% for counter in var('counters') %}
    left join {{ ref('stg_register__corrections') }} as {{ counter }}_correction
        on {{ counter }}_correction.counter = '{{ counter }}'
            and posts.platform = {{ counter }}_correction.platform
            and posts.account_id = coalesce({{ counter }}_correction.account_id, posts.account_id)
            and posts.post_id = coalesce({{ counter }}_correction.post_id, posts.post_id)
            and posts.pulled_date between {{ counter }}_correction.from_date and {{ counter }}_correction.until_date
    {% endfor %}
)

select * from final
