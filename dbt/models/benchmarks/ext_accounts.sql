-- A force's accounts, with their newest follower count and how their collection went.
with latest_days as (
    select
        *,
        row_number() over (partition by account_id order by observed_date desc) as nth
    from {{ ref('fct_account_days') }}
),

latest_asks as (
    select
        *,
        row_number() over (partition by account_id order by collection_date desc) as nth
    from {{ ref('fct_collection') }}
),

final as (
    select
        accounts.force_id,
        accounts.account_id,
        accounts.platform,
        accounts.handle,
        accounts.account_type,
        accounts.url,
        accounts.opened_date,
        accounts.closed_date,
        days.observed_at_utc,
        days.follower_count,
        days.is_follower_count_hidden,
        days.post_count,
        asks.collection_date as last_asked_date,
        asks.status as last_status,
        asks.reason as last_reason,
        accounts.is_invented
    from {{ ref('dim_account') }} as accounts
    left join latest_days as days
        on accounts.account_id = days.account_id and days.nth = 1
    left join latest_asks as asks
        on accounts.account_id = asks.account_id and asks.nth = 1
)

select * from final
order by force_id, account_id
