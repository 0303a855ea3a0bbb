{{ config(materialized='table') }}

-- is_passed: what this request brought counts. A quarantined force, and a run that died before its gate, do not.
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
        requests.detail,
        requests.pulled_at_utc,
        requests.run_id,
        {{ to_london_date('requests.pulled_at_utc') }} as pulled_date,
        gate.run_id is not null as is_passed
    from requests
    left join {{ ref('stg_landing__passed') }} as gate
        on requests.landing_source = gate.landing_source
            and requests.run_id = gate.run_id
            and requests.force_id = gate.force_id
            and requests.platform = gate.platform
)

select * from final
