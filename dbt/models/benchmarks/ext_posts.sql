-- A force's posts with their counters: the newest, and those at seven days. No text.
with final as (
    select
        force_id,
        account_id,
        post_id,
        platform,
        kind,
        created_at_utc,
        observed_at_utc,
        {% for counter in post_counters() %}
        {{ counter }},
        {{ counter }}_7d,
        {% endfor %}
        note_7d,
        is_invented
    from {{ ref('fct_posts') }}
    where kind <> 'repost'
)

select * from final
order by force_id, account_id, post_id
