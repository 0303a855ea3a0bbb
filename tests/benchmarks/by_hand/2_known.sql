-- What is known.
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
