{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('created_date', 'posts_from_date') }}"
) }}

-- Posts of the account's own by what they are for, and what they had a day after, so that a period adds up few rows.
{% set counts = var('priced_counters') %}
select
    account_id,
    created_date,
    coalesce(purpose, 'untold') as purpose,
    count(*) as post_count,
    min(purpose_rules_version) as first_rules_version,
    max(purpose_rules_version) as last_rules_version,
    {% for count in counts %}
    cast(sum({{ count }}_24h) as bigint) as {{ count }}_24h,
    count({{ count }}_24h) as {{ count | replace('_count', '') }}_valued_24h_count,
    {% endfor %}
    {{ is_invented() }} as is_invented
from {{ ref('fct_posts') }}
where kind = 'post' and created_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
group by account_id, created_date, coalesce(purpose, 'untold')
order by created_date, account_id, purpose
