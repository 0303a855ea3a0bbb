{{ config(materialized='table') }}

-- is_passed: what this request brought counts. A held force, and a run that died before its gate, do not.
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
        exists(
            select 1
            from {{ ref('stg_landing__verdicts') }} as verdicts
            where verdicts.landing_source = requests.landing_source
                and verdicts.run_id = requests.run_id
                and verdicts.force_id = requests.force_id
                and verdicts.platform in (requests.landing_source, requests.platform)
                and verdicts.verdict = 'passed'
        ) as is_passed
    from requests
)

select * from final
