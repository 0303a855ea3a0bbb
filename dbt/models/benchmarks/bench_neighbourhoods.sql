{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_periods() }}"
) }}

-- Each neighbourhood in the register at the end of a week or month that is over: its residents, its open accounts on
-- each platform where it has one, and what these have for each 1,000 residents. An account of several neighbourhoods
-- has the same for each, for it is set against all their residents (bench_neighbourhood_accounts); several of one
-- platform add up. The platform `all` says whether there is an account anywhere: nothing about people adds across
-- platforms.
with neighbourhoods as (
    select
        neighbourhoods.*,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.days_since_end_count
    from {{ ref('dim_neighbourhood') }} as neighbourhoods
    inner join {{ ref('dim_period') }} as periods
        on periods.period_end between neighbourhoods.valid_from_date
            and coalesce(neighbourhoods.valid_until_date, cast('9999-12-31' as date))
    where periods.period_type in ('week', 'month')
        and periods.is_complete
        and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
),

served as (
    select
        {% for indicator in var('neighbourhood_figures') %}
        {{ indicator }}_notes.position as {{ indicator }}_position,
        {% endfor %}
        accounts.*,
        links.neighbourhood_id
    from {{ ref('fct_neighbourhood_accounts') }} as links
    inner join {{ ref('bench_neighbourhood_accounts') }} as accounts
        on links.account_id = accounts.account_id
            and accounts.period_end between links.first_date and links.last_date
    {% for indicator in var('neighbourhood_figures') %}
    left join {{ ref('dim_value_note') }} as {{ indicator }}_notes
        on accounts.{{ indicator }}_note = {{ indicator }}_notes.value_note
    {% endfor %}
),

by_platform as (
    select
        force_id, neighbourhood_id, platform, period_type, period_start,
        cast(count(*) as bigint) as account_count,
        {{ list_text('account_id', 'account_id') }} as account_ids,
        {% for indicator in var('neighbourhood_figures') %}
        -- In decimals, so that the order of accounts makes no other number.
        case
            when count(*) = count({{ indicator }})
                then cast(sum(cast({{ indicator }} as decimal(18, 6))) as double)
        end as {{ indicator }},
        min({{ indicator }}_position) as {{ indicator }}_position,
        {% endfor %}
        max(served_count) as served_count
    from served
    group by force_id, neighbourhood_id, platform, period_type, period_start
),

all_platforms as (
    select
        neighbourhoods.force_id, neighbourhoods.neighbourhood_id, 'all' as platform, neighbourhoods.period_type,
        neighbourhoods.period_start,
        cast(count(served.account_id) as bigint) as account_count,
        {{ list_text('served.account_id', 'served.account_id') }} as account_ids,
        {% for indicator in var('neighbourhood_figures') %}
        cast(null as double) as {{ indicator }},
        cast(null as bigint) as {{ indicator }}_position,
        {% endfor %}
        max(served.served_count) as served_count
    from neighbourhoods
    left join served
        on neighbourhoods.force_id = served.force_id
            and neighbourhoods.neighbourhood_id = served.neighbourhood_id
            and neighbourhoods.period_type = served.period_type
            and neighbourhoods.period_start = served.period_start
    group by
        neighbourhoods.force_id, neighbourhoods.neighbourhood_id, neighbourhoods.period_type,
        neighbourhoods.period_start
),

counted as (
    select * from by_platform
    union all
    select * from all_platforms
)

select
    neighbourhoods.force_id,
    neighbourhoods.neighbourhood_id,
    neighbourhoods.neighbourhood_name,
    counted.platform,
    neighbourhoods.period_type,
    neighbourhoods.period_start,
    neighbourhoods.period_end,
    neighbourhoods.resident_count,
    neighbourhoods.no_residents_because,
    counted.account_count,
    counted.account_ids,
    counted.served_count,
    {% for indicator in var('neighbourhood_figures') %}
    counted.{{ indicator }},
    case
        when counted.account_count = 0 then 'no_account'
        when counted.platform = 'all' then 'not_offered'
        else {{ indicator }}_notes.value_note
    end as {{ indicator }}_note,
    {% endfor %}
    neighbourhoods.days_since_end_count <= 1 as is_provisional,
    {{ is_invented() }} as is_invented
from neighbourhoods
inner join counted
    on neighbourhoods.force_id = counted.force_id
        and neighbourhoods.neighbourhood_id = counted.neighbourhood_id
        and neighbourhoods.period_type = counted.period_type
        and neighbourhoods.period_start = counted.period_start
{% for indicator in var('neighbourhood_figures') %}
left join {{ ref('dim_value_note') }} as {{ indicator }}_notes
    on counted.{{ indicator }}_position = {{ indicator }}_notes.position
{% endfor %}
order by
    neighbourhoods.period_end, neighbourhoods.period_type, neighbourhoods.force_id, neighbourhoods.neighbourhood_id,
    counted.platform
