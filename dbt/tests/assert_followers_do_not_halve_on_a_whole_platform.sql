-- What: on no day does more than a tenth of a platform's accounts with 1,000 followers or more lose half of them.
-- Why: one account may be purged or swapped; many at once means that the platform has changed what it counts, and
-- then no comparison with the day before holds. A share, so that it means the same for 20 accounts and for 2,000.
-- A returned row is a platform and a day on which it happened.
with days as (
    select
        account_id,
        platform,
        activity_date,
        follower_count,
        lag(follower_count) over (partition by account_id order by activity_date) as previous_count
    from {{ ref('fct_account_days') }}
    where follower_count is not null
        and activity_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
)

select
    platform,
    activity_date,
    count(*) as account_count,
    count(*) filter (where follower_count < 0.5 * previous_count) as halved_count
from days
where previous_count >= 1000
group by platform, activity_date
having count(*) filter (where follower_count < 0.5 * previous_count) > 0.1 * count(*)
