-- The twelve questions that the benchmarks are to settle: what they say today, as a sentence made of the figures, or
-- what is missing. Of all forces together, in the newest final month, else week, where most was counted.
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

emergency as (
    select
        incidents.shares_per_post_7d as value,
        cast(null as double) as ci95_low,
        cast(null as double) as ci95_high,
        incidents.post_count as n,
        incidents.incident_name || ' (' || forces.force_name || '): ' || {{ thousands('incidents.post_count') }}
        || ' posts were shared ' || {{ thousands('incidents.share_count_7d') }} || ' times within seven days, '
        || {{ one_place('incidents.shares_per_post_7d') }} || ' a post'
        || coalesce(', where ' || {{ one_place('incidents.usual_shares_per_post_7d') }} || ' is usual', '') as sentence,
        row_number() over (
            order by incidents.share_count_7d desc, incidents.incident_id asc, incidents.force_id asc
        ) as nth
    from {{ ref('bench_incidents') }} as incidents
    inner join {{ ref('dim_force') }} as forces
        on incidents.force_id = forces.force_id
    where incidents.platform = 'all' and incidents.shares_per_post_7d is not null
),

answers as (
    select
        hours.value,
        hours.ci95_low,
        hours.ci95_high,
        hours.n,
        'In the ' || hours.period_type || ' from ' || cast(hours.period_start as varchar) || ' '
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
        'In the ' || officers.period_type || ' from ' || cast(officers.period_start as varchar)
        || ' a post of officers'' accounts on ' || officers.platform_name || ' had '
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

-- Forces with an open account, by platform.
presence as (
    select
        cast(null as double) as value,
        cast(null as double) as ci95_low,
        cast(null as double) as ci95_high,
        cast(max(forces.force_count) as bigint) as n,
        'Of ' || max(forces.force_count) || ' forces so many have an open account: '
        || {{ last_and(list_text(
            "counts.force_count || ' on ' || counts.platform_name",
            'counts.force_count desc, counts.platform_name asc'
        )) }} as sentence
    from (
        select platforms.platform_name, count(distinct accounts.force_id) as force_count
        from {{ ref('dim_account') }} as accounts
        inner join {{ ref('dim_platform') }} as platforms
            on accounts.platform = platforms.platform
        where accounts.closed_date is null
        group by platforms.platform_name
    ) as counts
    cross join (select count(*) as force_count from {{ ref('dim_force') }}) as forces
),

answered as (
    select 'emergency' as question_id, value, ci95_low, ci95_high, n, sentence from emergency where nth = 1
    union all
    select 'answers' as question_id, value, ci95_low, ci95_high, n, sentence from answers
    union all
    select 'officers' as question_id, value, ci95_low, ci95_high, n, sentence from officers where nth = 1
    union all
    select 'presence' as question_id, value, ci95_low, ci95_high, n, sentence from presence
)

select
    questions.question_id,
    questions.position,
    questions.claim,
    questions.question,
    answered.sentence is not null as is_answered,
    coalesce(answered.sentence, 'Cannot be answered yet: needs ' || questions.needs) || '.' as sentence,
    answered.value,
    answered.ci95_low,
    answered.ci95_high,
    answered.n,
    questions.caveat,
    {{ is_invented() }} as is_invented
from {{ ref('dim_question') }} as questions
left join answered
    on questions.question_id = answered.question_id
order by questions.position
