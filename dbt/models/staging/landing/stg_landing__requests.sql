{{ config(materialized='table') }}

-- is_passed: what this request brought counts, for the account is not in quarantine. is_pulse: it asked for what is
-- young and open, and knows nothing of days or accounts. What a return declares of itself stands here: its period,
-- the channels that it lists, and as pulled_at_utc when it was exported.
with requests as (
    select
        {{ landing_source('filename') }} as landing_source,
        *
    from {{ source('landing', 'requests') }}
),

final as (
    select
        requests.landing_source,
        requests.platform,
        requests.force_id,
        requests.account_id,
        requests.entity,
        requests.status,
        requests.reason,
        coalesce(refused.detail, requests.detail) as detail,
        requests.pulled_at_utc,
        requests.run_id,
        requests.period_from_date,
        requests.period_to_date,
        requests.channels,
        {{ to_london_date('requests.pulled_at_utc') }} as pulled_date,
        {{ is_of_pulse('requests.run_id') }} as is_pulse,
        refused.run_id is null as is_passed
    from requests
    left join {{ ref('stg_landing__quarantined') }} as refused
        on requests.run_id = refused.run_id
            and requests.force_id = refused.force_id
            and requests.account_id = refused.account_id
)

select * from final
