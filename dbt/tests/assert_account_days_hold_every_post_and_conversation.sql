-- What: the account-days that this build computed count every post and reply of fct_posts and every
-- conversation of fct_conversations, public or direct, once.
-- Why: a day that the calendar lacks, an account that the register has lost or a kind that nobody counts would drop
-- them without a word, and a join that multiplies rows would count them twice.
-- A returned row is an account and a day on which the two differ.
with seen as (
    select
        account_id,
        created_date as activity_date,
        count(*) as post_count,
        0 as conversation_count
    from {{ ref('fct_posts') }}
    where kind <> 'repost'
        and created_date >= (
            select greatest(posts_from_date, history_from_date)
            from {{ ref('stg_landing__window') }}
        )
    group by account_id, created_date
    union all
    select
        account_id,
        opened_date as activity_date,
        0 as post_count,
        count(*) as conversation_count
    from {{ ref('fct_conversations') }}
    where not is_closing
        and opened_date >= (
            select greatest(posts_from_date, history_from_date)
            from {{ ref('stg_landing__window') }}
        )
    group by account_id, opened_date
    union all
    select
        account_id,
        activity_date,
        -post_count - reply_count as post_count,
        -(greatest(conversation_count, 0) + greatest(direct_conversation_count, 0)) as conversation_count
    from {{ ref('fct_account_days') }}
    where activity_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
)

select
    account_id,
    activity_date,
    sum(post_count) as uncounted_post_count,
    sum(conversation_count) as uncounted_conversation_count
from seen
group by account_id, activity_date
having sum(post_count) <> 0 or sum(conversation_count) <> 0
