{% set indicator = indicator_definition('median_first_reply_seconds') %}

-- METHOD 4.4: the first time at which the curve is at or under one half; its limits are where the bands are.
-- The sum of logarithms gives one half only to about 1e-12, hence the margin.
with {{ response_coverage() }},

bands as (
    select
        *,
        {{ survival_limit('survival', 'greenwood', '95', '+') }} as low95,
        {{ survival_limit('survival', 'greenwood', '95', '-') }} as high95,
        {{ survival_limit('survival', 'greenwood', '99.8', '+') }} as low998,
        {{ survival_limit('survival', 'greenwood', '99.8', '-') }} as high998
    from {{ ref('fct_response_survival') }}
),

medians as (
    select
        force_id,
        platform,
        period_type,
        period_start,
        max(at_risk_count) as n,
        min(waited_seconds) filter (where survival <= 0.5 + 1e-9) as value,
        min(waited_seconds) filter (where low95 <= 0.5) as ci95_low,
        min(waited_seconds) filter (where high95 <= 0.5) as ci95_high,
        min(waited_seconds) filter (where low998 <= 0.5) as ci998_low,
        min(waited_seconds) filter (where high998 <= 0.5) as ci998_high,
        max(waited_seconds) filter (where answered_count > 0) as last_answer_seconds
    from bands
    group by force_id, platform, period_type, period_start
),

-- Whom we stopped following before the median could still move it.
followed as (
    select
        medians.force_id,
        medians.platform,
        medians.period_type,
        medians.period_start,
        coalesce(bool_or(bands.censored_count > 0 and bands.waited_seconds < medians.value), false) as is_any_lost
    from medians
    inner join bands
        on medians.force_id = bands.force_id
            and medians.platform = bands.platform
            and medians.period_type = bands.period_type
            and medians.period_start = bands.period_start
    group by medians.force_id, medians.platform, medians.period_type, medians.period_start
),

summary as (
    select
        medians.*,
        cast(null as bigint) as numerator,
        'kaplan_meier_log_log' as ci_method,
        not followed.is_any_lost as is_followed,
        case when medians.value is null then 'not_reached' end as value_note,
        case when medians.value is null then 'fewer than half were answered while they were followed' end as note_detail
    from medians
    inner join followed
        on medians.force_id = followed.force_id
            and medians.platform = followed.platform
            and medians.period_type = followed.period_type
            and medians.period_start = followed.period_start
),

{{ response_rows(indicator) }}

select * from final
