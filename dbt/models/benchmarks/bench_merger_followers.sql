{{ config(materialized='view') }}

-- METHOD 6: how many followers are left of a merger: those of the accounts that carry on four weeks after it, in per
-- cent of those that they and the merged accounts had on its eve (the newest count of seven days). One count missing,
-- and there is none. Who followed two of the accounts was counted twice before: a loss need not be one of people.
with mergers as (
    select
        events.force_id, events.platform, events.event_week, events.event_date,
        accounts.account_id, accounts.into_account_id,
        accounts.into_account_id in (
            select onward.account_id from {{ ref('dim_account_event') }} as onward
            where onward.event_type = 'merged_into'
                and onward.event_date between events.event_week and {{ plus_days('events.event_week', 6) }}
        ) as is_merged_on
    from {{ ref('bench_merger_events') }} as events
    inner join {{ ref('dim_account_event') }} as accounts
        on events.force_id = accounts.force_id
            and events.platform = accounts.platform
            and accounts.event_type = 'merged_into'
            and accounts.event_date between events.event_week and {{ plus_days('events.event_week', 6) }}
    where not events.is_terms_restricted
),

accounts as (
    select force_id, platform, event_week, event_date, account_id, false as is_successor from mergers
    union
    select force_id, platform, event_week, event_date, into_account_id as account_id, true as is_successor
    from mergers
    where not is_merged_on
),

counted as (
    select
        accounts.force_id, accounts.platform, accounts.event_week, accounts.account_id, accounts.is_successor,
        {{ value_at_max(
            'case when days.activity_date < accounts.event_date then days.follower_count end',
            'case when days.activity_date < accounts.event_date then days.activity_date end'
        ) }} as count_before,
        {{ value_at_min(
            'case when days.activity_date > accounts.event_date then days.follower_count end',
            'case when days.activity_date > accounts.event_date then days.activity_date end'
        ) }} as count_after
    from accounts
    left join {{ ref('fct_account_days') }} as days
        on accounts.account_id = days.account_id
            and days.follower_count is not null
            and (
                days.activity_date between {{ plus_days('accounts.event_date', -7) }}
                and {{ plus_days('accounts.event_date', -1) }}
                or days.activity_date between {{ plus_days('accounts.event_date', 28) }}
                and {{ plus_days('accounts.event_date', 34) }}
            )
    group by accounts.force_id, accounts.platform, accounts.event_week, accounts.account_id, accounts.is_successor
)

select
    force_id,
    platform,
    event_week,
    cast(sum(count_before) as bigint) as follower_count_before,
    cast(sum(count_after) filter (where is_successor) as bigint) as follower_count_after,
    round(100.0 * sum(count_after) filter (where is_successor) / nullif(sum(count_before), 0), 6)
        as followers_kept_pct
from counted
group by force_id, platform, event_week
having count(count_before) = count(*)
    and count(count_after) filter (where is_successor) = count(*) filter (where is_successor)
