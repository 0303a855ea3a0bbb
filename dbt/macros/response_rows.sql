{# How the models of response times begin and end. The curve itself is fct_response_survival (METHOD 4). #}

{#
    Which force × platform × period had its messages collected; "all" is what was collected of its platforms, the
    nation is collected where at least half of the forces with an account are.
#}
{% macro response_coverage() %}
by_platform as (
    select
        accounts.force_id,
        accounts.platform,
        platforms.is_terms_restricted,
        accounts.period_type,
        accounts.period_start,
        count(*) as due_count,
        count(*) filter (where accounts.is_messages_collected) as collected_count,
        {{ list_text(
            'case when not accounts.is_messages_collected then ' ~ account_with_reason('accounts.') ~ ' end',
            'accounts.account_id'
        ) }} as missing_accounts,
        -- Asked and not answered: a platform that comes with returns alone is not missing.
        {{ list_text(
            "case when not accounts.is_messages_collected and nullif(accounts.last_reason, '') is not null then "
            ~ account_with_reason('accounts.') ~ ' end',
            'accounts.account_id'
        ) }} as failed_accounts
    from {{ ref('fct_account_periods') }} as accounts
    inner join {{ ref('dim_platform') }} as platforms
        on accounts.platform = platforms.platform
    where not accounts.is_absent_at_end
    group by
        accounts.force_id, accounts.platform, platforms.is_terms_restricted, accounts.period_type,
        accounts.period_start
),

by_force as (
    select
        force_id,
        platform,
        period_type,
        period_start,
        collected_count >= {{ var('minimum_valued_share') }} * due_count as is_collected,
        case when collected_count < due_count then 'messages were not collected from: ' || missing_accounts end
            as note_detail
    from by_platform
    union all
    select
        force_id,
        'all' as platform,
        period_type,
        period_start,
        bool_or(collected_count > 0) as is_collected,
        coalesce(
            'messages of ' || {{ list_text('case when collected_count > 0 then platform end', 'platform') }},
            'messages were collected from no account'
        ) || coalesce('; not collected: ' || {{ list_text('failed_accounts', 'platform') }}, '') as note_detail
    from by_platform
    where not is_terms_restricted
    group by force_id, period_type, period_start
),

coverage as (
    select * from by_force
    union all
    select
        'national' as force_id,
        platform,
        period_type,
        period_start,
        count(*) filter (where is_collected) >= {{ var('minimum_national_share') }} * count(*) as is_collected,
        'forces collected: ' || count(*) filter (where is_collected) || ' of ' || count(*) as note_detail
    from by_force
    group by platform, period_type, period_start
)
{% endmacro %}

{#
    From CTEs `coverage` and `summary` (force_id, platform, period_type, period_start, n, numerator, value, four
    limits, ci_method, is_followed, value_note, note_detail), both with rows for the nation where they have any.
#}
{% macro response_rows(indicator) %}
{#- Until when a missing answer may only be a young one: the horizon, or as long as a thread is read. -#}
{%- set horizon_days = indicator.horizon_seconds // 86400 if indicator.horizon_seconds else var('messages_horizon_hours') // 24 %}
joined as (
    select
        cells.force_id,
        cells.platform,
        cells.period_type,
        cells.period_start,
        cells.period_end,
        cells.days_since_end_count,
        summary.numerator,
        summary.n,
        summary.value,
        summary.ci95_low,
        summary.ci95_high,
        summary.ci998_low,
        summary.ci998_high,
        summary.ci_method,
        summary.is_followed,
        coalesce(
            cells.value_note,
            case
                when coverage.is_collected is not true
                    then case when cells.days_since_end_count <= 1 then 'provisional' else 'not_collected' end
                when summary.n is null or summary.n < {{ indicator.minimum_n }} then 'suppressed'
            end,
            case
                when summary.value_note is not null and cells.days_since_end_count <= {{ 1 + horizon_days }} then 'provisional'
                else summary.value_note
            end
        ) as value_note,
        case
            when cells.value_note is not null then cells.note_detail
            when coverage.is_collected is not true
                then coalesce(coverage.note_detail, 'messages were collected from no account')
            when summary.n is null or summary.n < {{ indicator.minimum_n }}
                then 'fewer than {{ indicator.minimum_n }} conversations'
            else coalesce(summary.note_detail, coverage.note_detail)
        end as note_detail
    from {{ ref('fct_cells') }} as cells
    left join coverage
        on cells.force_id = coverage.force_id
            and cells.platform = coverage.platform
            and cells.period_type = coverage.period_type
            and cells.period_start = coverage.period_start
    left join summary
        on cells.force_id = summary.force_id
            and cells.platform = summary.platform
            and cells.period_type = summary.period_type
            and cells.period_start = summary.period_start
    where cells.indicator_id = '{{ indicator.indicator_id }}'
),

final as (
    select
        '{{ indicator.indicator_id }}' as indicator_id,
        '{{ indicator.version }}' as indicator_version,
        force_id,
        platform,
        'all' as account_scope,
        period_type,
        period_start,
        period_end,
        case when value_note is null then cast(numerator as double) end as numerator,
        case when value_note is null and numerator is not null then cast(n as double) end as denominator,
        case when value_note is null then n end as n,
        case when value_note is null then value end as value,
        '{{ indicator.unit }}' as unit,
        case when value_note is null then ci95_low end as ci95_low,
        case when value_note is null then ci95_high end as ci95_high,
        case when value_note is null then ci998_low end as ci998_low,
        case when value_note is null then ci998_high end as ci998_high,
        case when value_note is null then ci_method else 'none' end as ci_method,
        value_note,
        note_detail,
        coalesce(
            value_note = 'provisional',
            days_since_end_count <= 1
            -- Threads are read for eight days: after that nobody's wait gets any longer.
            or (not is_followed and days_since_end_count <= {{ 1 + var('messages_horizon_hours') // 24 }})
        ) as is_provisional,
        cast(null as varchar) as population_vintage,
        {{ is_invented() }} as is_invented
    from joined
)
{% endmacro %}

{# `summary` of the share answered within the indicator's horizon. #}
{% macro answered_within(indicator) %}
{%- set horizon = indicator.horizon_seconds -%}
groups as (
    select
        curve.force_id,
        curve.platform,
        curve.period_type,
        curve.period_start,
        max(curve.at_risk_count) as n,
        cast(sum(curve.answered_count) filter (where curve.waited_seconds <= {{ horizon }}) as bigint) as answered_count,
        cast(sum(curve.censored_count) filter (where curve.waited_seconds < {{ horizon }}) as bigint) as lost_count,
        max(curve.waited_seconds) as longest_wait_seconds,
        max_by(curve.survival, curve.waited_seconds) filter (where curve.waited_seconds <= {{ horizon }}) as survival,
        max_by(curve.greenwood, curve.waited_seconds) filter (where curve.waited_seconds <= {{ horizon }}) as greenwood
    from {{ ref('fct_response_survival') }} as curve
    group by curve.force_id, curve.platform, curve.period_type, curve.period_start
),

counted as (
    select
        *,
        -- No step at or before the horizon: nobody was answered by then, and nobody lost.
        case when answered_count is null then 0 else answered_count end as x,
        lost_count is null or lost_count = 0 as is_followed,
        -- The curve says nothing beyond the longest wait, unless it has come down to 0.
        longest_wait_seconds >= {{ horizon }} or survival = 0 as is_known_at_horizon
    from groups
),

summary as (
    select
        force_id,
        platform,
        period_type,
        period_start,
        n,
        x as numerator,
        is_followed,
        {{ indicator.multiplier }} * case when is_followed then cast(x as double) / n else 1 - survival end as value,
        {% for confidence, name in [('95', 'ci95'), ('99.8', 'ci998')] %}
        {{ indicator.multiplier }} * case
            when is_followed then {{ wilson_lower('x', 'n', confidence) }}
            else 1 - {{ survival_limit('survival', 'greenwood', confidence, '-') }}
        end as {{ name }}_low,
        {{ indicator.multiplier }} * case
            when is_followed then {{ wilson_upper('x', 'n', confidence) }}
            else 1 - {{ survival_limit('survival', 'greenwood', confidence, '+') }}
        end as {{ name }}_high,
        {% endfor %}
        case when is_followed then 'wilson' else 'kaplan_meier_log_log' end as ci_method,
        case when not is_followed and not is_known_at_horizon then 'not_collected' end as value_note,
        case
            when is_followed then null
            when is_known_at_horizon then lost_count || ' conversations were not followed to the horizon'
            else 'no conversation was followed to the horizon'
        end as note_detail
    from counted
)
{% endmacro %}
