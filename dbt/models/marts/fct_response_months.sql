{{ config(materialized='view') }}

-- Which months a quarter, year or twelve months counts, of each force, platform, channel and account scope: those
-- that are shown; and what a quarter's months that are not shown have together, where that is at least ten, else what
-- is left so in the year, in every period that holds all of them. A month that a shown week overlaps, or of which a day
-- is not known, is never among those.
{% set key = ['force_id', 'platform', 'channel', 'account_scope'] %}
with months as (
    select
        shown.*,
        {{ period_end('quarter', 'shown.period_start') }} as quarter_end,
        {{ period_end('year', 'shown.period_start') }} as year_end,
        -- What began before our history has no number of its own.
        {{ period_start('quarter', 'shown.period_start') }} >= clock.history_from_date as is_whole_quarter,
        {{ period_start('year', 'shown.period_start') }} >= clock.history_from_date as is_whole_year
    from {{ ref('fct_response_shown') }} as shown
    cross join {{ ref('stg_landing__window') }} as clock
    where shown.period_type = 'month'
),

overlapped as (
    select distinct months.force_id, months.platform, months.channel, months.period_start
    from {{ ref('fct_response_headlines') }} as months
    inner join {{ ref('fct_response_headlines') }} as weeks
        on months.force_id = weeks.force_id
            and months.platform = weeks.platform
            and months.channel = weeks.channel
            and months.period_type = 'month'
            and not months.is_shown
            and (
                months.is_gap
                or (
                    weeks.period_type = 'week'
                    and weeks.is_shown
                    and months.period_end >= weeks.period_start
                    and months.period_start <= weeks.period_end
                )
            )
),

together as (
    select
        months.*,
        months.account_scope = 'all' and not months.is_shown and overlapped.period_start is null as is_small,
        sum(months.conversation_count) over of_quarter as quarter_count,
        min(months.period_start) over of_quarter as quarter_from
    from months
    left join overlapped
        on months.force_id = overlapped.force_id
            and months.platform = overlapped.platform
            and months.channel = overlapped.channel
            and months.period_start = overlapped.period_start
    window of_quarter as (
        partition by
            {% for column in key %}months.{{ column }},
            {% endfor %}months.quarter_end,
            months.account_scope = 'all' and not months.is_shown and overlapped.period_start is null
    )
),

pooled as (
    select
        *,
        is_small and is_whole_quarter and quarter_count >= {{ var('shown_from_n') }} as is_of_quarter,
        sum(conversation_count) over of_year as year_count,
        min(period_start) over of_year as year_from
    from together
    window of_year as (
        partition by
            {{ key | join(', ') }}, year_end,
            is_small and is_whole_quarter and quarter_count >= {{ var('shown_from_n') }}, is_small
    )
)

select
    {% for column in key %}pooled.{{ column }},
    {% endfor %}
    periods.period_type,
    periods.period_start,
    periods.period_end,
    pooled.period_start as month_start,
    case
        when pooled.is_shown then true
        when pooled.is_of_quarter
            then pooled.quarter_from >= periods.period_start and pooled.quarter_end <= periods.period_end
        when pooled.is_small and pooled.is_whole_year and pooled.year_count >= {{ var('shown_from_n') }}
            then pooled.year_from >= periods.period_start and pooled.year_end <= periods.period_end
        else false
    end as is_counted
from pooled
inner join {{ ref('dim_period') }} as periods
    on pooled.period_start between periods.period_start and periods.period_end
        and periods.period_type not in ('week', 'month')
        and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
