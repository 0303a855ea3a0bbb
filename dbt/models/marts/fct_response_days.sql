{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('month_end', 'periods_from_date') }}"
) }}

-- depends_on: {{ ref('stg_landing__window') }}
-- METHOD 4.10: of each force and day, all platforms together, how many public conversations were answered within the
-- hour and how many all forces would have answered of the same ones, by what they answered in the month. Of months that
-- a force shows on the platform, and of platforms whose terms do not hold them back.
select
    days.force_id,
    days.opened_date,
    standards.period_end as month_end,
    cast(sum(days.conversation_count) as bigint) as comparable_conversation_count,
    cast(sum(days.answered_count) as bigint) as comparable_answered_1h_count,
    cast(sum({{ exact('days.conversation_count * standards.answered_share') }}) as decimal(18, 6))
        as expected_answers_1h,
    {{ is_invented() }} as is_invented
from {{ ref('fct_response_hours') }} as days
inner join {{ ref('fct_response_standards') }} as standards
    on days.platform = standards.platform
        and days.is_weekend = standards.is_weekend
        and days.block = standards.block
        and days.opened_date between standards.period_start and standards.period_end
        and standards.period_type = 'month'
inner join {{ ref('fct_response_headlines') }} as shown
    on days.force_id = shown.force_id
        and days.platform = shown.platform
        and shown.channel = 'public'
        and shown.period_type = 'month'
        and standards.period_start = shown.period_start
        and shown.is_shown
inner join {{ ref('dim_platform') }} as platforms
    on days.platform = platforms.platform and not platforms.is_terms_restricted
group by days.force_id, days.opened_date, standards.period_end
order by days.opened_date, days.force_id
