{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_from('outcome_date', 'posts_from_date') }}"
) }}

select
    account_id,
    post_id,
    outcome,
    outcome_date,
    returned_at_utc,
    {{ is_invented() }} as is_invented
from {{ ref('int_outcomes__returned') }}
where outcome_date >= (select posts_from_date from {{ ref('stg_landing__window') }})
order by outcome_date, account_id, post_id, outcome
