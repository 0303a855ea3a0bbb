-- Conversations: a message of somebody after a day without one of theirs, until the first reply or the last look.
create temp table conversations as
with messages as (
    select
        account_id,
        hash(account_id, thread_uri) as thread,
        author_key as asker,
        direction = 'inbound' as is_asked,
        indexed_at_utc as sent,
        pulled_at_utc as pulled,
        post_published_at_utc as published
    from read_parquet(getvariable('landing') || '/bluesky/messages/day=*/*.parquet', hive_partitioning = false)
    union all
    select
        account_id, hash(account_id, thread_id), author_key, direction = 'inbound', created_at_utc, pulled_at_utc,
        post_published_at_utc
    from read_parquet(getvariable('landing') || '/mastodon/messages/day=*/*.parquet', hive_partitioning = false)
    union all
    select
        account_id, hash(account_id, thread_id), author_key, direction = 'inbound', published_at_utc, pulled_at_utc,
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
        max(case when is_asked then sent end)
            over (of_asker rows between unbounded preceding and 1 preceding) as previous,
        min(case when not is_asked then sent end)
            over (in_thread rows between current row and unbounded following) as reply
    from messages
    inner join accounts using (account_id)
    window
        in_thread as (partition by thread order by sent, is_asked desc),
        of_asker as (partition by thread, asker order by sent)
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
