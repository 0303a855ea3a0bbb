-- Posts at seven days: the first snapshot at that age, until 216 hours.
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
