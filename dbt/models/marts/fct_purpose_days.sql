{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('created_date', 'posts_from_date') }}"
) }}

-- Posts of the account's own by what they are for, what they had a day after, and of how many something came, so that
-- a period adds up few rows. It is known what came of a post where the n-th known day after its own is n days later.
{% set counts = var('priced_counters') %}
with known as (
    select
        account_id,
        activity_date,
        lead(activity_date, {{ var('outcome_days') }})
            over (partition by account_id order by activity_date) as last_date
    from {{ ref('fct_account_days') }}
    where is_outcomes_known and activity_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
),

posts as (
    select
        *,
        coalesce(purpose, 'untold') as told_purpose
    from {{ ref('fct_posts') }}
    where kind = 'post' and created_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
),

came as (
    select distinct posts.account_id, posts.post_id
    from posts
    inner join {{ ref('fct_outcomes') }} as outcomes
        on posts.account_id = outcomes.account_id
            and posts.post_id = outcomes.post_id
            and outcomes.outcome_date
            between posts.created_date and {{ plus_days('posts.created_date', var('outcome_days')) }}
)

select
    posts.account_id,
    posts.created_date,
    posts.told_purpose as purpose,
    count(*) as post_count,
    min(posts.purpose_rules_version) as first_rules_version,
    max(posts.purpose_rules_version) as last_rules_version,
    {% for count in counts %}
    cast(sum(posts.{{ count }}_24h) as bigint) as {{ count }}_24h,
    count(posts.{{ count }}_24h) as {{ count | replace('_count', '') }}_valued_24h_count,
    {% endfor %}
    count(known.account_id) as followed_count,
    count(*) filter (where known.account_id is not null and came.post_id is not null) as outcome_post_count,
    {{ is_invented() }} as is_invented
from posts
left join known
    on posts.account_id = known.account_id
        and posts.created_date = known.activity_date
        and known.last_date = {{ plus_days('known.activity_date', var('outcome_days')) }}
left join came
    on posts.account_id = came.account_id
        and posts.post_id = came.post_id
group by posts.account_id, posts.created_date, posts.told_purpose
order by posts.created_date, posts.account_id, posts.told_purpose
