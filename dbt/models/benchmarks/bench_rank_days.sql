{{ config(materialized='view') }}

-- The days that bench_rank_draws draws again: what each force, platform and account scope has of each measure on each
-- day of the periods that are ranked by them. An account that the platform took down within a period is in its days and
-- not in its value: of the days only what they vary by is used.
select
    days.force_id as area_id,
    days.platform,
    scopes.account_scope,
    {% for measure in var('day_measures') %}
    cast(sum(days.{{ measure }}) as double) as {{ measure }},
    {% endfor %}
    days.activity_date
from {{ ref('fct_account_days') }} as days
inner join {{ ref('dim_account_scope') }} as scopes
    on days.account_type = scopes.account_type
where days.activity_date >= (select min(period_start) from {{ ref('bench_rank_cells') }} where drawn_from = 'days')
group by days.force_id, days.platform, scopes.account_scope, days.activity_date
