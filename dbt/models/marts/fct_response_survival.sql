-- Kaplan–Meier with Greenwood's variance: one row for each waiting time of each group. The nation and "all"
-- platforms pool the conversations; they are never means of forces. Public messages only (METHOD 4.1).
-- A platform whose terms hold it back is not in "all" either.
with conversations as (
    select * from {{ ref('int_conversations__answered') }} where channel = 'public'
),

cases as (
    select
        forces.force_id,
        groups.platform,
        periods.period_type,
        periods.period_start,
        conversations.waited_seconds,
        conversations.is_answered
    from conversations
    cross join lateral (values (conversations.force_id), ('national')) as forces (force_id)
    inner join {{ ref('dim_platform') }} as platforms
        on conversations.platform = platforms.platform
    cross join lateral (values (platforms.platform), ('all')) as groups (platform)
    inner join {{ ref('dim_period') }} as periods
        on {{ to_london_date('conversations.opened_at_utc') }} between periods.period_start and periods.period_end
    where groups.platform <> 'all' or not platforms.is_terms_restricted
),

times as (
    select
        force_id,
        platform,
        period_type,
        period_start,
        waited_seconds,
        count(*) as left_count,
        count(*) filter (where is_answered) as answered_count
    from cases
    group by force_id, platform, period_type, period_start, waited_seconds
),

at_risk as (
    select
        *,
        cast(sum(left_count) over (
            partition by force_id, platform, period_type, period_start
            order by waited_seconds desc
            rows between unbounded preceding and current row
        ) as bigint) as at_risk_count
    from times
),

-- Once everyone left at risk is answered the curve is 0 and its variance is not defined.
steps as (
    select
        *,
        at_risk_count = answered_count as is_last_answered,
        case when at_risk_count > answered_count then ln(1 - answered_count / cast(at_risk_count as double)) end
            as log_step,
        case
            when at_risk_count > answered_count
                then answered_count / (cast(at_risk_count as double) * (at_risk_count - answered_count))
        end as variance_step
    from at_risk
),

summed as (
    select
        *,
        sum(log_step) over curve as log_survival,
        sum(variance_step) over curve as variance_sum
    from steps
    window curve as (
        partition by force_id, platform, period_type, period_start
        order by waited_seconds
        rows between unbounded preceding and current row
    )
),

final as (
    select
        force_id,
        platform,
        period_type,
        period_start,
        waited_seconds,
        at_risk_count,
        answered_count,
        left_count - answered_count as censored_count,
        case when is_last_answered then 0 else exp(log_survival) end as survival,
        case when not is_last_answered then variance_sum end as greenwood,
        {{ is_invented() }} as is_invented
    from summed
    order by force_id, platform, period_type, period_start, waited_seconds
)

select * from final
