-- A force's accounts, with their newest follower count and how their collection went.
with counted_days as (
    select
        *,
        row_number() over (partition by account_id order by activity_date desc) as nth
    from {{ ref('fct_account_days') }}
    where observed_at_utc is not null
),

asked_days as (
    select
        *,
        row_number() over (partition by account_id order by activity_date desc) as nth
    from {{ ref('fct_account_days') }}
    where status is not null
)

select
    accounts.force_id,
    accounts.account_id,
    accounts.platform,
    accounts.handle,
    accounts.account_type,
    accounts.url,
    accounts.opened_date,
    accounts.closed_date,
    accounts.merged_date,
    accounts.line_account_id,
    accounts.staffed_hours_from_date,
    accounts.staffed_hours,
    days.observed_at_utc,
    case when not platforms.is_terms_restricted then days.follower_count end as follower_count,
    days.is_follower_count_hidden,
    case when not platforms.is_terms_restricted then days.lifetime_post_count end as lifetime_post_count,
    days.profile_correction_ids as correction_ids,
    platforms.is_terms_restricted,
    asks.activity_date as last_asked_date,
    asks.status as last_status,
    asks.reason as last_reason,
    accounts.is_invented
from {{ ref('dim_account') }} as accounts
inner join {{ ref('dim_platform') }} as platforms
    on accounts.platform = platforms.platform
left join counted_days as days
    on accounts.account_id = days.account_id and days.nth = 1
left join asked_days as asks
    on accounts.account_id = asks.account_id and asks.nth = 1
