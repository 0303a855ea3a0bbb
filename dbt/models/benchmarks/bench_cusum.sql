-- METHOD 4.10: since when a force answers less than it used to. A CUSUM of the answers within the hour against those
-- that all forces would have given to the same messages: each day adds log(c) · observed + (1 − c) · expected at the
-- force's usual ratio (Poisson), over the dispersion of its days where that is above 1, and it never falls below 0.
-- The usual ratio is that of half a year that ended four weeks before. By Lorden (1971) the mean time to a false alarm
-- is at least exp(threshold) days. An alarm is over when the sum has fallen from its highest by as much.
{% set change = var('cusum_change') %}
{% set threshold = 'ln(' ~ var('cusum_days_to_false_alarm') ~ ')' %}
{% set past = 'rows between unbounded preceding and current row' %}
with days as (
    select
        force_id,
        opened_date,
        {{ days_between("cast('2000-01-01' as date)", 'opened_date') }} as day_number,
        comparable_answered_1h_count as observed,
        cast(expected_answers_1h as double) as expected
    from {{ ref('fct_response_days') }}
    where expected_answers_1h > 0
),

windows as (
    select
        *,
        min(opened_date) over usual as usual_from_date,
        max(opened_date) over usual as usual_until_date,
        count(*) over usual as usual_days,
        sum(observed) over usual as usual_observed,
        cast(sum({{ exact('expected') }}) over usual as double) as usual_expected,
        cast(sum({{ exact('observed * observed / expected') }}) over usual as double) as usual_squares
    from days
    window usual as (
        partition by force_id order by day_number
        range between {{ 28 + var('cusum_usual_days') }} preceding and 29 preceding
    )
),

-- Pearson's statistic over its degrees of freedom.
ratios as (
    select
        *,
        usual_observed / usual_expected as usual_ratio,
        greatest(
            1.0, (usual_squares * usual_expected / usual_observed - usual_observed) / (usual_days - 1)
        ) as dispersion
    from windows
    where usual_days >= {{ var('cusum_from_days') }} and usual_observed >= {{ var('cusum_from_answers') }}
),

sums as (
    select
        *,
        sum({{ exact('(observed * ln(' ~ change ~ ') + (1 - ' ~ change ~ ') * usual_ratio * expected) / dispersion') }})
            over (partition by force_id order by day_number {{ past }}) as total,
        lead(opened_date) over (partition by force_id order by day_number) as next_date
    from ratios
),

lows as (
    select
        *,
        least(0, min(total) over (partition by force_id order by day_number {{ past }})) as lowest
    from sums
),

levels as (
    select
        *,
        cast(total - lowest as double) as level,
        coalesce(
            max(case when total = lowest then next_date end) over (
                partition by force_id order by day_number {{ past }}
            ),
            min(opened_date) over (partition by force_id)
        ) as rising_from_date
    from lows
),

alarms as (
    select
        *,
        max(level) over (partition by force_id, rising_from_date order by day_number {{ past }}) as highest
    from levels
),

ends as (
    select
        alarms.*,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        alarms.level > {{ threshold }} and alarms.highest - alarms.level < {{ threshold }} as is_worse,
        row_number() over (
            partition by alarms.force_id, periods.period_type, periods.period_start order by alarms.opened_date desc
        ) as nth_from_end
    from alarms
    inner join {{ ref('dim_period') }} as periods
        on alarms.opened_date between periods.period_start and periods.period_end
            and periods.period_type in ('week', 'month')
    cross join {{ ref('stg_landing__window') }} as clock
    where periods.period_type = 'month' or periods.period_start >= clock.oldest_week_date
)

-- In tenths: from the digits of a sum the counts of a day could be worked out.
select
    force_id,
    period_type,
    period_start,
    period_end,
    opened_date as stands_on_date,
    usual_from_date,
    usual_until_date,
    round(level, 1) as cusum,
    round({{ threshold }}, 1) as threshold,
    is_worse,
    case when is_worse then rising_from_date end as worse_since_date,
    {{ is_invented() }} as is_invented
from ends
where nth_from_end = 1
order by period_end, period_type, force_id
