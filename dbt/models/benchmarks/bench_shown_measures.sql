{{ config(materialized='view') }}

-- The measures of bench_measures, those of conversations made of what is shown alone: a quarter, year or twelve months
-- of the months that it counts, the platform `all` of the platforms whose own cell is shown. So nobody can take
-- published numbers from each other and keep a small one (docs/decisions/0012-suppression-holds.md). Neighbourhoods are
-- counted on all platforms together.
{% set of_messages = measures_of_messages() %}
{% set others = var('day_measures') | reject('in', of_messages) | list %}
with shown as (
    select
        force_id, platform, account_scope, period_type, period_start,
        coalesce(bool_or(is_shown) filter (where channel = 'public'), false) as is_public_shown,
        coalesce(bool_or(is_shown) filter (where channel = 'direct'), false) as is_direct_shown
    from {{ ref('fct_response_shown') }}
    where period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    group by force_id, platform, account_scope, period_type, period_start
),

platforms as (
    select
        measures.force_id,
        measures.platform,
        measures.account_scope,
        measures.period_type,
        measures.period_start,
        {% for measure in of_messages %}
        case when measures.period_type in ('week', 'month') then measures.{{ measure }} else longer.{{ measure }} end
            as {{ measure }},
        {% endfor %}
        measures.post_variance,
    {% for channel in ['public', 'direct'] %}
    coalesce(shown.is_{{ channel }}_shown, longer.is_{{ channel }}_shown, false) as is_{{ channel }}_shown,
    nullif(longer.{{ channel }}_left_out_count, 0) || case longer.{{ channel }}_left_out_count
        when 1 then ' month with too few to show is left out'
        else ' months with too few to show are left out'
    end as {{ channel }}_left_out{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('bench_counted_measures') }} as measures
    left join shown
        on measures.force_id = shown.force_id
            and measures.platform = shown.platform
            and measures.account_scope = shown.account_scope
            and measures.period_type = shown.period_type
            and measures.period_start = shown.period_start
    left join {{ ref('bench_longer_measures') }} as longer
        on measures.force_id = longer.force_id
            and measures.platform = longer.platform
            and measures.account_scope = longer.account_scope
            and measures.period_type = longer.period_type
            and measures.period_start = longer.period_start
    where measures.platform <> 'all'
        and measures.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

pooled as (
    select * from platforms
    union all
    select
        platforms.force_id,
        'all' as platform,
        platforms.account_scope,
        platforms.period_type,
        platforms.period_start,
        {% for measure in of_messages %}
        {% set channel = 'direct' if measure.startswith('direct_') else 'public' %}
        sum(platforms.{{ measure }}) filter (where platforms.is_{{ channel }}_shown) as {{ measure }},
        {% endfor %}
        cast(null as decimal(18, 6)) as post_variance,
    {% for channel, measure in [('public', 'conversation_count'), ('direct', 'direct_conversation_count')] %}
    bool_or(platforms.is_{{ channel }}_shown) as is_{{ channel }}_shown,
    'too few to show from ' || {{ last_and(list_text(
            'case when ' ~ measure ~ ' is not null and not is_' ~ channel ~ '_shown then names.platform_name end',
            'names.platform_name'
        )) }} || ' are left out' as {{ channel }}_left_out{{ ',' if not loop.last }}
    {% endfor %}
    from platforms
    inner join {{ ref('dim_platform') }} as names
        on platforms.platform = names.platform and not names.is_terms_restricted
    group by platforms.force_id, platforms.account_scope, platforms.period_type, platforms.period_start
),

-- Those whose residents nobody knows are in the first two alone.
neighbourhoods as (
    select
        force_id, platform, period_type, period_start,
        count(*) as neighbourhood_count,
        count(*) filter (where account_count = 0) as unserved_neighbourhood_count,
        sum(resident_count) as neighbourhood_resident_count,
        sum(case when resident_count is not null then if(account_count > 0, resident_count, 0) end)
            as served_resident_count
    from {{ ref('bench_neighbourhoods') }}
    where platform = 'all' and period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    group by force_id, platform, period_type, period_start
),

-- As the register has them: those whose terms hold their figures back are used all the same.
used as (
    select
        force_id, 'all' as platform, account_scope, period_type, period_start,
        count(*) filter (where open_account_count > 0) as used_platform_count,
        count(distinct force_id) as force_count
    from {{ ref('bench_measures') }}
    where platform <> 'all' and period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    group by force_id, account_scope, period_type, period_start
)

select
    measures.force_id, measures.platform, measures.account_scope, measures.period_type, measures.period_start,
    measures.period_end, measures.account_count, measures.open_account_count, measures.follower_count,
    measures.official_follower_count, measures.settled_account_count, measures.dormant_account_count,
    measures.kept_account_count, measures.follower_count_before, measures.follower_gain_count, measures.force_day_count,
    measures.messages_due_day_count,
    {% for measure in others %}
    measures.{{ measure }},
    {% endfor %}
    {% for measure in of_messages %}
    {% if measure in var('day_measures') %}cast(pooled.{{ measure }} as bigint){% else %}pooled.{{ measure }}{% endif %}
        as {{ measure }},
    {% endfor %}
    measures.followers_missing, measures.posts_missing, measures.messages_missing, measures.direct_missing,
    measures.messages_known_on, measures.direct_known_on, measures.resident_count, measures.population_vintage,
    neighbourhoods.neighbourhood_count, neighbourhoods.unserved_neighbourhood_count,
    neighbourhoods.neighbourhood_resident_count, neighbourhoods.served_resident_count,
    used.used_platform_count, used.force_count,
    pooled.post_variance, pooled.is_public_shown, pooled.is_direct_shown, pooled.public_left_out, pooled.direct_left_out
from {{ ref('bench_measures') }} as measures
inner join pooled
    on measures.force_id = pooled.force_id
        and measures.platform = pooled.platform
        and measures.account_scope = pooled.account_scope
        and measures.period_type = pooled.period_type
        and measures.period_start = pooled.period_start
left join neighbourhoods
    on measures.force_id = neighbourhoods.force_id
        and measures.platform = neighbourhoods.platform
        and measures.period_type = neighbourhoods.period_type
        and measures.period_start = neighbourhoods.period_start
left join used
    on measures.force_id = used.force_id
        and measures.platform = used.platform
        and measures.account_scope = used.account_scope
        and measures.period_type = used.period_type
        and measures.period_start = used.period_start
