-- METHOD 1 and 4.8: what the indicators of posts are without the days of declared incidents, of all accounts, for each
-- force that one concerned within the period, and for the groups that it counts in. A day's posts go with the day. What
-- is per day, per resident or follower is of the days that are left. Only of values that are published; no messages:
-- what came in an incident could be told from the two.
with days as (
    select distinct days.force_id, days.activity_date
    from {{ ref('fct_account_days') }} as days
    inner join {{ ref('dim_incident') }} as incidents
        on days.force_id = incidents.force_id
            and days.activity_date between incidents.from_date and incidents.until_date
),

-- Of the accounts that the period's figures are of.
left_out as (
    select
        days.force_id, account_days.platform, periods.period_type, periods.period_start,
        {% for measure in var('day_measures') %}
        cast(sum(account_days.{{ measure }}) as bigint) as {{ measure }},
        {% endfor %}
        count(distinct account_days.activity_date) as day_count
    from {{ ref('bench_incident_periods') }} as periods
    inner join days
        on periods.area_id = days.force_id
            and days.activity_date between periods.period_start and periods.period_end
    inner join {{ ref('fct_account_days') }} as account_days
        on days.force_id = account_days.force_id and days.activity_date = account_days.activity_date
    inner join {{ ref('fct_account_periods') }} as accounts
        on account_days.account_id = accounts.account_id
            and periods.period_type = accounts.period_type
            and periods.period_start = accounts.period_start
            and accounts.open_day_count > 0
            and not accounts.is_absent_at_end
    group by days.force_id, account_days.platform, periods.period_type, periods.period_start
),

{% for name, measures in [('part', 'left_out'), ('whole', ref('bench_measures'))] %}
{{ name }} as (
    select
        indicators.indicator_id, measures.force_id, measures.platform, measures.period_type, measures.period_start,
        {{ 'measures.day_count,' if name == 'part' }}
        {{ day_measure_named('indicators.denominator_measure') }} as denominator,
        {{ day_measure_named('indicators.n_measure') }} as n,
        {{ day_measure_named('indicators.numerator_measure') }} as numerator
    from {{ measures }} as measures
    cross join {{ ref('dim_indicator') }} as indicators
    where indicators.kind = 'ratio'
        and (indicators.known_by = 'posts' or indicators.known_by like 'values%')
        and {{ is_by_day('indicators.numerator_measure') }}
        {{ "and measures.account_scope = 'all'" if name == 'whole' }}
),

{% endfor %}
-- By how much each force's published sums are less; what is estimated of the whole is of the part in the same measure.
less as (
    select
        published.indicator_id, published.area_id as force_id, published.platform, published.period_type,
        published.period_start,
        case when whole.numerator > 0 then published.numerator * part.numerator / whole.numerator else 0.0 end
            as numerator,
        case
            when indicators.denominator_measure = 'force_day_count' then part.day_count
            when {{ is_by_day('indicators.denominator_measure') }} then part.denominator
            else published.denominator * part.day_count / periods.period_day_count
        end as denominator,
        case when {{ is_by_day('indicators.n_measure') }} then part.n else 0 end as n
    from {{ ref('bench_values') }} as published
    inner join {{ ref('dim_indicator') }} as indicators
        on published.indicator_id = indicators.indicator_id
    inner join {{ ref('bench_incident_periods') }} as periods
        on published.area_id = periods.area_id
            and published.period_type = periods.period_type
            and published.period_start = periods.period_start
    {% for name in ['part', 'whole'] %}
    inner join {{ name }}
        on published.indicator_id = {{ name }}.indicator_id
            and published.area_id = {{ name }}.force_id
            and published.platform = {{ name }}.platform
            and published.period_type = {{ name }}.period_type
            and published.period_start = {{ name }}.period_start
    {% endfor %}
    where published.account_scope = 'all' and published.value is not null
),

left_over as (
    select
        {% for column in ['period_end', 'value', 'unit', 'is_provisional'] %}
        any_value(published.{{ column }}) as {{ column }},
        {% endfor %}
        {% for sum in ['numerator', 'denominator', 'n'] %}
        any_value(published.{{ sum }}) - sum(less.{{ sum }}) as {{ sum }},
        {% endfor %}
        less.indicator_id, members.area_id, less.platform, less.period_type, less.period_start
    from less
    inner join {{ ref('dim_area_member') }} as members
        on less.force_id = members.force_id
    inner join {{ ref('bench_values') }} as published
        on less.indicator_id = published.indicator_id
            and members.area_id = published.area_id
            and less.platform = published.platform
            and less.period_type = published.period_type
            and less.period_start = published.period_start
            and published.account_scope = 'all'
            and published.value is not null
    group by less.indicator_id, members.area_id, less.platform, less.period_type, less.period_start
)

select
    left_over.indicator_id, left_over.area_id, left_over.platform, 'all' as account_scope, left_over.period_type,
    left_over.period_start, left_over.period_end, periods.incidents,
    left_over.value,
    case
        when left_over.n >= indicators.minimum_n and left_over.denominator > 0
            then indicators.multiplier * left_over.numerator / left_over.denominator
    end as value_without,
    left_over.unit,
    cast(left_over.n as bigint) as n_without,
    case
        when left_over.denominator <= 0 then 'nothing_to_count'
        when left_over.n < indicators.minimum_n then 'suppressed'
    end as value_note,
    left_over.is_provisional,
    {{ is_invented() }} as is_invented
from left_over
inner join {{ ref('dim_indicator') }} as indicators
    on left_over.indicator_id = indicators.indicator_id
inner join {{ ref('bench_incident_periods') }} as periods
    on left_over.area_id = periods.area_id
        and left_over.period_type = periods.period_type
        and left_over.period_start = periods.period_start
order by
    left_over.period_end, left_over.period_type, left_over.indicator_id, left_over.area_id, left_over.platform
