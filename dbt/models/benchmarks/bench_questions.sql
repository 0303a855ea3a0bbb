-- The twelve questions that the benchmarks are to settle: what they say today, as a sentence made of the figures, or
-- what is missing.
with emergency as (
    select
        incidents.shares_per_post_7d as value,
        cast(null as double) as ci95_low, cast(null as double) as ci95_high,
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

-- Forces with an open account, by platform.
presence as (
    select
        cast(null as double) as value, cast(null as double) as ci95_low, cast(null as double) as ci95_high,
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

mergers as (
    select
        cast(null as double) as value, cast(null as double) as ci95_low, cast(null as double) as ci95_high,
        count(*) as n,
        'Of ' || count(*) || ' mergers and closings with twelve weeks on each side engagements at seven days rose in '
        || count(*) filter (where effect > 0 and p_value < 0.05) || ' and fell in '
        || count(*) filter (where effect < 0 and p_value < 0.05)
        || ', against forces that merged nothing; in the others they changed by no more than chance does' as sentence
    from {{ ref('bench_merger_effects') }}
    where outcome = 'engagement_count_7d' and effect is not null
    having count(*) > 0
),

-- What came of appeals is final four weeks after the month: the newest of which it is.
came as (
    select
        'in ' || {{ named_period('outcomes') }} || ', ' || {{ one_place('outcomes.value') }} || ' of 100 appeals on '
        || platforms.platform_name || ' had an outcome within four weeks' as said,
        row_number() over (order by outcomes.period_end desc, outcomes.n desc, outcomes.platform asc) as nth
    from {{ ref('bench_values') }} as outcomes
    inner join {{ ref('dim_platform') }} as platforms
        on outcomes.platform = platforms.platform
    where outcomes.indicator_id = 'outcomes_per_100_appeals' and outcomes.area_id = 'all_forces'
        and outcomes.period_type = 'month' and outcomes.value is not null and not outcomes.is_provisional
),

-- In the newest final month, else week, on the platform on which most posts were told; views where they were read.
appeals as (
    select
        shares.value,
        cast(null as double) as ci95_low, cast(null as double) as ci95_high,
        shares.n,
        'In ' || {{ named_period('shares') }} || ', '
        || {{ one_place('shares.value') }} || '% of ' || {{ thousands('shares.n') }} || ' posts on '
        || platforms.platform_name || ' were appeals, as far as their texts tell'
        || coalesce(', and ' || {{ one_place('missing.value') }} || '% were for missing persons', '')
        || coalesce(
            '; an appeal on ' || seen_platforms.platform_name || ' had ' || {{ one_place('seen.value') }}
            || ' views after a day', '; what they reached in their first day was not read'
        ) || '; '
        || coalesce(came.said, 'what came of them is not known, for it needs outcomes that forces return') as sentence,
        row_number() over (
            order by
                shares.period_type = 'month' desc, shares.period_end desc, shares.n desc, shares.platform asc,
                seen.n desc nulls last, seen.platform asc
        ) as nth
    from {{ ref('bench_values') }} as shares
    inner join {{ ref('dim_platform') }} as platforms
        on shares.platform = platforms.platform
    left join (select * from {{ ref('bench_values') }} where indicator_id = 'missing_person_posts_pct') as missing
        on shares.area_id = missing.area_id and shares.platform = missing.platform
            and shares.period_type = missing.period_type and shares.period_start = missing.period_start
    left join (
        select * from {{ ref('bench_values') }} where indicator_id = 'views_24h_per_appeal' and value is not null
    ) as seen
        on shares.area_id = seen.area_id
            and shares.period_type = seen.period_type and shares.period_start = seen.period_start
    left join {{ ref('dim_platform') }} as seen_platforms
        on seen.platform = seen_platforms.platform
    left join came
        on came.nth = 1
    where shares.indicator_id = 'appeal_posts_pct' and shares.area_id = 'all_forces'
        and shares.value is not null and not shares.is_provisional
),

answered as (
    select 'emergency' as question_id, value, ci95_low, ci95_high, n, sentence from emergency where nth = 1
    union all
    select question_id, value, ci95_low, ci95_high, n, sentence from {{ ref('bench_question_values') }}
    union all
    select 'appeals' as question_id, value, ci95_low, ci95_high, n, sentence from appeals where nth = 1
    union all
    select 'mergers' as question_id, value, ci95_low, ci95_high, n, sentence from mergers
    union all
    select 'neighbourhoods' as question_id, value, ci95_low, ci95_high, n, sentence
    from {{ ref('bench_question_neighbourhoods') }}
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
