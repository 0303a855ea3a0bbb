-- What is known of each account in each period in which it was open: the ground that every indicator stands on.
with open_periods as (
    select
        accounts.account_id,
        accounts.force_id,
        accounts.platform,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.is_complete,
        periods.days_since_end_count,
        sum({{ days_between(
            'greatest(spells.from_date, periods.period_start)',
            'least(spells.until_date, ' ~ plus_days('periods.period_end', 1) ~ ')'
        ) }}) as open_day_count,
        bool_or(spells.until_date is null or spells.until_date > periods.period_end) as is_open_at_end,
        min(greatest(spells.from_date, periods.period_start)) as first_open_date,
        -- The first day whose pull knows the whole period; a closed account is last asked on its last day.
        max(case
            when spells.until_date <= {{ plus_days('periods.period_end', 1) }}
                then {{ plus_days('spells.until_date', -1) }}
            else {{ plus_days('periods.period_end', 1) }}
        end) as known_from_date
    from {{ ref('stg_register__accounts') }} as accounts
    inner join {{ ref('int_accounts__spells') }} as spells
        on accounts.account_id = spells.account_id
    inner join {{ ref('dim_period') }} as periods
        on spells.from_date <= periods.period_end
            and (spells.until_date is null or spells.until_date > periods.period_start)
    group by
        accounts.account_id, accounts.force_id, accounts.platform, periods.period_type, periods.period_start,
        periods.period_end, periods.is_complete, periods.days_since_end_count
),

-- The count nearest after the end, at most a day, or before it, at most seven.
followers as (
    select
        profiles.account_id,
        periods.period_type,
        periods.period_start,
        profiles.pulled_date,
        profiles.follower_count,
        profiles.is_follower_count_hidden,
        row_number() over (
            partition by profiles.account_id, periods.period_type, periods.period_start
            order by profiles.pulled_date desc
        ) as nth
    from {{ ref('int_profiles__unioned') }} as profiles
    inner join {{ ref('dim_period') }} as periods
        on profiles.pulled_date between {{ plus_days('periods.period_end', -7) }}
            and {{ plus_days('periods.period_end', 1) }}
),

-- Only an answer tells whether the account is there: a throttled day leaves the last answer standing.
answers as (
    select
        collection.account_id,
        periods.period_type,
        periods.period_start,
        count(*) filter (
            where collection.is_absent and collection.collected_date <= periods.period_end
        ) as absent_day_count,
        max_by(collection.is_absent, collection.collected_date) filter (
            where collection.status in ('landed', 'empty', 'refused')
        ) as is_absent_at_end,
        max_by(collection.status, collection.collected_date) as last_status,
        max_by(coalesce(collection.reason, ''), collection.collected_date) as last_reason
    from {{ ref('int_collection__due') }} as collection
    inner join {{ ref('dim_period') }} as periods
        on collection.collected_date between periods.period_start and {{ plus_days('periods.period_end', 1) }}
    where collection.is_due
    group by collection.account_id, periods.period_type, periods.period_start
),

reach as (
    select
        account_id,
        min(reaches_back_to_date) filter (where entity = 'posts') as posts_known_from_date,
        min(reaches_back_to_date) filter (where entity = 'messages') as messages_known_from_date
    from {{ ref('int_pulls__completed') }}
    group by account_id
),

-- Posts are known when a pull after the end still reached back to them; a pulled thread is read for eight days.
pulls as (
    select
        open_periods.account_id,
        open_periods.period_type,
        open_periods.period_start,
        bool_or(pulls.entity = 'posts' and pulls.pulled_date >= known_from_date) as is_posts_pulled_after,
        bool_or(
            pulls.entity = 'messages' and (pulls.is_return or pulls.pulled_date >= known_from_date)
        ) as is_messages_pulled_after
    from open_periods
    inner join {{ ref('int_pulls__completed') }} as pulls
        on open_periods.account_id = pulls.account_id
            and open_periods.period_start <= pulls.pulled_date
            and {{ plus_days('known_from_date', "case when pulls.entity = 'posts' then 22 else 8 end") }}
            >= pulls.pulled_date
    group by open_periods.account_id, open_periods.period_type, open_periods.period_start
),

final as (
    select
        open_periods.account_id,
        open_periods.period_type,
        open_periods.period_start,
        open_periods.period_end,
        open_periods.force_id,
        open_periods.platform,
        open_periods.is_complete,
        open_periods.days_since_end_count,
        cast(open_periods.open_day_count as bigint) as open_day_count,
        coalesce(answers.absent_day_count, 0) as absent_day_count,
        open_periods.is_open_at_end,
        coalesce(answers.is_absent_at_end, false) as is_absent_at_end,
        answers.last_status,
        answers.last_reason,
        followers.pulled_date as follower_date,
        followers.follower_count,
        coalesce(followers.is_follower_count_hidden, false) as is_follower_count_hidden,
        coalesce(
            pulls.is_posts_pulled_after and reach.posts_known_from_date <= open_periods.first_open_date, false
        ) as is_posts_collected,
        coalesce(
            pulls.is_messages_pulled_after and reach.messages_known_from_date <= open_periods.first_open_date, false
        ) as is_messages_collected,
        {{ is_invented() }} as is_invented
    from open_periods
    left join followers
        on open_periods.account_id = followers.account_id
            and open_periods.period_type = followers.period_type
            and open_periods.period_start = followers.period_start
            and followers.nth = 1
    left join answers
        on open_periods.account_id = answers.account_id
            and open_periods.period_type = answers.period_type
            and open_periods.period_start = answers.period_start
    left join reach
        on open_periods.account_id = reach.account_id
    left join pulls
        on open_periods.account_id = pulls.account_id
            and open_periods.period_type = pulls.period_type
            and open_periods.period_start = pulls.period_start
    order by open_periods.account_id, open_periods.period_type, open_periods.period_start
)

select * from final
