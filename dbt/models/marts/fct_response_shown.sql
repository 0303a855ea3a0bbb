{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('period_end', 'periods_from_date') }}"
) }}

-- Which counts of conversations are shown, of each force, platform, channel, account scope, week and month; what is not
-- shown is in no published sum. Of the scopes of a month those that are not shown are two or more and have ten
-- together: the small ones, and the next larger. Of a week a scope is shown where the force has no other.
{% set enough = var('shown_from_n') %}
with headlines as (
    select *
    from {{ ref('fct_response_headlines') }}
    where period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

scopes as (
    select
        counts.*,
        headlines.is_shown as is_headline_shown,
        count(*) over among as scope_count,
        min(counts.conversation_count) over among as smallest_count,
        row_number() over ascending as nth_scope,
        sum(counts.conversation_count) over ascending - counts.conversation_count as smaller_count
    from {{ ref('fct_response_counts') }} as counts
    inner join headlines
        on counts.force_id = headlines.force_id
            and counts.platform = headlines.platform
            and counts.channel = headlines.channel
            and counts.period_type = headlines.period_type
            and counts.period_start = headlines.period_start
    where counts.account_scope <> 'all'
    window among as (
        partition by counts.force_id, counts.platform, counts.channel, counts.period_type, counts.period_start
    ), ascending as (
        partition by counts.force_id, counts.platform, counts.channel, counts.period_type, counts.period_start
        order by counts.conversation_count, counts.account_scope
        rows between unbounded preceding and current row
    )
),

unioned as (
    select
        force_id, platform, channel, 'all' as account_scope, period_type, period_start, period_end, conversation_count,
        is_shown
    from headlines
    union all
    select
        force_id, platform, channel, account_scope, period_type, period_start, period_end, conversation_count,
        is_headline_shown and case period_type
            when 'week' then scope_count = 1
            else smallest_count >= {{ enough }} or (nth_scope > 2 and smaller_count >= {{ enough }})
        end as is_shown
    from scopes
)

select
    *,
    {{ is_invented() }} as is_invented
from unioned
order by period_end, period_type, force_id, platform, channel, account_scope
