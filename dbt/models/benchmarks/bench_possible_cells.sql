{{ config(materialized='table') }}

-- Which cells of forces could have a number, of the periods that this build computes: what bench_not_available does not
-- rule out. Of a nation that sends little that is one in ten, so they are told apart before anything is computed.
select
    measures.force_id,
    measures.platform,
    measures.account_scope,
    measures.period_type,
    measures.period_start,
    indicators.indicator_id
from {{ ref('bench_measures') }} as measures
inner join {{ ref('dim_indicator') }} as indicators
    on (indicators.is_pooled or measures.platform <> 'all')
        and coalesce('|' || indicators.platforms || '|all|' like '%|' || measures.platform || '|%', true)
        and (indicators.only_account_scope is null or measures.account_scope = indicators.only_account_scope)
        and case
            when indicators.period_types is not null
                then '|' || indicators.period_types || '|' like '%|' || measures.period_type || '|%'
            else indicators.kind = 'ratio' or measures.period_type in ('week', 'month')
        end
left join {{ ref('bench_not_available') }} as reasons
    on indicators.indicator_id = reasons.indicator_id
        and measures.force_id = reasons.area_id
        and measures.platform = reasons.platform
        and measures.period_end >= coalesce(reasons.from_date, cast('1900-01-01' as date))
        and measures.period_end < coalesce(reasons.until_date, cast('9999-12-31' as date))
where measures.period_end >= (select periods_from_date from {{ ref('stg_landing__window') }})
    and reasons.indicator_id is null
