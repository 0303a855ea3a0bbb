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
    select
        force_id, platform, account_scope, t, has_curve, messages_known >= 0.9 * accounts as is_known,
        columns('asked|_1h|_24h')
    from found
    union all
    select
        force_id, 'all', account_scope, t, has_curve, sum(messages_known) > 0,
        sum(columns('asked|_1h|_24h'))
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
    'views_7d_per_1k', force_id, platform, account_scope, t,
    -- The few posts without a value are taken to be like the others.
    case when viewed < posts then round(views * posts / viewed) else views end, population, viewed, null, null, null,
    is_settled and viewed >= 0.9 * posts, false
from found
where population is not null and platform = 'youtube'
union all
select
    'engagements_per_1k', force_id, platform, account_scope, t,
    case when engaged < posts then round(engagements * posts / engaged) else engagements end, population, engaged,
    null, null, null,
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

-- The cells of every area: sums over the forces with a value, which have to be four of five; of messages over all.
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
        coalesce(sum(lost), 0) as lost,
        sum(followed) as followed,
        sum(answered_followed) as answered_followed
    from (select *, is_valued or is_about_messages as is_counted from force_cells)
    inner join members using (force_id)
    group by indicator_id, area_id, platform, account_scope, t
    having count(*) filter (where is_valued) >= greatest(1, 0.8 * count(*))
),

-- Where somebody was lost the share is read off the curve, or without one it is that of those who were followed.
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
