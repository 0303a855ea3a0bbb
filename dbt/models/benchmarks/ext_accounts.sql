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
        row_number() over (partition by account_id order by collected_date desc) as nth
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
        case when not platforms.is_terms_restricted then days.follower_count end as follower_count,
        days.is_follower_count_hidden,
        case when not platforms.is_terms_restricted then days.post_count end as post_count,
        platforms.is_terms_restricted,
        asks.collected_date as last_asked_date,
        asks.status as last_status,
        asks.reason as last_reason,
        accounts.is_invented
    from {{ ref('dim_account') }} as accounts
    inner join {{ ref('dim_platform') }} as platforms
        on accounts.platform = platforms.platform
    left join latest_days as days
        on accounts.account_id = days.account_id and days.nth = 1
    left join latest_asks as asks
        on accounts.account_id = asks.account_id and asks.nth = 1
)

select * from final
order by force_id, account_id
