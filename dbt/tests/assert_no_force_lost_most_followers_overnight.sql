-- What: no account loses more than half of at least 1,000 followers from one day with a count to the next.
-- Why: audiences do not halve overnight. A purge by the platform, a changed metric or a swapped account does that,
-- and each of them is to be seen before the benchmark is believed.
-- A returned row is an account and the day. It warns: the count may yet be true, and merges are declared events.
{{ config(severity='warn') }}

with days as (
    select
        account_id,
        observed_date,
        follower_count,
        lag(follower_count) over (partition by account_id order by observed_date) as previous_count
    from {{ ref('fct_account_days') }}
    where follower_count is not null
)

select account_id, observed_date, previous_count, follower_count
from days
where previous_count >= 1000 and follower_count < 0.5 * previous_count
