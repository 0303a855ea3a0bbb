{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('collected_date', 'posts_from_date') }}"
) }}

select
    account_id,
    collected_date,
    force_id,
    platform,
    is_due,
    status,
    reason,
    detail,
    is_absent,
    {{ is_invented() }} as is_invented
from {{ ref('int_collection__due') }}
where collected_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
order by collected_date, account_id
