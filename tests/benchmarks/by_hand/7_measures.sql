-- The measures of each force, platform, account scope and period.
create temp table measures as
with post_periods as (
    select a, t, sum(columns(* exclude (a, b, t)))
    from post_sums
    inner join parts using (b)
    group by a, t
),

conversation_periods as (
    select a, t, sum(columns(* exclude (a, b, t, longest)))
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
