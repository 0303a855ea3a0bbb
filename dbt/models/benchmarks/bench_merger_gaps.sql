{{ config(materialized='view') }}

-- Each force of each case against the ten others whose trend before was most like its own (difference-in-differences):
-- how much more it changed than they did on average, divided by how much it differed from them from week to week
-- before. What comes out for those that merged nothing is what chance does.
{% set case_key = ['force_id', 'platform', 'event_week', 'outcome', 'weeks_earlier'] %}
with pairs as (
    select
        units.*,
        others.unit_id as other_id,
        others.slope as other_slope,
        others.change as other_change,
        row_number() over (
            partition by
                {% for column in case_key %}
                units.{{ column }},
                {% endfor %}
                units.unit_id
            order by abs(units.slope - others.slope), others.unit_id
        ) as nth
    from {{ ref('bench_merger_units') }} as units
    inner join {{ ref('bench_merger_units') }} as others
        on units.unit_id <> others.unit_id
            and not others.is_merger
            {% for column in case_key %}
            and units.{{ column }} = others.{{ column }}
            {% endfor %}
),

matched as (
    select * from pairs where nth <= {{ var('merger_comparators') }}
),

places as (
    select
        units.*,
        cases.week_number,
        cases.figure / units.scale as place
    from {{ ref('bench_merger_units') }} as units
    inner join {{ ref('bench_merger_cases') }} as cases
        on units.unit_id = cases.unit_id
            {% for column in case_key %}
            and units.{{ column }} = cases.{{ column }}
            {% endfor %}
    where not cases.is_after
),

-- How far each was from the mean of its ten in each week before.
weekly as (
    select
        {% for column in case_key %}
        own.{{ column }},
        {% endfor %}
        own.unit_id,
        own.week_number,
        own.place - avg(others.place) as distance
    from matched
    inner join places as own
        on matched.unit_id = own.unit_id
            {% for column in case_key %}
            and matched.{{ column }} = own.{{ column }}
            {% endfor %}
    inner join places as others
        on matched.other_id = others.unit_id
            and own.week_number = others.week_number
            {% for column in case_key %}
            and matched.{{ column }} = others.{{ column }}
            {% endfor %}
    group by
        {% for column in case_key %}
        own.{{ column }},
        {% endfor %}
        own.unit_id, own.week_number, own.place
),

variances as (
    select
        {{ case_key | join(', ') }}, unit_id, unit_id = force_id as is_merger,
        var_samp(distance) as variance
    from weekly
    group by {{ case_key | join(', ') }}, unit_id
),

-- Twelve weeks tell little of a force's own noise, and nothing of slower ones: a third is that of all
-- (docs/decisions/0016-mergers.md).
noises as (
    select
        *,
        nullif(round(sqrt((2 * variance + avg(case when not is_merger then variance end) over cases) / 3), 9), 0)
            as noise
    from variances
    window cases as (partition by {{ case_key | join(', ') }})
)

select
    {% for column in case_key %}
    matched.{{ column }},
    {% endfor %}
    matched.unit_id,
    matched.is_merger,
    matched.mean_before,
    matched.mean_after,
    {{ list_text('matched.other_id', 'matched.nth') }} as comparators,
    noises.noise,
    round(matched.change - avg(matched.other_change), 12) as effect,
    round(abs(matched.change - avg(matched.other_change)) / noises.noise, 9) as size,
    round(matched.slope - avg(matched.other_slope), 12) as trend_gap,
    round(abs(matched.slope - avg(matched.other_slope)) / noises.noise, 9) as trend_size
from matched
inner join noises
    on matched.unit_id = noises.unit_id
        {% for column in case_key %}
        and matched.{{ column }} = noises.{{ column }}
        {% endfor %}
group by
    {% for column in case_key %}
    matched.{{ column }},
    {% endfor %}
    matched.unit_id, matched.is_merger, matched.mean_before, matched.mean_after, matched.change, matched.slope,
    noises.noise
