{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- METHOD 4.8: how many public conversations of each force, platform, account scope, week and month were answered within
-- the hour, and how many all forces together would have answered of the same ones. Where nobody shows anything there is
-- nothing to compare with, and the conversation does not count. METHOD 4.6: of the 168 hours of the week those with
-- enough of them, and those of which at least half were answered within the hour; the parts of a month of all accounts
-- that can be shown; and METHOD 4.5: those of the accounts whose staffed hours are declared, by their clock.
with strata as (
    select
        days.force_id,
        days.platform,
        scopes.account_scope,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        days.is_weekend,
        days.block,
        days.day_of_week,
        days.hour_of_day,
        cast(sum(days.conversation_count) as bigint) as conversation_count,
        cast(sum(days.answered_count) as bigint) as answered_count
    from {{ ref('fct_response_hours') }} as days
    inner join {{ ref('dim_account_scope') }} as scopes
        on days.account_type = scopes.account_type
    inner join {{ ref('dim_period') }} as periods
        on days.opened_date between periods.period_start and periods.period_end
            and periods.period_type in ('week', 'month')
            and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    group by all
),

expected as (
    select
        strata.force_id,
        strata.platform,
        strata.account_scope,
        strata.period_type,
        strata.period_start,
        strata.period_end,
        cast(sum(strata.conversation_count) as bigint) as comparable_conversation_count,
        cast(sum(strata.answered_count) as bigint) as comparable_answered_1h_count,
        cast(sum({{ exact('strata.conversation_count * standards.answered_share') }}) as decimal(18, 6))
            as expected_answers_1h,
        count(*) filter (where strata.conversation_count >= {{ var('hour_from_n') }}) as asked_hour_count,
        count(*) filter (
            where strata.conversation_count >= {{ var('hour_from_n') }}
            and 2 * strata.answered_count >= strata.conversation_count
        ) as covered_hour_count
    from strata
    inner join {{ ref('fct_response_standards') }} as standards
        on strata.platform = standards.platform
            and strata.period_type = standards.period_type
            and strata.period_start = standards.period_start
            and strata.is_weekend = standards.is_weekend
            and strata.block = standards.block
    group by
        strata.force_id, strata.platform, strata.account_scope, strata.period_type, strata.period_start,
        strata.period_end
)

select
    expected.*,
    {% for part in ['night', 'day', 'weekend', 'weekday'] %}
    parts.{{ part }}_conversation_count,
    parts.{{ part }}_answered_1h_count,
    {% endfor %}
    staffed.staffed_account_count,
    staffed.staffed_left_out_count,
    staffed.staffed_conversation_count,
    staffed.staffed_answered_1h_count,
    staffed.staffed_lost_1h_count,
    {{ is_invented() }} as is_invented
from expected
left join {{ ref('fct_response_parts') }} as parts
    on expected.force_id = parts.force_id
        and expected.platform = parts.platform
        and expected.account_scope = parts.account_scope
        and expected.period_type = parts.period_type
        and expected.period_start = parts.period_start
left join {{ ref('fct_response_staffed') }} as staffed
    on expected.force_id = staffed.force_id
        and expected.platform = staffed.platform
        and expected.account_scope = staffed.account_scope
        and expected.period_type = staffed.period_type
        and expected.period_start = staffed.period_start
order by
    expected.period_end, expected.period_type, expected.force_id, expected.platform, expected.account_scope
