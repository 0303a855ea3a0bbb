{{ config(materialized='view') }}

-- Which declared corrections a cell rests on: of posts those of the period whose counters at their age, or at export,
-- were corrected, of followers those of the day that stands for the period's end, and of their growth also of the one
-- that stands for its beginning. A group has those of its forces. A correction that met no figure is nowhere.
with posts as (
    {% for known_by, ids in [
        ('values_1h', 'correction_ids_1h'), ('values_24h', 'correction_ids_24h'),
        ('values_7d', 'correction_ids_7d'), ('values_export', 'correction_ids_at_export')
    ] %}
    select distinct
        posts.account_id,
        posts.created_date,
        '{{ known_by }}' as known_by,
        corrections.correction_id,
        corrections.counter
    from {{ ref('fct_posts') }} as posts
    inner join {{ ref('dim_correction') }} as corrections
        on ', ' || posts.{{ ids }} || ', ' like '%, ' || corrections.correction_id || ', %'
    where posts.{{ ids }} is not null and posts.kind = 'post'
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

profiles as (
    select
        days.account_id,
        days.activity_date,
        corrections.correction_id,
        corrections.counter
    from {{ ref('fct_account_days') }} as days
    inner join {{ ref('dim_correction') }} as corrections
        on ', ' || days.profile_correction_ids || ', ' like '%, ' || corrections.correction_id || ', %'
    where days.profile_correction_ids is not null
),

-- Posts and followers are counted of accounts that the platform still has at the end of the period.
periods as (
    select *
    from {{ ref('fct_account_periods') }}
    where open_day_count > 0 and not is_absent_at_end
        and period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

touched as (
    select
        periods.force_id, periods.platform, periods.account_type, periods.period_type, periods.period_start,
        posts.known_by, posts.counter, posts.correction_id
    from periods
    inner join posts
        on periods.account_id = posts.account_id
            and posts.created_date between periods.period_start and periods.period_end
    union
    {% for known_by, counted_on in [
        ('followers', 'follower_date'), ('followers_both', 'follower_date'), ('followers_both', 'follower_date_before')
    ] %}
    select
        periods.force_id, periods.platform, periods.account_type, periods.period_type, periods.period_start,
        '{{ known_by }}' as known_by, profiles.counter, profiles.correction_id
    from periods
    inner join profiles
        on periods.account_id = profiles.account_id
            and periods.{{ counted_on }} = profiles.activity_date
    where periods.is_open_at_end
        and (periods.follower_count_before is not null or '{{ known_by }}' = 'followers')
    {{ 'union' if not loop.last }}
    {% endfor %}
),

-- What is told of posts per follower stands on both.
indicators as (
    select indicator_id, known_by, metrics
    from {{ ref('dim_indicator') }}
    union all
    select indicator_id, 'followers' as known_by, 'follower_count' as metrics
    from {{ ref('dim_indicator') }}
    where denominator_measure = 'follower_count' and known_by <> 'followers'
),

cells as (
    select distinct
        indicators.indicator_id,
        members.area_id,
        touched.platform,
        scopes.account_scope,
        touched.period_type,
        touched.period_start,
        corrections.correction_id,
        corrections.reason
    from touched
    inner join indicators
        on touched.known_by = indicators.known_by
            and '|' || indicators.metrics || '|' like '%|' || touched.counter || '|%'
    inner join {{ ref('dim_area_member') }} as members
        on touched.force_id = members.force_id
    inner join {{ ref('dim_account_scope') }} as scopes
        on touched.account_type = scopes.account_type
    inner join {{ ref('dim_correction') }} as corrections
        on touched.correction_id = corrections.correction_id
)

select
    indicator_id,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    {{ list_text('correction_id', 'correction_id') }} as correction_ids,
    count(*) || case when count(*) = 1 then ' declared correction: ' else ' declared corrections: ' end
    || {{ list_text("reason || ' (' || correction_id || ')'", 'correction_id') }} as correction_text
from cells
group by indicator_id, area_id, platform, account_scope, period_type, period_start
