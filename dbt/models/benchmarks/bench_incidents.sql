-- What a force said in a declared incident, how far it travelled and who came: on each platform where it has accounts,
-- and the posts and shares of all platforms that count shares together; views and followers never add across platforms.
-- Counters are those at seven days of the posts of the incident's days. Usual is what the force's posts of the 28 days
-- before had, its other incidents left out. Followers are those of accounts open on the eve and on the last day; none
-- where accounts were merged into one of them since the 28th day before: followers carried over are no gain.
{% set summed = [
    'open_day_count', 'posts_known_day_count', 'post_count', 'provisional_post_count', 'share_count_7d',
    'share_valued_count', 'view_count_7d', 'view_valued_count', 'engagement_count_7d', 'engagement_valued_count'
] %}
with days as (
    select
        incidents.incident_id,
        incidents.from_date,
        incidents.until_date,
        days.*,
        days.activity_date >= incidents.from_date as is_within,
        days.activity_date = {{ plus_days('incidents.from_date', -1) }} as is_eve,
        exists(
            select 1 from {{ ref('dim_account_event') }} as merged
            where days.account_id = merged.into_account_id
                and merged.event_date between {{ plus_days('incidents.from_date', -28) }} and incidents.until_date
        ) as is_successor
    from {{ ref('dim_incident') }} as incidents
    inner join {{ ref('fct_account_days') }} as days
        on incidents.force_id = days.force_id
            and days.activity_date between {{ plus_days('incidents.from_date', -28) }} and incidents.until_date
    inner join {{ ref('dim_platform') }} as platforms
        on days.platform = platforms.platform and not platforms.is_terms_restricted
    left join {{ ref('dim_incident') }} as others
        on incidents.force_id = others.force_id
            and incidents.incident_id <> others.incident_id
            and days.activity_date between others.from_date and others.until_date
            and days.activity_date < {{ plus_days('incidents.from_date', -1) }}
    where others.incident_id is null
),

accounts as (
    select
        incident_id, force_id, platform, account_id, is_successor,
        {% for measure in summed %}
        sum({{ measure }}) filter (where is_within) as {{ measure }},
        {% endfor %}
        sum(share_count_7d) filter (where not is_within) as usual_share_count,
        sum(share_valued_count) filter (where not is_within) as usual_valued_count,
        bool_or(is_open and is_eve) and bool_or(is_open and activity_date = until_date) as is_there,
        max(follower_count) filter (where is_eve) as follower_count_before,
        max(follower_count) filter (where activity_date = until_date) as follower_count_after
    from days
    group by incident_id, force_id, platform, account_id, is_successor
),

by_platform as (
    select
        accounts.incident_id,
        accounts.force_id,
        accounts.platform,
        metrics.platform is not null as is_offered,
        -- What a platform does not tell us may have come with a return.
        coalesce(metrics.is_collectable, false) or sum(accounts.share_valued_count) > 0 as has_shares,
        bool_and(follower_count_before is not null and follower_count_after is not null and not is_successor) filter (
            where is_there
        ) as is_audience_known,
        {% for measure in summed + ['usual_share_count', 'usual_valued_count'] %}
        cast(sum({{ measure }}) as bigint) as {{ measure }},
        {% endfor %}
        cast(sum(follower_count_before) filter (where is_there) as bigint) as follower_count_before,
        cast(sum(follower_count_after) filter (where is_there) as bigint) as follower_count_after
    from accounts
    left join {{ ref('dim_platform_metric') }} as metrics
        on accounts.platform = metrics.platform and metrics.entity = 'posts' and metrics.metric = 'share_count'
    group by
        accounts.incident_id, accounts.force_id, accounts.platform, metrics.platform, metrics.is_collectable
),

-- Of all platforms together those that count shares and of which the posts of every day are known.
pooled as (
    select * from by_platform
    union all
    select
        incidents.incident_id,
        incidents.force_id,
        'all' as platform,
        true as is_offered,
        true as has_shares,
        false as is_audience_known,
        {% for measure in summed + ['usual_share_count', 'usual_valued_count'] %}
        cast(sum(known.{{ measure }}) as bigint) as {{ measure }},
        {% endfor %}
        cast(null as bigint) as follower_count_before,
        cast(null as bigint) as follower_count_after
    from {{ ref('dim_incident') }} as incidents
    left join by_platform as known
        on incidents.incident_id = known.incident_id
            and incidents.force_id = known.force_id
            and known.has_shares
            and known.posts_known_day_count = known.open_day_count
    group by incidents.incident_id, incidents.force_id
),

noted as (
    select
        incidents.incident_name, incidents.incident_type, incidents.from_date, incidents.until_date, pooled.*,
        case
            when not coalesce(pooled.posts_known_day_count = pooled.open_day_count, false) then 'not_collected'
            when not pooled.is_offered then 'not_offered'
            when not pooled.has_shares then 'not_authorised'
            when incidents.until_date >= clock.data_as_of_date or pooled.provisional_post_count > 0 then 'provisional'
            when pooled.share_valued_count < {{ var('minimum_valued_share') }} * pooled.post_count then 'not_collected'
        end as value_note
    from pooled
    inner join {{ ref('dim_incident') }} as incidents
        on pooled.incident_id = incidents.incident_id and pooled.force_id = incidents.force_id
    cross join {{ ref('stg_landing__window') }} as clock
)

select
    noted.incident_id, noted.incident_name, noted.incident_type, noted.force_id, noted.platform, from_date, until_date,
    case when posts_known_day_count = open_day_count then post_count end as post_count,
    case when value_note is null then share_count_7d end as share_count_7d,
    case when value_note is null then share_count_7d / cast(nullif(share_valued_count, 0) as double) end
        as shares_per_post_7d,
    case
        when usual_valued_count >= {{ var('shown_from_n') }} then usual_share_count / cast(usual_valued_count as double)
    end as usual_shares_per_post_7d,
    {% for counter in ['view', 'engagement'] %}
    case
        when noted.platform <> 'all' and provisional_post_count = 0 and posts_known_day_count = open_day_count
            and {{ counter }}_valued_count >= greatest(1, {{ var('minimum_valued_share') }} * post_count)
            then {{ counter }}_count_7d
    end as {{ counter }}_count_7d,
    {% endfor %}
    case when is_audience_known then follower_count_before end as follower_count_before,
    case when is_audience_known then follower_count_after end as follower_count_after,
    case when is_audience_known then follower_count_after - follower_count_before end as follower_gain,
    case
        when is_audience_known
            then 100.0 * (follower_count_after - follower_count_before) / nullif(follower_count_before, 0)
    end as follower_gain_pct,
    value_note,
    {% for age in ['1h', '24h'] %}
    {% for counter in ['share_count', 'view_count', 'engagement_count'] %}
    starts.{{ counter }}_{{ age }},
    {% endfor %}
    starts.note_{{ age }} as value_note_{{ age }},
    {% endfor %}
    {{ is_invented() }} as is_invented
from noted
left join {{ ref('bench_incident_starts') }} as starts
    on noted.incident_id = starts.incident_id and noted.force_id = starts.force_id and noted.platform = starts.platform
order by from_date, noted.incident_id, noted.force_id, noted.platform
