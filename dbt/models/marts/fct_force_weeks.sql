{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('week_end', 'periods_from_date') }}"
) }}

-- What a force did on a platform in each week, whichever of its accounts did it: the series in which mergers are
-- studied. They are few rows and kept for ever, so that a study of long ago can be made again. A figure is there when
-- it is final: the posts of every day are known, nine tenths of them have their value at seven days (the sum is then
-- estimated for all), and of messages as much as a cell needs.
with weeks as (
    select
        force_id,
        platform,
        {{ period_start('week', 'activity_date') }} as week_start,
        {{ period_end('week', 'activity_date') }} as week_end,
        sum(present_day_count) as present_day_count,
        sum(posts_known_day_count) as posts_known_day_count,
        sum(messages_known_day_count) as messages_known_day_count,
        sum(post_count) as post_count,
        sum(provisional_post_count) as provisional_post_count,
        sum(engagement_count_7d) as engagement_count_7d,
        sum(engagement_valued_count) as engagement_valued_count,
        sum(followed_1h_count) as followed_1h_count,
        sum(answered_followed_1h_count) as answered_followed_1h_count
    from {{ ref('fct_account_days') }}
    where activity_date > (select {{ plus_days('periods_from_date', -7) }} from {{ ref('stg_landing__window') }})
    group by force_id, platform, week_start, week_end
)

select
    weeks.force_id,
    weeks.platform,
    weeks.week_start,
    weeks.week_end,
    cast(case when weeks.posts_known_day_count >= weeks.present_day_count then weeks.post_count end as bigint)
        as post_count,
    case
        when weeks.posts_known_day_count < weeks.present_day_count or weeks.provisional_post_count > 0 then null
        when weeks.post_count = 0 then 0
        when weeks.engagement_valued_count >= {{ var('minimum_valued_share') }} * weeks.post_count
            then weeks.engagement_count_7d * cast(weeks.post_count as double) / weeks.engagement_valued_count
    end as engagement_count_7d,
    case
        when weeks.messages_known_day_count >= {{ var('minimum_known_days_share') }} * weeks.present_day_count
            and weeks.followed_1h_count >= {{ var('shown_from_n') }}
            then 100.0 * weeks.answered_followed_1h_count / weeks.followed_1h_count
    end as answered_1h_pct,
    {{ is_invented() }} as is_invented
from weeks
inner join {{ ref('stg_landing__window') }} as clock
    on weeks.week_start >= clock.history_from_date
        and weeks.week_end < clock.data_as_of_date
        and weeks.week_end >= clock.periods_from_date
where weeks.present_day_count > 0
order by weeks.week_end, weeks.force_id, weeks.platform
