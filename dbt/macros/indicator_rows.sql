{# How an indicator's model ends: the shared columns, notes and the nation. Statistics are in intervals.sql. #}

{# The columns of every bench_<indicator> and of bench_values, in their order. #}
{% macro benchmark_columns() %}
{{ return([
    'indicator_id', 'indicator_version', 'force_id', 'platform', 'account_scope', 'period_type', 'period_start',
    'period_end', 'numerator', 'denominator', 'n', 'value', 'unit', 'ci95_low', 'ci95_high', 'ci998_low',
    'ci998_high', 'ci_method', 'value_note', 'note_detail', 'is_provisional', 'population_vintage', 'is_invented'
]) }}
{% endmacro %}

{# Why the nation has no value: the note that promises most, of those that its forces have. #}
{% macro national_note() -%}
case
    {%- for note in [
        'provisional', 'late', 'not_collected', 'not_reached', 'suppressed', 'not_authorised', 'terms_restricted',
        'deprecated', 'not_offered', 'no_account'
    ] %}
    when bool_or(value_note = '{{ note }}') then '{{ note }}'
    {%- endfor %}
    else 'not_applicable'
end
{%- endmacro %}

{#
    From a CTE `measured` (force_id, platform, period_type, period_start, numerator, denominator, n, value_note,
    note_detail) to the rows of an indicator that is a ratio of sums. The nation is the sum over forces with a
    value, says how many they are, and is provisional while one of the others is; the sum over too few of the forces
    that could have a value is not the nation's.
#}
{% macro ratio_rows(indicator) %}
cells as (
    select * from {{ ref('fct_cells') }} where indicator_id = '{{ indicator.indicator_id }}'
),

force_rows as (
    select
        cells.force_id,
        cells.platform,
        cells.period_type,
        cells.period_start,
        cells.period_end,
        cells.days_since_end_count,
        cells.population_vintage,
        measured.numerator,
        {{ 'cells.population' if indicator.is_per_head else 'measured.denominator' }} as denominator,
        measured.n,
        coalesce(
            cells.value_note,
            measured.value_note,
            case
                when measured.force_id is null then 'no_account'
                {%- if indicator.is_per_head %}
                when cells.population is null then 'not_applicable'
                {%- else %}
                when measured.denominator = 0 then 'suppressed'
                {%- endif %}
                when measured.n < {{ indicator.minimum_n }} then 'suppressed'
            end
        ) as value_note,
        case
            when cells.value_note is not null then cells.note_detail
            when measured.note_detail is not null then measured.note_detail
            when measured.force_id is null then 'no account was open at the end of the period'
            {%- if indicator.is_per_head %}
            when cells.population is null then 'no population of this year or before is known'
            {%- else %}
            when measured.denominator = 0 then 'nothing to divide by'
            {%- endif %}
            when measured.n < {{ indicator.minimum_n }} then 'fewer than {{ indicator.minimum_n }} to count'
        end as note_detail,
        false as is_any_provisional
    from cells
    left join measured
        on cells.force_id = measured.force_id
            and cells.platform = measured.platform
            and cells.period_type = measured.period_type
            and cells.period_start = measured.period_start
    where cells.force_id <> 'national'
),

nation as (
    select
        platform,
        period_type,
        period_start,
        sum(numerator) filter (where value_note is null) as numerator,
        sum(denominator) filter (where value_note is null) as denominator,
        sum(n) filter (where value_note is null) as n,
        count(*) filter (where value_note is null) as valued_count,
        count(*) filter (
            where value_note is null
                or value_note in ('provisional', 'late', 'not_collected', 'suppressed', 'not_authorised')
        ) as expected_count,
        coalesce(bool_or(value_note = 'provisional'), false) as is_any_provisional,
        {{ national_note() }} as worst_note,
        min(population_vintage) filter (where value_note is null) as first_vintage,
        max(population_vintage) filter (where value_note is null) as last_vintage
    from force_rows
    group by platform, period_type, period_start
),

nation_rows as (
    select
        cells.force_id,
        cells.platform,
        cells.period_type,
        cells.period_start,
        cells.period_end,
        cells.days_since_end_count,
        case
            when nation.first_vintage = nation.last_vintage then nation.first_vintage
            else nation.first_vintage || ' to ' || nation.last_vintage
        end as population_vintage,
        nation.numerator,
        nation.denominator,
        nation.n,
        coalesce(
            cells.value_note,
            case
                when nation.valued_count = 0
                    or nation.valued_count < {{ var('minimum_national_share') }} * nation.expected_count
                    then nation.worst_note
            end
        ) as value_note,
        coalesce(
            cells.note_detail,
            'forces with a value: ' || nation.valued_count || ' of ' || nation.expected_count
            || case when nation.is_any_provisional then ', others are provisional' else '' end
        ) as note_detail,
        nation.is_any_provisional
    from cells
    inner join nation
        on cells.platform = nation.platform
            and cells.period_type = nation.period_type
            and cells.period_start = nation.period_start
    where cells.force_id = 'national'
),

rows_with_nation as (
    select * from force_rows
    union all
    select * from nation_rows
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
        case when value_note is null then cast(denominator as double) end as denominator,
        case when value_note is null then cast(n as bigint) end as n,
        case when value_note is null then {{ indicator.multiplier }} * cast(numerator as double) / denominator end as value,
        '{{ indicator.unit }}' as unit,
        {{ count_limits(indicator) }}
        value_note,
        note_detail,
        coalesce(value_note = 'provisional', days_since_end_count <= 1 or is_any_provisional) as is_provisional,
        {{ 'population_vintage' if indicator.is_per_head else 'cast(null as varchar)' }} as population_vintage,
        {{ is_invented() }} as is_invented
    from rows_with_nation
)
{% endmacro %}

{# The four limits and the method of a ratio: those of its count (METHOD 1), or none. #}
{% macro count_limits(indicator) %}
{%- set is_count = indicator.interval_method == 'byar' -%}
{%- for confidence, name in [('95', 'ci95'), ('99.8', 'ci998')] %}
{%- for side, limit in [('low', count_lower('numerator', confidence)), ('high', count_upper('numerator', confidence))] %}
        {% if is_count -%}
        case when value_note is null then {{ indicator.multiplier }} * ({{ limit }}) / denominator end as {{ name }}_{{ side }},
        {%- else -%}
        cast(null as double) as {{ name }}_{{ side }},
        {%- endif %}
{%- endfor %}
{%- endfor %}
        {% if is_count -%}
        case when value_note is not null then 'none' when numerator < 10 then 'exact_poisson' else 'byar' end as ci_method,
        {%- else -%}
        'none' as ci_method,
        {%- endif %}
{% endmacro %}
