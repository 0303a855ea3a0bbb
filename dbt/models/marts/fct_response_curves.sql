{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods('messages_from_date') }}"
) }}

-- What is read off the Kaplan–Meier curve of each area, platform, week and month: survival and Greenwood's sum at each
-- horizon, the median and its log-log limits. Areas and "all" platforms pool the conversations; they are never means of
-- forces. Public messages only (METHOD 4.1). A platform whose terms hold it back is not in "all" either.
with waits as (
    select
        conversations.force_id,
        conversations.platform,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        conversations.waited_seconds,
        count(*) as left_count,
        count(*) filter (where conversations.is_answered) as answered_count
    from {{ ref('fct_conversations') }} as conversations
    inner join {{ ref('dim_period') }} as periods
        on conversations.opened_date between periods.period_start and periods.period_end
            and periods.period_type in ('week', 'month')
            and periods.period_end >= (select messages_from_date from {{ ref('stg_landing__window') }})
    where conversations.channel = 'public'
    group by
        conversations.force_id, conversations.platform, periods.period_type, periods.period_start, periods.period_end,
        conversations.waited_seconds
),

platforms as (
    select platform, platform as pooled_platform from {{ ref('dim_platform') }}
    union all
    select platform, 'all' as pooled_platform from {{ ref('dim_platform') }} where not is_terms_restricted
),

-- Everybody who waited at least so long is at risk.
steps as (
    select
        members.area_id,
        platforms.pooled_platform as platform,
        waits.period_type,
        waits.period_start,
        waits.period_end,
        waits.waited_seconds,
        sum(waits.left_count) as left_count,
        sum(waits.answered_count) as answered_count,
        sum(sum(waits.left_count)) over (
            partition by members.area_id, platforms.pooled_platform, waits.period_type, waits.period_start, waits.period_end
            order by waits.waited_seconds desc
            rows between unbounded preceding and current row
        ) as at_risk_count
    from waits
    inner join {{ ref('dim_area_member') }} as members
        on waits.force_id = members.force_id
    inner join platforms
        on waits.platform = platforms.platform
    group by
        members.area_id, platforms.pooled_platform, waits.period_type, waits.period_start, waits.period_end,
        waits.waited_seconds
),

-- Once everyone left at risk is answered the curve is 0 and its variance is not defined. The sums are of decimals:
-- those of floats would depend on the order in which they are added.
curves as (
    select
        *,
        case when at_risk_count = answered_count then 0 else exp(cast(sum(
            case
                when at_risk_count > answered_count
                    then cast(ln(1 - answered_count / cast(at_risk_count as double)) as decimal(38, 18))
            end
        ) over curve as double)) end as survival,
        case when at_risk_count > answered_count then cast(sum(
            case
                when at_risk_count > answered_count
                    then cast(
                        answered_count / (cast(at_risk_count as double) * (at_risk_count - answered_count))
                        as decimal(38, 18)
                    )
            end
        ) over curve as double) end as greenwood
    from steps
    window curve as (
        partition by area_id, platform, period_type, period_start
        order by waited_seconds
        rows between unbounded preceding and current row
    )
),

bands as (
    select
        *,
        -- The sum of logarithms gives one half only to about 1e-12, hence the margin.
        survival <= 0.5 + 1e-9 as is_median_reached,
        {{ survival_limit('survival', 'greenwood', '95', '+') }} <= 0.5 as is_ci95_low_reached,
        {{ survival_limit('survival', 'greenwood', '95', '-') }} <= 0.5 as is_ci95_high_reached,
        {{ survival_limit('survival', 'greenwood', '99.8', '+') }} <= 0.5 as is_ci998_low_reached,
        {{ survival_limit('survival', 'greenwood', '99.8', '-') }} <= 0.5 as is_ci998_high_reached,
        min(case when left_count > answered_count then waited_seconds end) over (
            partition by area_id, platform, period_type, period_start
        ) as first_lost_seconds
    from curves
)

select
    area_id,
    platform,
    'all' as account_scope,
    period_type,
    period_start,
    period_end,
    cast(max(at_risk_count) as bigint) as conversation_count,
    {% for horizon, seconds in var('horizons').items() %}
    {{ value_at_max('survival', 'case when waited_seconds <= ' ~ seconds ~ ' then waited_seconds end') }} as survival_{{ horizon }},
    {{ value_at_max('greenwood', 'case when waited_seconds <= ' ~ seconds ~ ' then waited_seconds end') }} as greenwood_{{ horizon }},
    -- The curve says nothing beyond the longest wait, unless it has come down to 0.
    coalesce(max(waited_seconds) >= {{ seconds }} or min(survival) filter (where waited_seconds <= {{ seconds }}) = 0, false)
        as is_known_at_{{ horizon }},
    {% endfor %}
    min(waited_seconds) filter (where is_median_reached) as median_seconds,
    {% for limit in ['ci95_low', 'ci95_high', 'ci998_low', 'ci998_high'] %}
    min(waited_seconds) filter (where is_{{ limit }}_reached) as median_{{ limit }},
    {% endfor %}
    coalesce(min(first_lost_seconds) < min(waited_seconds) filter (where is_median_reached), false) as is_any_lost_before_median,
    {{ is_invented() }} as is_invented
from bands
group by area_id, platform, period_type, period_start, period_end
order by period_end, period_type, area_id, platform
