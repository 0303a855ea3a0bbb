-- A force's posts with their counters: the newest, and those after an hour, a day and seven days. No text, and nothing
-- of a platform whose terms hold it back.
select
    posts.force_id,
    posts.account_id,
    accounts.line_account_id,
    posts.post_id,
    posts.platform,
    posts.kind,
    posts.created_at_utc,
    posts.created_date,
    posts.observed_at_utc,
    {% for counter in var('counters') %}
    posts.{{ counter }},
    posts.{{ counter }}_1h,
    posts.{{ counter }}_24h,
    posts.{{ counter }}_7d,
    {% endfor %}
    posts.note_1h,
    posts.note_24h,
    posts.note_7d,
    posts.purpose,
    posts.purpose_rules_version,
    posts.correction_ids,
    posts.correction_ids_1h,
    posts.correction_ids_24h,
    posts.correction_ids_7d,
    posts.is_invented
from {{ ref('fct_posts') }} as posts
inner join {{ ref('dim_platform') }} as platforms
    on posts.platform = platforms.platform
inner join {{ ref('dim_account') }} as accounts
    on posts.account_id = accounts.account_id
where posts.kind <> 'repost' and not platforms.is_terms_restricted
