{#
    From a CTE `post_values` (account_id, created_date, counted, note_7d; `counted` is null when not reported) to
    `measured`: the sum over a force's posts on a platform in a period, or why there is none (METHOD 5).
#}
{% macro seven_day_sums(indicator) %}
accounts as (
    select
        account_id,
        force_id,
        platform,
        period_type,
        period_start,
        period_end,
        days_since_end_count,
        is_posts_collected,
        {{ account_with_reason() }} as account_text
    from {{ ref('fct_account_periods') }}
    where not is_absent_at_end
),

by_account as (
    select
        accounts.account_id,
        accounts.force_id,
        accounts.platform,
        accounts.period_type,
        accounts.period_start,
        accounts.days_since_end_count,
        accounts.is_posts_collected,
        accounts.account_text,
        count(post_values.created_date) as post_count,
        count(post_values.counted) as valued_count,
        count(*) filter (where post_values.note_7d = 'provisional') as provisional_count,
        count(*) filter (where post_values.note_7d = 'late') as late_count,
        sum(post_values.counted) as counted
    from accounts
    left join post_values
        on accounts.account_id = post_values.account_id
            and post_values.created_date between accounts.period_start and accounts.period_end
    group by
        accounts.account_id, accounts.force_id, accounts.platform, accounts.period_type, accounts.period_start,
        accounts.days_since_end_count, accounts.is_posts_collected, accounts.account_text
),

by_force as (
    select
        force_id,
        platform,
        period_type,
        period_start,
        min(days_since_end_count) as days_since_end_count,
        {{ list_text('case when not is_posts_collected then account_text end', 'account_id') }} as missing_accounts,
        cast(sum(post_count) as bigint) as post_count,
        cast(sum(valued_count) as bigint) as valued_count,
        cast(sum(provisional_count) as bigint) as provisional_count,
        cast(sum(late_count) as bigint) as late_count,
        cast(sum(counted) as bigint) as counted
    from by_account
    group by force_id, platform, period_type, period_start
),

measured as (
    select
        force_id,
        platform,
        period_type,
        period_start,
        -- No posts is a measured zero; posts without a value are not.
        case when post_count = 0 then 0 else counted end as numerator,
        valued_count as denominator,
        valued_count as n,
        case
            when days_since_end_count <= 7 or provisional_count > 0 then 'provisional'
            when missing_accounts is not null then 'not_collected'
            when valued_count < {{ var('minimum_valued_share') }} * post_count
                then case when 2 * late_count >= post_count - valued_count then 'late' else 'not_collected' end
        end as value_note,
        case
            when days_since_end_count <= 7 or provisional_count > 0
                then 'not all posts of the period are seven days old'
            when missing_accounts is not null then 'posts are not known for the whole period: ' || missing_accounts
            when valued_count < post_count
                then valued_count || ' of ' || post_count || ' posts have a 7-day value, ' || late_count || ' came late'
        end as note_detail
    from by_force
)
{% endmacro %}
