{{ config(materialized='view') }}

-- The Kaplan–Meier curves of the weeks and months that this build computes: a row for each time at which somebody was
-- answered or lost from sight, with survival and Greenwood's sum. Areas and "all" platforms pool the conversations;
-- they are never means of forces. Public messages only (METHOD 4.1). A platform whose terms hold it back is not in
-- "all".
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

grouped as (
    select
        numbered.curve_number,
        waits.waited_seconds,
        sum(waits.left_count) as left_count,
        sum(waits.answered_count) as answered_count
    from waits
    inner join {{ ref('fct_response_members') }} as numbered
        on waits.force_id = numbered.force_id
            and waits.platform = numbered.platform
            and waits.period_type = numbered.period_type
            and waits.period_start = numbered.period_start
    group by numbered.curve_number, waits.waited_seconds
),

-- Everybody who waited at least so long is at risk.
steps as (
    select
        *,
        sum(left_count) over (
            partition by curve_number
            order by waited_seconds
            rows between current row and unbounded following
        ) as at_risk_count
    from grouped
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
                ) over curve as double))
        end as survival,
        case when at_risk_count > answered_count then cast(sum(
                    case
                        when at_risk_count > answered_count
                            then cast(
                                    answered_count / (cast(at_risk_count as double) * (at_risk_count - answered_count))
                                    as decimal(38, 18)
                                )
                    end
                ) over curve as double)
        end as greenwood
    from steps
    window curve as (
        partition by curve_number
        order by waited_seconds
        rows between unbounded preceding and current row
    )
)

select
    curve_number,
    waited_seconds,
    left_count,
    answered_count,
    at_risk_count,
    survival,
    greenwood
from curves
