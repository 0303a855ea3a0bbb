{% set indicator = indicator_definition('followers_per_1k') %}

-- A sum with an account missing is not the force's. An account that the platform says is gone is not missing.
with accounts as (
    select
        *,
        follower_count is null as is_missing,
        account_id || ' ('
        || case
            when is_follower_count_hidden then 'hidden by the channel'
            else coalesce(nullif(last_reason, ''), last_status, 'nothing returned')
        end || ')' as missing_text
    from {{ ref('fct_account_periods') }}
    where is_open_at_end and not is_absent_at_end
),

measured as (
    select
        force_id,
        platform,
        period_type,
        period_start,
        sum(follower_count) as numerator,
        cast(null as bigint) as denominator,
        count(*) as n,
        case when bool_or(is_missing) then 'not_collected' end as value_note,
        'no follower count: ' || {{ list_text('case when is_missing then missing_text end', 'account_id') }} as note_detail
    from accounts
    group by force_id, platform, period_type, period_start
),

{{ ratio_rows(indicator) }}

select * from final
