-- What a build publishes, written by hand for this one purpose: the eight indicators of every area, platform, account
-- scope and period over, from landing and register alone. It is what the cost of a build is measured against, so it is
-- as tight as it can be made, and it leaves out what a build does besides: limits, notes, ranks, history kept by day,
-- quarantine, refusals, returns, pulls again. Set before: `landing`, `register`, `seeds` (folders).

-- A pull is at 05:30 in London, the same day in UTC, and knows the posts of the 29 days before; history begins with a
-- whole week and a whole month.
create temp table clock as
with pulls as (
    select cast(min(pulled_at_utc) as date) - 29 as known_from, max(pulled_at_utc) as as_of
    from read_parquet(getvariable('landing') || '/*/requests/day=*/*.parquet', hive_partitioning = false)
)

select
    as_of,
    cast(as_of as date) as as_of_date,
    cast(least(date_trunc('month', known_from), date_trunc('week', known_from)) as date) as history_from
from pulls;

-- The London date of each hour: a change of clocks falls on a whole hour.
create temp table hours as
select hour_utc, cast(timezone('Europe/London', timezone('UTC', hour_utc)) as date) as day
from (
    select unnest(generate_series(cast(history_from - 40 as timestamp), as_of, interval 1 hour)) as hour_utc from clock
);

-- Registers ------------------------------------------------------------------------------------------------------------
create temp table accounts as
with events as (
    select
        account_id,
        min(event_date) filter (where event_type = 'opened') as opened,
        min(event_date) filter (where event_type in ('suspended', 'merged_into', 'closed')) as ended
    from read_csv(getvariable('register') || '/account_events.csv', types = {'event_date': 'date'})
    group by account_id
)

select
    cast(row_number() over (order by account_id) as smallint) as a,
    account_id,
    force_id,
    platform,
    account_type,
    coalesce(opened, date '1900-01-01') as open_from,
    coalesce(ended, date '9999-01-01') as open_until
from read_csv(getvariable('register') || '/accounts.csv')
left join events using (account_id);

create temp table forces as
select force_id, country, force_type, is_per_head
from read_csv(getvariable('seeds') || '/forces.csv');

create temp table members as
select force_id as area_id, force_id, false as is_group from forces
union all
select area_id, force_id, true as is_group
from read_csv(getvariable('seeds') || '/area_groups.csv', all_varchar = true) as areas
inner join forces
    on (areas.country is null or contains('|' || areas.country || '|', '|' || forces.country || '|'))
        and (areas.force_type is null or areas.force_type = forces.force_type)
        and (areas.without_force_id is null or areas.without_force_id <> forces.force_id);

create temp table residents as
select
    force_id,
    cast(reference_year as integer) as from_year,
    lead(cast(reference_year as integer), 1, 9999) over (partition by force_id order by reference_year) as until_year,
    arg_max(population, vintage) as population
from read_csv(getvariable('seeds') || '/force_populations.csv')
group by force_id, reference_year;

-- Periods that are over, and the weeks and months that each is made of.
create temp table periods as
with days as (
    select cast(unnest(generate_series(history_from, as_of_date, interval 1 day)) as date) as day, history_from, as_of_date
    from clock
),

found as (
    select distinct 'week' as period_type, date_trunc('week', day) as starts, date_trunc('week', day) + interval 6 day as ends from days
    union all
    select distinct 'month', date_trunc('month', day), last_day(day) from days
    union all
    select distinct 'quarter', date_trunc('quarter', day), date_trunc('quarter', day) + interval 3 month - interval 1 day from days
    union all
    select distinct 'year', date_trunc('year', day), date_trunc('year', day) + interval 1 year - interval 1 day from days
    union all
    select distinct 'rolling_12_months', date_trunc('month', day) - interval 11 month, last_day(day) from days
)

select
    cast(row_number() over () as smallint) as t,
    period_type,
    cast(starts as date) as period_start,
    cast(ends as date) as period_end
from found
cross join clock
where starts >= history_from and ends < as_of_date
    and (period_type <> 'week' or starts > date_trunc('week', as_of_date) - interval (7 * 53) day);

create temp table parts as
select periods.t, base.t as b
from periods
inner join periods as base
    on base.period_type = case when periods.period_type = 'week' then 'week' else 'month' end
        and base.period_start between periods.period_start and periods.period_end;

create temp table day_parts as
select cast(unnest(generate_series(period_start, period_end, interval 1 day)) as date) as day, t as b
from periods
where period_type in ('week', 'month');

-- What is known ---------------------------------------------------------------------------------------------------------
create temp table pulls as
select accounts.a, requests.entity, requests.pulled_at_utc, cast(requests.pulled_at_utc as date) as pulled_date
from read_parquet(getvariable('landing') || '/*/requests/day=*/*.parquet', hive_partitioning = false) as requests
inner join accounts using (account_id)
where requests.entity <> 'profiles' and requests.status in ('landed', 'empty');

-- A pull knows the 29 days before its own, of messages seven; pulls that overlap make one stretch. An account that ends
-- is asked the last time on its last day.
create temp table known as
with gaps as (
    select
        pulls.a,
        entity,
        pulled_date,
        open_until,
        case entity when 'posts' then 29 else 7 end as reach,
        lag(pulled_date) over (partition by pulls.a, entity order by pulled_date) as previous_date
    from pulls
    inner join accounts using (a)
),

stretches as (
    select
        *,
        sum(case when previous_date >= pulled_date - reach then 0 else 1 end)
            over (partition by a, entity order by pulled_date rows unbounded preceding) as stretch
    from gaps
)

select
    a,
    entity,
    min(pulled_date) - any_value(reach) as known_from,
    max(pulled_date) + case when max(pulled_date) = any_value(open_until) - 1 then 1 else 0 end as known_until
from stretches
group by a, entity, stretch;

create temp table account_periods as
select
    accounts.a,
    periods.t,
    least(open_until, period_end + 1) - greatest(open_from, period_start) as open_days,
    open_until > period_end as is_open_at_end,
    coalesce(sum(least(known_until, open_until, period_end + 1) - greatest(known_from, open_from, period_start))
        filter (where entity = 'posts'), 0) = open_days as is_posts_known,
    coalesce(sum(least(known_until, open_until, period_end + 1) - greatest(known_from, open_from, period_start))
        filter (where entity = 'messages'), 0) = open_days as is_messages_known
from accounts
inner join periods
    on open_from <= period_end and open_until > period_start
left join known
    on accounts.a = known.a and known_from <= period_end and known_until > period_start
group by accounts.a, periods.t, open_from, open_until, period_start, period_end;

-- Followers: of the day after the end, or the nearest of the eight days before it.
create temp table profiles as
with counts as (
    select account_id, pulled_at_utc, followers_count as followers
    from read_parquet(getvariable('landing') || '/bluesky/profiles/day=*/*.parquet', hive_partitioning = false)
    union all
    select account_id, pulled_at_utc, followers_count
    from read_parquet(getvariable('landing') || '/mastodon/profiles/day=*/*.parquet', hive_partitioning = false)
    union all
    select account_id, pulled_at_utc, subscriber_count
    from read_parquet(getvariable('landing') || '/youtube/profiles/day=*/*.parquet', hive_partitioning = false)
)

select a, cast(pulled_at_utc as date) as day, followers
from counts
inner join accounts using (account_id);

create temp table followers as
select ends.a, ends.period_end, case when profiles.day >= ends.period_end - 7 then profiles.followers end as followers
from (
    select distinct a, period_end
    from account_periods
    inner join periods using (t)
    where is_open_at_end
) as ends
asof inner join profiles
    on ends.a = profiles.a and ends.period_end + 1 >= profiles.day;

-- Posts at seven days: the first snapshot at that age, until 216 hours -------------------------------------------------
create temp table posts as
with snapshots as (
    select
        account_id,
        uri as id,
        kind = 'post' as is_post,
        least(created_at_utc, indexed_at_utc) as created,
        pulled_at_utc as pulled,
        like_count + repost_count + reply_count + quote_count as engagements,
        repost_count as shares,
        cast(null as bigint) as views
    from read_parquet(getvariable('landing') || '/bluesky/posts/day=*/*.parquet', hive_partitioning = false)
    where created_at_utc >= indexed_at_utc - interval 24 hour
    union all
    select
        account_id, id, kind = 'post', created_at_utc, pulled_at_utc,
        favourites_count + reblogs_count + replies_count + quotes_count, reblogs_count, null
    from read_parquet(getvariable('landing') || '/mastodon/posts/day=*/*.parquet', hive_partitioning = false)
    union all
    select account_id, video_id, true, published_at_utc, pulled_at_utc, like_count + comment_count, null, view_count
    from read_parquet(getvariable('landing') || '/youtube/posts/day=*/*.parquet', hive_partitioning = false)
),

aged as (
    select
        *,
        hash(account_id, id) as post,
        case when pulled - created between interval 168 hour and interval 216 hour then pulled end as aged
    from snapshots
    where is_post
)

select
    any_value(account_id) as account_id,
    min(created) as created,
    arg_min(engagements, aged) as engagements,
    arg_min(shares, aged) as shares,
    arg_min(views, aged) as views
from aged
group by post;

create temp table post_sums as
select
    a,
    b,
    count(*) as posts,
    count(*) filter (where created + interval 216 hour >= as_of and engagements is null) as provisional,
    sum(engagements) as engagements,
    count(engagements) as engaged,
    sum(shares) as shares,
    count(shares) as shared,
    sum(views) as views,
    count(views) as viewed
from posts
inner join accounts using (account_id)
inner join hours on date_trunc('hour', created) = hour_utc
inner join day_parts using (day)
cross join clock
group by a, b;

-- Conversations: a message of the public after a day of silence, until the first reply or the last look -----------------
create temp table conversations as
with messages as (
    select
        account_id,
        hash(account_id, thread_uri) as thread,
        direction = 'inbound' as is_asked,
        indexed_at_utc as sent,
        pulled_at_utc as pulled,
        post_published_at_utc as published
    from read_parquet(getvariable('landing') || '/bluesky/messages/day=*/*.parquet', hive_partitioning = false)
    union all
    select
        account_id, hash(account_id, thread_id), direction = 'inbound', created_at_utc, pulled_at_utc,
        post_published_at_utc
    from read_parquet(getvariable('landing') || '/mastodon/messages/day=*/*.parquet', hive_partitioning = false)
    union all
    select
        account_id, hash(account_id, thread_id), direction = 'inbound', published_at_utc, pulled_at_utc,
        post_published_at_utc
    from read_parquet(getvariable('landing') || '/youtube/messages/day=*/*.parquet', hive_partitioning = false)
),

timed as (
    select
        a,
        is_asked,
        sent,
        pulled,
        published + interval 192 hour as looked_at_until,
        lag(sent) over in_thread as previous,
        min(case when not is_asked then sent end) over (in_thread rows between current row and unbounded following) as reply
    from messages
    inner join accounts using (account_id)
    window in_thread as (partition by thread order by sent, is_asked desc)
),

followed as (
    select
        timed.a,
        sent as opened,
        case when reply <= sent + interval 31 day then reply end as reply,
        greatest(sent, pulled, pulled_at_utc) as followed_until
    from timed
    asof left join (select a, pulled_at_utc from pulls where entity = 'messages') as looks
        on timed.a = looks.a and looked_at_until >= pulled_at_utc
    where is_asked and (previous is null or sent - previous >= interval 24 hour)
)

select
    a,
    b,
    reply is not null as is_answered,
    epoch_us(coalesce(reply, followed_until)) - epoch_us(opened) as waited,
    epoch_us(followed_until) - epoch_us(opened) as followed
from followed
inner join hours on date_trunc('hour', opened) = hour_utc
inner join day_parts using (day);

create temp table conversation_sums as
select
    a,
    b,
    count(*) as asked,
    max(waited) as longest,
    count(*) filter (where is_answered and waited <= 3600e6) as answered_1h,
    count(*) filter (where not is_answered and waited < 3600e6) as lost_1h,
    count(*) filter (where followed >= 3600e6) as followed_1h,
    count(*) filter (where is_answered and waited <= 3600e6 and followed >= 3600e6) as answered_followed_1h,
    count(*) filter (where is_answered and waited <= 86400e6) as answered_24h,
    count(*) filter (where not is_answered and waited < 86400e6) as lost_24h,
    count(*) filter (where followed >= 86400e6) as followed_24h,
    count(*) filter (where is_answered and waited <= 86400e6 and followed >= 86400e6) as answered_followed_24h
from conversations
group by a, b;

-- Kaplan-Meier of each area, platform (and all), week and month ---------------------------------------------------------
create temp table curve_cells as
select a, cast(dense_rank() over (order by force_id, platform) as smallint) as cell, force_id, platform from accounts;

create temp table curve_members as
select cell, area_id, pooled.platform, cast(dense_rank() over (order by area_id, pooled.platform) as smallint) as g
from (select distinct cell, force_id, platform from curve_cells) as cells
inner join members using (force_id)
cross join lateral (values (cells.platform), ('all')) as pooled (platform);

create temp table curve_sizes as
select g, b, sum(asked) as asked, max(longest) as longest
from conversation_sums
inner join curve_cells using (a)
inner join curve_members using (cell)
group by g, b;

-- Between two that were lost, the product of Kaplan and Meier telescopes: it is enough to know how many were answered
-- there. The steps of all curves of a period lie between any two that were lost in it. The first day of waiting:
create temp table stepped as
select
    b,
    cell,
    waited,
    is_answered,
    2 * sum(cast(not is_answered as integer)) over (
        partition by b order by waited, is_answered desc rows unbounded preceding
    ) - 2 * cast(not is_answered as integer) + cast(waited > 3600e6 as integer) as step
from conversations
inner join curve_cells using (a)
where waited <= 86400e6;

create temp table steps as
with sums as (
    select g, b, step, sum(gone) as gone, sum(answered) as answered
    from (
        select cell, b, step, count(*) as gone, count(*) filter (where is_answered) as answered
        from stepped
        group by cell, b, step
    )
    inner join curve_members using (cell)
    group by g, b, step
),

at_risk as (
    select
        sums.*,
        asked - sum(gone) over (partition by g, b order by step rows unbounded preceding) + gone as at_risk
    from sums
    inner join curve_sizes using (g, b)
)

select
    *,
    exp(coalesce(sum(ln(1 - answered / nullif(at_risk, answered))) over (
        partition by g, b order by step rows between unbounded preceding and 1 preceding
    ), 0)) as survival_before,
    survival_before * (at_risk - answered) / at_risk as survival
from at_risk;

create temp table first_days as
select
    g,
    b,
    asked,
    longest,
    arg_max(survival, step) filter (where step % 2 = 0) as survival_1h,
    arg_max(survival, step) as survival_24h,
    min(step) filter (where survival <= 0.5 + 1e-9) as median_step
from curve_sizes
left join steps using (g, b)
group by g, b, asked, longest;

-- The median: in the step where the curve comes to one half, one answer after the other; or else after the first day.
create temp table medians as
with answers as (
    select
        g,
        b,
        waited,
        survival_before,
        at_risk,
        row_number() over (partition by g, b order by waited) as answered_until_now
    from stepped
    inner join curve_members using (cell)
    inner join first_days using (g, b)
    inner join steps using (g, b, step)
    where step = median_step and is_answered
),

late as (
    select
        g,
        b,
        waited,
        coalesce(survival_24h, 1) as survival_24h,
        count(*) filter (where is_answered) as answered,
        sum(count(*)) over (partition by g, b order by waited desc rows unbounded preceding) as at_risk
    from conversations
    inner join curve_cells using (a)
    inner join curve_members using (cell)
    inner join first_days using (g, b)
    where waited > 86400e6 and median_step is null
    group by g, b, waited, survival_24h
),

late_survivals as (
    select
        g,
        b,
        waited,
        survival_24h * case when at_risk = answered then 0 else exp(
            sum(ln(1 - answered / nullif(at_risk, answered)))
                over (partition by g, b order by waited rows unbounded preceding)
        ) end as survival
    from late
    where answered > 0
)

select g, b, min(waited) as median
from answers
where survival_before * (at_risk - answered_until_now) / at_risk <= 0.5 + 1e-9
group by g, b
union all
select g, b, min(waited)
from late_survivals
where survival <= 0.5 + 1e-9
group by g, b;

create temp table curves as
select
    area_id,
    platform,
    b as t,
    'all' as account_scope,
    case when longest >= 3600e6 or survival_1h = 0 then survival_1h end as survival_1h,
    case when longest >= 86400e6 or survival_24h = 0 then survival_24h end as survival_24h,
    median / 1e6 as median_seconds
from first_days
left join medians using (g, b)
inner join (select distinct g, area_id, platform from curve_members) using (g);

-- The measures of each force, platform, account scope and period --------------------------------------------------------
create temp table measures as
with post_periods as (
    select a, t, sum(posts) as posts, sum(provisional) as provisional, sum(engagements) as engagements,
        sum(engaged) as engaged, sum(shares) as shares, sum(shared) as shared, sum(views) as views, sum(viewed) as viewed
    from post_sums
    inner join parts using (b)
    group by a, t
),

conversation_periods as (
    select a, t, sum(asked) as asked, sum(answered_1h) as answered_1h, sum(lost_1h) as lost_1h,
        sum(followed_1h) as followed_1h, sum(answered_followed_1h) as answered_followed_1h,
        sum(answered_24h) as answered_24h, sum(lost_24h) as lost_24h, sum(followed_24h) as followed_24h,
        sum(answered_followed_24h) as answered_followed_24h
    from conversation_sums
    inner join parts using (b)
    group by a, t
)

select
    force_id,
    platform,
    account_scope,
    t,
    count(*) as accounts,
    count(*) filter (where is_open_at_end) as open_accounts,
    count(*) filter (where is_open_at_end and followers is null) as followers_missing,
    sum(followers) filter (where is_open_at_end) as followers,
    sum(open_days) as open_days,
    bool_and(is_posts_known) as is_posts_known,
    count(*) filter (where is_messages_known) as messages_known,
    coalesce(sum(posts), 0) as posts,
    coalesce(sum(provisional), 0) as provisional,
    coalesce(sum(engagements), 0) as engagements,
    coalesce(sum(engaged), 0) as engaged,
    coalesce(sum(shares), 0) as shares,
    coalesce(sum(shared), 0) as shared,
    coalesce(sum(views), 0) as views,
    coalesce(sum(viewed), 0) as viewed,
    coalesce(sum(asked), 0) as asked,
    coalesce(sum(answered_1h), 0) as answered_1h,
    coalesce(sum(lost_1h), 0) as lost_1h,
    coalesce(sum(followed_1h), 0) as followed_1h,
    coalesce(sum(answered_followed_1h), 0) as answered_followed_1h,
    coalesce(sum(answered_24h), 0) as answered_24h,
    coalesce(sum(lost_24h), 0) as lost_24h,
    coalesce(sum(followed_24h), 0) as followed_24h,
    coalesce(sum(answered_followed_24h), 0) as answered_followed_24h
from account_periods
inner join accounts using (a)
inner join read_csv(getvariable('seeds') || '/account_scopes.csv') as scopes using (account_type)
inner join periods using (t)
left join followers using (a, period_end)
left join post_periods using (a, t)
left join conversation_periods using (a, t)
group by force_id, platform, account_scope, t;

-- The cells of the forces that could have a value: what it is made of, and whether there is one.
create temp table force_cells as
with found as (
    select
        measures.*,
        period_start,
        period_end,
        period_type in ('week', 'month') and account_scope = 'all' as has_curve,
        is_posts_known and provisional = 0 and as_of_date - period_end > 7 as is_settled,
        population
    from measures
    inner join periods using (t)
    inner join forces using (force_id)
    left join residents
        on is_per_head and measures.force_id = residents.force_id
            and extract(year from period_start) >= from_year and extract(year from period_start) < until_year
    cross join clock
),

messages as (
    select force_id, platform, account_scope, t, has_curve, messages_known >= 0.9 * accounts as is_known, columns('asked|_1h|_24h')
    from found
    union all
    select force_id, 'all', account_scope, t, has_curve, sum(messages_known) > 0, sum(columns('asked|_1h|_24h'))
    from found
    group by force_id, account_scope, t, has_curve
)

select
    'followers_per_1k' as indicator_id, force_id, platform, account_scope, t, followers as numerator,
    population as denominator, open_accounts as n, null as lost, null as followed, null as answered_followed,
    followers_missing = 0 as is_valued, false as is_about_messages
from found
where population is not null and open_accounts > 0
union all
select
    'posts_per_account_week', force_id, platform, account_scope, t, posts, open_days, accounts, null, null, null,
    is_posts_known, false
from found
union all
select
    'views_7d_per_1k', force_id, platform, account_scope, t, views, population, viewed, null, null, null,
    is_settled and viewed >= 0.9 * posts, false
from found
where population is not null and platform = 'youtube'
union all
select
    'engagements_per_1k', force_id, platform, account_scope, t, engagements, population, engaged, null, null, null,
    is_settled and engaged >= 0.9 * posts, false
from found
where population is not null
union all
-- YouTube gives shares to the owner alone.
select
    'shares_per_post', force_id, platform, account_scope, t, shares, shared, shared, null, null, null,
    is_settled and shared >= 0.9 * posts and shared > 0, false
from found
where platform <> 'youtube'
union all
select
    'answered_1h_pct', force_id, platform, account_scope, t, answered_1h, asked, asked, lost_1h, followed_1h,
    answered_followed_1h, is_known, true
from messages
union all
select
    'answered_24h_pct', force_id, platform, account_scope, t, answered_24h, asked, asked, lost_24h, followed_24h,
    answered_followed_24h, is_known, true
from messages
union all
select
    'median_first_reply_seconds', force_id, platform, account_scope, t, null, null, asked, null, null, null,
    is_known, true
from messages
where has_curve;

-- The cells of every area: sums over the forces with a value, which have to be four of five; of messages over all forces.
create temp table cells as
with sums as (
    select
        indicator_id,
        area_id,
        platform,
        account_scope,
        t,
        sum(numerator) filter (where is_counted) as numerator,
        sum(denominator) filter (where is_counted) as denominator,
        sum(n) filter (where is_counted) as n,
        sum(lost) as lost,
        sum(followed) as followed,
        sum(answered_followed) as answered_followed
    from (select *, is_valued or is_about_messages as is_counted from force_cells)
    inner join members using (force_id)
    group by indicator_id, area_id, platform, account_scope, t
    having count(*) filter (where is_valued) >= greatest(1, 0.8 * count(*))
),

-- Where somebody was lost the share is read off the curve, and where there is none it is that of those who were followed.
made as (
    select
        sums.*,
        multiplier,
        minimum_n,
        lost > 0 and curves.t is null as is_of_followed,
        case
            when indicator_id = 'median_first_reply_seconds' then median_seconds
            when lost > 0 and indicator_id = 'answered_1h_pct' then 1 - survival_1h
            when lost > 0 and indicator_id = 'answered_24h_pct' then 1 - survival_24h
        end as read_off,
        indicator_id = 'median_first_reply_seconds' or (lost > 0 and curves.t is not null) as is_read_off
    from sums
    inner join read_csv(getvariable('seeds') || '/indicators.csv') using (indicator_id)
    left join curves using (area_id, platform, account_scope, t)
)

select
    indicator_id,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    cast(case when is_of_followed then answered_followed else numerator end as double) as numerator,
    cast(case when is_of_followed then followed else denominator end as double) as denominator,
    cast(case when is_of_followed then followed else n end as bigint) as n,
    multiplier * case
        when is_read_off then read_off
        when is_of_followed then answered_followed / followed
        else made.numerator / made.denominator
    end as value
from made
inner join periods using (t)
where made.n >= minimum_n
    and (not is_read_off or read_off is not null)
    and (not is_of_followed or followed >= minimum_n);
