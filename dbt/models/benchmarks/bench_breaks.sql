{{ config(materialized='view') }}

-- METHOD 6: the cells of a force in whose period accounts of it were merged or closed. Half of such a period is before
-- and half after it: neither ranked nor judged, and said beside the number.
select
    breaks.area_id,
    breaks.platform,
    breaks.account_scope,
    periods.period_type,
    periods.period_start,
    {{ list_text('breaks.event_text', 'breaks.event_date, breaks.account_id') }} as break_text
from {{ ref('bench_account_breaks') }} as breaks
inner join {{ ref('dim_period') }} as periods
    on breaks.event_date between periods.period_start and periods.period_end
        and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
group by breaks.area_id, breaks.platform, breaks.account_scope, periods.period_type, periods.period_start
