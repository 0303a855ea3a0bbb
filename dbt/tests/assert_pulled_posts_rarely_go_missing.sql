-- What: on each platform that is pulled, of the posts old enough, seen young enough and of accounts still open, at
-- most 20% have no snapshot in time for seven days. Relative, so that it means the same for 5 accounts and for 5,000.
-- Why: one missed day leaves none of them without (the window is two days); a fifth means that pulling broke down.
-- A returned row is a platform where it did. It warns: the cells concerned already say late or not_collected.
{{ config(severity='warn') }}

with first_pulls as (
    select account_id, min(collected_date) as first_date
    from {{ ref('fct_collection') }}
    where status = 'landed'
    group by account_id
)

select posts.platform, count(*) as post_count, count(posts.note_7d) as missing_count
from {{ ref('fct_posts') }} as posts
inner join {{ ref('dim_account') }} as accounts
    on posts.account_id = accounts.account_id
inner join first_pulls
    on posts.account_id = first_pulls.account_id
        and first_pulls.first_date <= posts.created_date
where posts.kind <> 'repost'
    and accounts.closed_date is null
    and posts.note_7d is distinct from 'provisional'
group by posts.platform
having count(posts.note_7d) > 0.2 * count(*)
