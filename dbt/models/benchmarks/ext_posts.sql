-- A force's posts with their counters: the newest, and those at seven days. No text, and nothing of
-- a platform whose terms hold it back.
with final as (
    select
        posts.force_id,
        posts.account_id,
        posts.post_id,
        posts.platform,
        posts.kind,
        posts.created_at_utc,
        posts.observed_at_utc,
        {% for counter in post_counters() %}
        posts.{{ counter }},
        posts.{{ counter }}_7d,
        {% endfor %}
        posts.note_7d,
        posts.is_invented
    from {{ ref('fct_posts') }} as posts
    inner join {{ ref('dim_platform') }} as platforms
        on posts.platform = platforms.platform
    where posts.kind <> 'repost' and not platforms.is_terms_restricted
)

select * from final
order by force_id, account_id, post_id
