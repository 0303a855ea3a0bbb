{{ config(materialized='view') }}

-- What the figures of all forces together answer of the questions (bench_questions), in the newest final month, else
-- week, on the platform on which most was counted.
with final_values as (
    select
        cells.*,
        platforms.platform_name,
        row_number() over (
            partition by cells.indicator_id, cells.account_scope
            order by cells.period_type = 'month' desc, cells.period_end desc, cells.n desc, cells.platform asc
        ) as nth
    from {{ ref('bench_values') }} as cells
    inner join {{ ref('dim_platform') }} as platforms
        on cells.platform = platforms.platform
    where cells.area_id = 'all_forces'
        and cells.period_type in ('week', 'month')
        and cells.value is not null
        and not cells.is_provisional
),

answers as (
    select
        hours.value,
        hours.ci95_low,
        hours.ci95_high,
        hours.n,
        'In ' || {{ named_period('hours') }} || ', '
        || {{ one_place('hours.value') }} || '% of ' || {{ thousands('hours.n') }} || ' questions on '
        || hours.platform_name || ' were answered within the hour'
        || coalesce(
            ' (' || {{ one_place('hours.ci95_low') }} || ' to ' || {{ one_place('hours.ci95_high') }} || ')', ''
        )
        || coalesce(', ' || {{ one_place('days.value') }} || '% within a day', '')
        || coalesce(', ' || {{ one_place('100 - weeks.value') }} || '% not within a week', '') as sentence
    from final_values as hours
    {% for name, indicator_id in [('days', 'answered_24h_pct'), ('weeks', 'answered_7d_pct')] %}
    left join final_values as {{ name }}
        on {{ name }}.indicator_id = '{{ indicator_id }}'
            and hours.platform = {{ name }}.platform
            and hours.account_scope = {{ name }}.account_scope
            and hours.period_type = {{ name }}.period_type
            and hours.period_start = {{ name }}.period_start
    {% endfor %}
    where hours.indicator_id = 'answered_1h_pct' and hours.account_scope = 'all' and hours.nth = 1
),

officers as (
    select
        officers.value - official.value as value,
        cast(null as double) as ci95_low,
        cast(null as double) as ci95_high,
        officers.n + official.n as n,
        'In ' || {{ named_period('officers') }}
        || ', a post of officers'' accounts on ' || officers.platform_name || ' had '
        || {{ one_place('officers.value') }}
        || ' engagements at seven days, one of official accounts ' || {{ one_place('official.value') }} as sentence,
        row_number() over (
            order by
                officers.period_type = 'month' desc, officers.period_end desc, officers.n desc, officers.platform asc
        ) as nth
    from final_values as officers
    inner join final_values as official
        on officers.indicator_id = official.indicator_id
            and officers.platform = official.platform
            and officers.period_type = official.period_type
            and officers.period_start = official.period_start
    where officers.indicator_id = 'engagements_per_post'
        and officers.account_scope = 'officers'
        and official.account_scope = 'official'
),

broadcast as (
    select
        dormant.value, dormant.ci95_low, dormant.ci95_high, dormant.n,
        'In the thirty days to ' || {{ long_date('dormant.period_end') }} || ', '
        || {{ thousands('dormant.numerator') }} || ' of ' || {{ thousands('dormant.n') }} || ' open accounts on '
        || dormant.platform_name || ' said nothing'
        || coalesce(
            ', and of what was written in the ' || dormant.period_type || ' ' || {{ one_place('replies.value') }}
            || '% were replies', ''
        ) as sentence
    from final_values as dormant
    left join final_values as replies
        on replies.indicator_id = 'replies_pct'
            and dormant.platform = replies.platform
            and dormant.account_scope = replies.account_scope
            and dormant.period_type = replies.period_type
            and dormant.period_start = replies.period_start
    where dormant.indicator_id = 'dormant_accounts_pct' and dormant.account_scope = 'all' and dormant.nth = 1
),

hours as (
    select
        covered.value, covered.ci95_low, covered.ci95_high, covered.n,
        'In ' || {{ named_period('covered') }} || ', the forces covered '
        || {{ one_place('covered.value') }} || '% of the hours of the week in which three questions or more came on '
        || covered.platform_name || ': half of them at least were answered within the hour'
        || coalesce(
            '; of what came at night ' || {{ one_place('night.value') }} || '% was answered within it, by day '
            || {{ one_place('day.value') }} || '%', ''
        )
        || coalesce(
            '; at weekends ' || {{ one_place('weekend.value') }} || '%, on weekdays '
            || {{ one_place('weekday.value') }} || '%', ''
        ) as sentence
    from final_values as covered
    {% for part in ['night', 'day', 'weekend', 'weekday'] %}
    left join final_values as {{ part }}
        on {{ part }}.indicator_id = 'answered_1h_{{ part }}_pct'
            and covered.platform = {{ part }}.platform
            and covered.account_scope = {{ part }}.account_scope
            and covered.period_type = {{ part }}.period_type
            and covered.period_start = {{ part }}.period_start
    {% endfor %}
    where covered.indicator_id = 'hours_covered_pct' and covered.account_scope = 'all' and covered.nth = 1
),

costs as (
    select
        costs.value, costs.ci95_low, costs.ci95_high, costs.n,
        'The ' || case indicators.metrics
            when 'view_count' then 'views' when 'impression_count' then 'impressions' else 'gross reach'
        end || ' of ' || {{ thousands('costs.n') }} || ' posts on ' || costs.platform_name || ' in '
        || {{ named_period('costs') }} || ' would have cost £'
        || {{ thousands('costs.value') }} || ', ' || prices.card_text as sentence,
        row_number() over (
            order by costs.period_type asc, costs.period_end desc, costs.n desc, indicators.position asc
        ) as nth
    from final_values as costs
    inner join {{ ref('dim_indicator') }} as indicators
        on costs.indicator_id = indicators.indicator_id
            and indicators.is_priced and indicators.denominator_measure is null
    inner join {{ ref('bench_priced_periods') }} as prices
        on costs.platform = prices.platform and indicators.metrics = prices.metric
            and costs.period_type = prices.period_type and costs.period_start = prices.period_start
    where costs.account_scope = 'all' and costs.nth = 1
)

select 'answers' as question_id, value, ci95_low, ci95_high, n, sentence from answers
union all
select 'officers' as question_id, value, ci95_low, ci95_high, n, sentence from officers where nth = 1
union all
select 'broadcast' as question_id, value, ci95_low, ci95_high, n, sentence from broadcast
union all
select 'hours' as question_id, value, ci95_low, ci95_high, n, sentence from hours
union all
select 'value' as question_id, value, ci95_low, ci95_high, n, sentence from costs where nth = 1
