{{ config(materialized='view') }}

-- What has to be said beside a number: that the thread stands for the asker where nobody says who wrote, of counters at
-- export how old the posts were, of comments on how many posts nobody could make any, of answers since when a force
-- gives fewer than it used to, in staffed time that accounts are left out, and of residents of how many neighbourhoods
-- nobody knows them. A group has those of its forces, but for since when.
with sums as (
    select
        indicators.indicator_id,
        indicators.known_by,
        members.area_id,
        measures.platform,
        measures.account_scope,
        measures.period_type,
        measures.period_start,
        sum(measures.thread_asker_count) as thread_asker_count,
        sum(measures.direct_thread_asker_count) as direct_thread_asker_count,
        sum(measures.comments_off_count) as comments_off_count,
        sum(measures.engagement_valued_count) as engagement_valued_count,
        cast(round(
            sum(measures.age_at_export_seconds) / nullif(sum(measures.exported_post_count), 0) / 86400.0
        ) as bigint) as age_days
    from {{ ref('bench_measures') }} as measures
    inner join {{ ref('dim_area_member') }} as members
        on measures.force_id = members.force_id
    inner join {{ ref('dim_indicator') }} as indicators
        on indicators.known_by in ('messages', 'direct_messages', 'values_export')
            or (indicators.known_by = 'values_7d' and '|' || indicators.metrics || '|' like '%|comment_count|%')
    where measures.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
        and (
            measures.thread_asker_count > 0
            or measures.direct_thread_asker_count > 0
            or measures.exported_post_count > 0
            or measures.comments_off_count > 0
        )
    group by
        indicators.indicator_id, indicators.known_by, members.area_id, measures.platform, measures.account_scope,
        measures.period_type, measures.period_start
),

remarks as (
    select
        *,
        case
            when known_by = 'messages' and thread_asker_count > 0
                then 'where nobody says who wrote, the thread stands for the asker'
            when known_by = 'direct_messages' and direct_thread_asker_count > 0
                then 'where nobody says who wrote, the thread stands for the asker'
            when known_by = 'values_7d' and comments_off_count > 0
                then 'comments are switched off on ' || comments_off_count || ' of ' || engagement_valued_count
                    || ' posts'
            when known_by = 'values_export' then 'counted ' || age_days || ' days after posting on average'
        end as remark_text
    from sums
),

unioned as (
    select indicator_id, area_id, platform, account_scope, period_type, period_start, remark_text from remarks
    union all
    select
        'answered_1h_ratio' as indicator_id,
        force_id as area_id,
        'all' as platform,
        'all' as account_scope,
        period_type,
        period_start,
        'worse than it used to be since ' || cast(worse_since_date as varchar) as remark_text
    from {{ ref('bench_cusum') }}
    where is_worse and period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    union all
    select distinct
        indicators.indicator_id,
        members.area_id,
        parts.platform,
        parts.account_scope,
        periods.period_type,
        periods.period_start,
        'accounts without declared hours are left out' as remark_text
    from {{ ref('fct_response_expected') }} as parts
    inner join {{ ref('dim_period') }} as periods
        on parts.period_start >= periods.period_start
            and parts.period_end <= periods.period_end
            and parts.period_type = if(periods.period_type = 'week', 'week', 'month')
            and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    inner join {{ ref('dim_area_member') }} as members
        on parts.force_id = members.force_id
    inner join {{ ref('dim_indicator') }} as indicators
        on indicators.part = 'staffed'
    where parts.staffed_left_out_count > 0 and parts.staffed_conversation_count is not null
    union all
    select
        'residents_with_neighbourhood_account_pct' as indicator_id,
        members.area_id,
        areas.platform,
        'all' as account_scope,
        areas.period_type,
        areas.period_start,
        count(areas.no_residents_because) || ' of ' || count(*)
        || ' neighbourhoods are left out, for nobody knows how many live there' as remark_text
    from {{ ref('bench_neighbourhoods') }} as areas
    inner join {{ ref('dim_area_member') }} as members
        on areas.force_id = members.force_id
    where areas.platform = 'all'
        and areas.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    group by members.area_id, areas.platform, areas.period_type, areas.period_start
    having count(areas.no_residents_because) > 0
)

select
    indicator_id,
    area_id,
    platform,
    account_scope,
    period_type,
    period_start,
    {{ list_text('remark_text', 'remark_text') }} as remark_text
from unioned
where remark_text is not null
group by indicator_id, area_id, platform, account_scope, period_type, period_start
