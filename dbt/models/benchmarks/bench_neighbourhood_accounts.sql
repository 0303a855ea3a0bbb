{{ config(materialized='view') }}

-- What an account of neighbourhoods had in a week or month, for each 1,000 residents of all neighbourhoods that it
-- serves, together: one that serves two is counted once. The account is open at the end of the period, and the platform
-- still has it. Each figure is that of the force's indicator of its name: the counter at seven days, estimated where up
-- to a tenth of the posts lack a value, and the same reasons where there is none.
with served as (
    select
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.days_since_end_count,
        links.account_id,
        cast(count(*) as bigint) as served_count,
        case when count(*) = count(links.resident_count) then cast(sum(links.resident_count) as bigint) end
            as served_resident_count
    from {{ ref('dim_period') }} as periods
    inner join {{ ref('fct_neighbourhood_accounts') }} as links
        on periods.period_end between links.first_date and links.last_date
    where periods.period_type in ('week', 'month')
        and periods.is_complete
        and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    group by
        periods.period_type, periods.period_start, periods.period_end, periods.days_since_end_count, links.account_id
),

reasons as (
    select
        reasons.area_id as force_id,
        reasons.platform,
        periods.period_type,
        periods.period_start,
        {% for indicator in var('neighbourhood_figures') %}
        max(case when reasons.indicator_id = '{{ indicator }}' then reasons.value_note end) as {{ indicator }}_note
        {{- ',' if not loop.last }}
        {% endfor %}
    from {{ ref('bench_not_available') }} as reasons
    inner join {{ ref('dim_period') }} as periods
        on periods.period_end >= coalesce(reasons.from_date, cast('1900-01-01' as date))
            and periods.period_end < coalesce(reasons.until_date, cast('9999-12-31' as date))
    where reasons.indicator_id in ('{{ var('neighbourhood_figures') | join("', '") }}')
        and periods.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    group by reasons.area_id, reasons.platform, periods.period_type, periods.period_start
),

noted as (
    select
        accounts.*,
        served.days_since_end_count,
        served.served_count,
        served.served_resident_count,
        {% for indicator, measure in var('neighbourhood_figures').items() %}
        {% set valued = measure | replace('_count', '_valued_count') %}
        case
            when reasons.{{ indicator }}_note is not null then reasons.{{ indicator }}_note
            when served.served_resident_count is null then 'not_collected'
            {% if measure == 'follower_count' %}
            when accounts.follower_count is null then 'not_collected'
            {% else %}
            when served.days_since_end_count <= 7 or accounts.provisional_post_count > 0 then 'provisional'
            when accounts.posts_known_day_count < accounts.open_day_count then 'not_collected'
            when accounts.{{ valued }} < {{ var('minimum_valued_share') }} * accounts.post_count
                then if(
                    2 * accounts.late_post_count >= accounts.post_count - accounts.{{ valued }}, 'late', 'not_collected'
                )
            {% endif %}
        end as {{ indicator }}_note{{ ',' if not loop.last }}
        {% endfor %}
    from served
    inner join {{ ref('fct_account_periods') }} as accounts
        on served.account_id = accounts.account_id
            and served.period_type = accounts.period_type
            and served.period_start = accounts.period_start
    left join reasons
        on accounts.force_id = reasons.force_id
            and accounts.platform = reasons.platform
            and accounts.period_type = reasons.period_type
            and accounts.period_start = reasons.period_start
    where accounts.is_open_at_end and not accounts.is_absent_at_end
)

select
    account_id,
    force_id,
    platform,
    period_type,
    period_start,
    period_end,
    days_since_end_count,
    served_count,
    served_resident_count,
    {% for indicator, measure in var('neighbourhood_figures').items() %}
    {% set valued = measure | replace('_count', '_valued_count') %}
    {{ indicator }}_note,
    case
        when {{ indicator }}_note is not null then null
        {% if measure == 'follower_count' %}
        else 1000.0 * follower_count / served_resident_count
        {% else %}
        when post_count = 0 then 0.0
        else 1000.0 * {{ measure }}_7d * post_count / {{ valued }} / served_resident_count
        {% endif %}
    end as {{ indicator }}{{ ',' if not loop.last }}
    {% endfor %}
from noted
