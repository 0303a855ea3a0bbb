{% set indicator = indicator_definition('posts_per_account_week') %}

with accounts as (
    select
        *,
        open_day_count - absent_day_count as day_count
    from {{ ref('fct_account_periods') }}
    where not is_absent_at_end
),

posts as (
    select
        accounts.account_id,
        accounts.period_type,
        accounts.period_start,
        count(*) as post_count
    from accounts
    inner join {{ ref('fct_posts') }} as posts
        on accounts.account_id = posts.account_id
            and posts.created_date between accounts.period_start and accounts.period_end
    where posts.kind = 'post'
    group by accounts.account_id, accounts.period_type, accounts.period_start
),

by_force as (
    select
        accounts.force_id,
        accounts.platform,
        accounts.period_type,
        accounts.period_start,
        sum(case when posts.post_count is null then 0 else posts.post_count end) as numerator,
        sum(accounts.day_count) as denominator,
        count(*) as n,
        min(accounts.days_since_end_count) as days_since_end_count,
        {{ list_text('case when not accounts.is_posts_collected then accounts.account_id end', 'accounts.account_id') }}
            as missing_accounts
    from accounts
    left join posts
        on accounts.account_id = posts.account_id
            and accounts.period_type = posts.period_type
            and accounts.period_start = posts.period_start
    group by accounts.force_id, accounts.platform, accounts.period_type, accounts.period_start
),

measured as (
    select
        force_id,
        platform,
        period_type,
        period_start,
        numerator,
        denominator,
        n,
        -- On the day after the end the pull that completes the period is still to come.
        case
            when missing_accounts is null then null
            when days_since_end_count <= 1 then 'provisional'
            else 'not_collected'
        end as value_note,
        'posts are not known for the whole period: ' || missing_accounts as note_detail
    from by_force
),

{{ ratio_rows(indicator) }}

select * from final
